"""Declared and recorded conflicts of interest."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.submissions.models import Submission


class Conflict(models.Model):
    """A recorded reason why someone must not judge a submission. Reasons that follow from other rows are not stored:
    `queries.conflict_of` finds them.
    """

    class Kind(models.TextChoices):
        KNOWS = "knows", _("I know the learner well")
        TAUGHT = "taught", _("I taught or mentored them")
        INTEREST = "interest", _("I gain or lose by the outcome")
        RECOGNISED = "recognised", _("I recognised whose work it is")
        OTHER = "other", _("Something else")
        MARKED = "marked", _("Judged it before")

    # What people may declare; MARKED is set only by the application.
    DECLARED = (Kind.KNOWS, Kind.TAUGHT, Kind.INTEREST, Kind.RECOGNISED, Kind.OTHER)

    public_id = PublicIdField()
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="conflicts")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="conflicts")
    kind = models.CharField(max_length=12, choices=Kind)
    reason = models.TextField(blank=True)
    declared_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("submission", "assessor"), name="one_conflict_a_person"),
            models.CheckConstraint(condition=~Q(kind="other") | ~Q(reason=""), name="another_conflict_is_explained"),
        )

    def __str__(self) -> str:
        return f"{self.assessor}: {self.submission}"
