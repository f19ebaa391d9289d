"""What a learner is told about an attempt once it is decided."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.issuers.models import Criterion
from apps.submissions.models.journey import Attempt


class NextStep(models.TextChoices):
    """What the learner has to do about a criterion that isn't met yet."""

    REVISE = "revise", _("Revise this")
    NEW_EVIDENCE = "new_evidence", _("New evidence needed")


class Finding(models.Model):
    """What the learner was told about one criterion of an attempt, released with the decision."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="findings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="findings")
    level = models.PositiveSmallIntegerField(help_text=_("Position of the level reached"))
    met = models.BooleanField()
    comment = models.TextField(blank=True)
    next_step = models.CharField(
        max_length=12, choices=NextStep, blank=True, help_text=_("What the learner was asked to do, if that was said")
    )
    first_met_in = models.ForeignKey(
        Attempt,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The earlier attempt that it was met in: it stayed, and was not judged again"),
    )

    class Meta:
        ordering = ("attempt", "criterion__position")
        constraints = (
            models.UniqueConstraint(fields=("attempt", "criterion"), name="one_finding_a_criterion"),
            models.CheckConstraint(condition=Q(first_met_in=None) | Q(met=True), name="only_what_was_met_stays"),
            models.CheckConstraint(condition=Q(next_step="") | Q(met=False), name="what_was_met_needs_no_next_step"),
        )

    def __str__(self) -> str:
        return f"{self.criterion}: {self.level}"

    @property
    def origin(self) -> Attempt:
        """The attempt in which it was judged."""
        return self.first_met_in or self.attempt


class Answer(models.Model):
    """The decision on an attempt as the learner reads it: the outcome and a note to them."""

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="answer")
    met = models.BooleanField()
    declined = models.BooleanField(default=False, help_text=_("Not met, and not to be tried again"))
    note = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text=_("Why a moderator, or an appeal, decided it"))
    given_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(met=True, declined=True), name="declined_is_not_met"),)

    def __str__(self) -> str:
        return f"{self.attempt}: {'met' if self.met else 'not yet'}"


class FormerAnswer(models.Model):
    """What the learner was told about an attempt before the decision changed."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="former_answers")
    met = models.BooleanField()
    declined = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    findings = models.JSONField(
        help_text=_("For each criterion: its code, the level, whether it was met, the comment, the next step")
    )
    given_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ("attempt", "given_at", "pk")

    def __str__(self) -> str:
        return f"{self.attempt}: {'met' if self.met else 'not yet'}, formerly"


class Returned(models.Model):
    """An attempt that was returned unscored, as it could not be judged. It doesn't count against those allowed."""

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="returned")
    reason = models.TextField(help_text=_("What the learner is told"))
    returned_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="returned_for_a_reason"),)

    def __str__(self) -> str:
        return f"{self.attempt}: returned"
