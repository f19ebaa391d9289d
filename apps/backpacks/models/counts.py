"""How often pages were opened, per day and without saying by whom."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.ids import LENGTH


class ViewCount(models.Model):
    """Openings of one page on one day (UTC). Who looked, from where and with what is recorded nowhere."""

    class Of(models.TextChoices):
        LINK = "link", _("Link")
        COLLECTION = "collection", _("Collection")
        CREDENTIAL = "credential", _("Badge")
        PROFILE = "profile", _("Profile")

    of = models.CharField(max_length=10, choices=Of)
    subject_id = models.CharField(max_length=LENGTH, help_text=_("Public id; of a profile, its person's"))
    on = models.DateField()
    number = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("of", "subject_id", "on"), name="one_count_a_page_and_day"),)

    def __str__(self) -> str:
        return f"{self.of} {self.subject_id} {self.on}: {self.number}"
