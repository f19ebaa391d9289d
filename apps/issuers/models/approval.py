"""How a version is approved for publishing: colleagues' comments, and who approved it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.issuers.models.achievements import AchievementVersion
from apps.issuers.models.rubrics import Criterion


class ApprovalStep(models.Model):
    """One line of the approval log: appended, never changed."""

    class Outcome(models.TextChoices):
        SENT_IN = "sent_in", _("Sent in")
        CHANGES_ASKED = "changes_asked", _("Changes asked")
        APPROVED = "approved", _("Approved")

    version = models.ForeignKey(AchievementVersion, on_delete=models.PROTECT, related_name="approval_steps")
    outcome = models.CharField(max_length=14, choices=Outcome)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("version", "at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(outcome="changes_asked") | ~Q(note=""), name="changes_are_asked_in_words"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.version}"


class DesignComment(models.Model):
    """A colleague's comment on an unpublished version, or on one of its criteria."""

    public_id = PublicIdField()
    version = models.ForeignKey(AchievementVersion, on_delete=models.CASCADE, related_name="design_comments")
    criterion = models.ForeignKey(Criterion, null=True, on_delete=models.SET_NULL, related_name="design_comments")
    # A criterion may be removed; comments on it stay readable.
    about = models.CharField(max_length=200, blank=True)
    text = models.TextField(_("comment"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("version", "at", "pk")

    def __str__(self) -> str:
        return self.text[:60]
