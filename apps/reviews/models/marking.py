"""One assessor's marking of an attempt: levels, comments, and answers about the evidence."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.issuers.models import Criterion
from apps.reviews.models.assignments import Assignment
from apps.submissions.models import EvidenceItem, NextStep

# For a comment, a note to the learner, or a reason.
LONGEST_WORDS = 10_000


class Outcome(models.TextChoices):
    """The outcome that the levels give, or that a lead gives with a reason. None of them is a failing mark."""

    MEETS = "meets", _("Meets the rubric")
    NOT_YET = "not_yet", _("Not yet")
    DECLINED = "declined", _("Declined")


class Review(Moving):
    """One assessor's marking of an attempt under one lease."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Sent")
        ACCEPTED = "accepted", _("Accepted")
        PASSED_BACK = "passed_back", _("Passed back")
        VOID = "void", _("Void")

    MOVES: ClassVar = {
        State.DRAFT: frozenset({State.SUBMITTED, State.VOID}),
        State.SUBMITTED: frozenset({State.ACCEPTED, State.PASSED_BACK, State.VOID}),
        State.ACCEPTED: frozenset(),
        # The marker continues in the review of their next lease, which begins with these marks.
        State.PASSED_BACK: frozenset(),
        State.VOID: frozenset(),
    }
    THING: ClassVar = _("review")

    class Question(models.TextChoices):
        """A question that every review answers about the evidence."""

        VALID = "valid", _("Valid: it shows what the criteria ask for")
        SUFFICIENT = "sufficient", _("Sufficient: there is enough of it")
        AUTHENTIC = "authentic", _("Authentic: it is the learner's own")
        CURRENT = "current", _("Current: it shows what they can do now")

    public_id = PublicIdField()
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="review")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    valid = models.BooleanField(null=True)
    sufficient = models.BooleanField(null=True)
    authentic = models.BooleanField(null=True)
    current = models.BooleanField(null=True)
    note = models.TextField(_("note to the learner"), blank=True)
    declines = models.BooleanField(
        default=False, help_text=_("Where the rubric isn't met: no further attempt, rather than not yet")
    )
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True, help_text=_("As sent, by the levels"))
    reason = models.TextField(_("reasons"), blank=True, help_text=_("What a lead gives for their decision, so far"))
    against = models.CharField(
        max_length=12, choices=Outcome, blank=True, help_text=_("What a lead decides whatever the levels say, so far")
    )
    edition = models.PositiveIntegerField(default=0, help_text=_("Counts saves, so that two tabs notice each other"))
    passed_back_because = models.TextField(blank=True)
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=("submitted", "accepted", "passed_back")) | ~Q(outcome=""),
                name="what_was_sent_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state="passed_back") | ~Q(passed_back_because=""), name="passed_back_for_a_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.assignment}"


class Mark(models.Model):
    """The level an assessor gives on one criterion, and why."""

    class Adopted(models.TextChoices):
        FIRST = "first", _("The first marker's")
        SECOND = "second", _("The second marker's")
        OWN = "own", _("Their own")

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="marks")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="marks")
    level = models.PositiveSmallIntegerField(null=True, help_text=_("Position of the level; none yet: not marked"))
    comment = models.TextField(blank=True)
    next_step = models.CharField(
        max_length=12,
        choices=NextStep,
        blank=True,
        help_text=_("What the learner has to do if the level is below the one needed"),
    )
    adopted = models.CharField(
        max_length=8, choices=Adopted, blank=True, help_text=_("Whose level an adjudicator released")
    )

    class Meta:
        ordering = ("review", "criterion__position")
        constraints = (
            models.UniqueConstraint(fields=("review", "criterion"), name="one_mark_a_criterion"),
            models.CheckConstraint(
                condition=Q(next_step="") | Q(level__isnull=False), name="a_next_step_goes_with_a_level"
            ),
        )

    def __str__(self) -> str:
        return f"{self.criterion}: {self.level}"


class PieceCheck(models.Model):
    """The evidence questions answered for one piece. To recognise prior learning, each piece is checked."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="piece_checks")
    evidence = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="+")
    valid = models.BooleanField(null=True)
    sufficient = models.BooleanField(null=True)
    authentic = models.BooleanField(null=True)
    current = models.BooleanField(null=True)
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ("review", "evidence__position")
        constraints = (models.UniqueConstraint(fields=("review", "evidence"), name="one_check_a_piece"),)

    def __str__(self) -> str:
        return f"{self.review}: {self.evidence}"

    @property
    def answers(self) -> tuple[bool | None, ...]:
        return (self.valid, self.sufficient, self.authentic, self.current)
