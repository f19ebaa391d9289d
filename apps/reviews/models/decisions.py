"""What was decided, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.reviews.models.marking import Review
from apps.submissions.models import Attempt


class Decision(models.Model):
    """The settled outcome of an attempt. Never changed."""

    class Outcome(models.TextChoices):
        MEETS = "meets", _("Meets the rubric")
        NOT_YET = "not_yet", _("Not yet")

    public_id = PublicIdField()
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="decision")
    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=12, choices=Outcome)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.attempt}: {self.get_outcome_display()}"
