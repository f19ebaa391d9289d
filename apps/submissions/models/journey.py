"""Submissions and their numbered attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.accounts import queries as accounts
from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.issuers.models import Achievement, AchievementVersion
from apps.submissions.masking import Mask
from apps.submissions.models.copies import ReviewCopy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.accounts.models import User


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: User) -> SubmissionQuerySet:
        """The learner's own, and those handed in where `user` holds a seat to assess."""
        granted = Achievement.objects.assessable_by(user)
        handed_in = models.Exists(Attempt.objects.handed_in().filter(submission=models.OuterRef("pk")))
        return self.filter(Q(learner=user) | Q(handed_in) & Q(version__achievement__in=granted))

    def under_way(self) -> SubmissionQuerySet:
        """Submissions that keep their learner from starting the same badge again. Erased ones can't be continued, so
        they don't count.
        """
        return self.filter(state__in=Submission.LIVE, forgotten_at=None)

    def locked(self, pk: int) -> Submission:
        found = self.to_lock().get(pk=pk)
        # The row has its own column, for queries that find work by it.
        found.achievement = found.version.achievement
        return found

    def to_lock(self) -> SubmissionQuerySet:
        around = self.select_related("version__achievement__issuer", "learner")
        return around.select_for_update(of=("self",))


class Submission(Moving):
    """A learner's evidence for one version of an achievement, from first draft to decision."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Handed in")
        UNDER_ASSESSMENT = "under_assessment", _("Being assessed")
        AWAITING_DECISION = "awaiting_decision", _("Marked, to be decided")
        NOT_YET = "not_yet", _("Not yet met")
        DECLINED = "declined", _("Declined")
        AWARDED = "awarded", _("Awarded")
        UNDER_APPEAL = "under_appeal", _("Under appeal")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        LAPSED = "lapsed", _("Lapsed")

    _REOPENED: ClassVar = (State.UNDER_APPEAL, State.UNDER_ASSESSMENT)
    MOVES: ClassVar = {
        State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN, State.LAPSED}),
        State.SUBMITTED: frozenset({State.UNDER_ASSESSMENT, State.DRAFT, State.WITHDRAWN}),
        State.UNDER_ASSESSMENT: frozenset(
            {
                State.AWAITING_DECISION,
                State.NOT_YET,
                State.DECLINED,
                State.AWARDED,
                State.DRAFT,
                State.WITHDRAWN,
            }
        ),
        State.AWAITING_DECISION: frozenset(
            {
                State.UNDER_ASSESSMENT,
                State.NOT_YET,
                State.DECLINED,
                State.AWARDED,
                State.DRAFT,
                State.WITHDRAWN,
            }
        ),
        # A moderator may look at an outcome again, or change it; an issued credential stands until a person sees to
        # it.
        State.NOT_YET: frozenset({State.DRAFT, *_REOPENED, State.DECLINED, State.AWARDED}),
        State.DECLINED: frozenset({*_REOPENED, State.NOT_YET, State.AWARDED}),
        State.AWARDED: frozenset({*_REOPENED, State.NOT_YET, State.DECLINED}),
        State.UNDER_APPEAL: frozenset({State.NOT_YET, State.DECLINED, State.AWARDED, State.UNDER_ASSESSMENT}),
        # “Not yet” again, if it was withdrawn in that state in favour of another account's work.
        State.WITHDRAWN: frozenset({State.DRAFT, State.NOT_YET}),
        State.LAPSED: frozenset({State.DRAFT}),
    }
    # A learner has at most one submission in these states for an achievement.
    LIVE: ClassVar = (
        *(State.DRAFT, State.SUBMITTED, State.UNDER_ASSESSMENT, State.AWAITING_DECISION, State.NOT_YET),
        State.UNDER_APPEAL,
    )
    # The learner has been answered.
    ANSWERED: ClassVar = (State.NOT_YET, State.DECLINED, State.AWARDED)
    # Judged, with nothing left for the learner to do.
    ENDED: ClassVar = (State.DECLINED, State.AWARDED)
    # Withdrawn by its learner or lapsed; it can be reopened.
    RESTING: ClassVar = (State.WITHDRAWN, State.LAPSED)
    THING: ClassVar = _("submission")

    class Route(models.TextChoices):
        """How the work came about. Both routes are judged by the same rubric; the record says which it was."""

        WORK = "work", _("Work done for this badge")
        PRIOR_LEARNING = "prior_learning", _("Recognition of prior learning")

    public_id = PublicIdField()
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="submissions")
    version = models.ForeignKey(AchievementVersion, on_delete=models.PROTECT, related_name="submissions")
    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="submissions")
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    route = models.CharField(_("route"), max_length=16, choices=Route, default=Route.WORK)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    answer_by = models.DateField(null=True, help_text=_("The promised date"))
    days_left = models.PositiveSmallIntegerField(
        null=True, help_text=_("Business days of the promise that were left when it went back to its learner, unjudged")
    )
    warned_at = models.DateTimeField(null=True, help_text=_("When its learner was told that the draft will lapse"))
    forgotten_at = models.DateTimeField(
        null=True, help_text=_("When what was handed in was erased, since the time to keep it was over")
    )
    sample_since = models.DateTimeField(
        null=True, help_text=_("Since when its learner lets it serve as an anonymous sample; empty: no")
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("learner", "achievement"),
                condition=Q(
                    state__in=(
                        *("draft", "submitted", "under_assessment", "awaiting_decision", "not_yet", "under_appeal"),
                    ),
                    forgotten_at=None,
                ),
                name="one_live_submission_an_achievement",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "withdrawn", "lapsed")) | Q(submitted_at__isnull=False),
                name="handed_in_has_a_time",
            ),
        )
        indexes = (
            models.Index(fields=("state", "answer_by", "id"), name="submission_by_due_date"),
            # For leads, who look for what was decided at their badges: a few of them each by itself, many together.
            models.Index(
                fields=("achievement", "decided_at", "id"),
                condition=Q(decided_at__isnull=False),
                include=("state",),
                name="submission_of_badge_by_answer",
            ),
            models.Index(
                fields=("decided_at", "id"),
                condition=Q(decided_at__isnull=False),
                include=("achievement", "state"),
                name="submission_by_answer",
            ),
        )

    def __str__(self) -> str:
        return f"{self.version} ({self.public_id[:6]})"

    def get_absolute_url(self) -> str:
        return reverse("submissions:submission", args=[self.public_id])

    @cached_property
    def mask(self) -> Mask:
        """Hides the learner's name, all their addresses, verified or not, and their id (`queries.mask_for`)."""
        return self.mask_with(accounts.addresses_of(self.learner))

    def mask_with(self, addresses: Iterable[str]) -> Mask:
        """The mask, for whoever has looked up the learner's addresses."""
        return Mask(names=accounts.names_of(self.learner), addresses=addresses, ids=[self.learner.public_id])

    @property
    def days_promised(self) -> int:
        """Business days from handing in to the answer; for a promise that was paused, those left."""
        return self.version.service_days if self.days_left is None else max(self.days_left, 1)

    @property
    def reference(self) -> str:
        """A short name to read out: S-7K2M."""
        return f"S-{self.public_id[:4].upper()}"


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def visible_to(self, user: User) -> AttemptQuerySet:
        """The learner's own, and those handed in where `user` holds a seat to assess."""
        granted = Achievement.objects.assessable_by(user)
        return self.filter(
            Q(submission__learner=user) | Q(submission__achievement__in=granted) & ~Q(state__in=_KEPT_BACK)
        )

    def handed_in(self) -> AttemptQuerySet:
        """Attempts that assessors may read; withdrawn ones are only their learner's."""
        return self.exclude(state__in=_KEPT_BACK)

    def locked(self, pk: int) -> Attempt:
        return self.select_for_update(of=("self",)).get(pk=pk)

    def locked_newest(self) -> Attempt:
        """The newest attempt of a submission."""
        return self.select_for_update(of=("self",)).latest("number")


# For nobody but the learner.
_KEPT_BACK = ("open", "withdrawn")


class Attempt(Moving):
    """A numbered attempt of a submission: written while open, then frozen with a manifest of what was handed in."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SUBMITTED = "submitted", _("Handed in")
        CHECKING = "checking", _("Being checked")
        ASSESSABLE = "assessable", _("Ready to assess")
        ASSESSED = "assessed", _("Assessed")
        CLOSED = "closed", _("Closed")
        RETURNED_UNSCORED = "returned_unscored", _("Returned unscored")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES: ClassVar = {
        State.OPEN: frozenset({State.SUBMITTED}),
        State.SUBMITTED: frozenset({State.CHECKING, State.WITHDRAWN}),
        State.CHECKING: frozenset({State.ASSESSABLE, State.OPEN, State.WITHDRAWN}),
        State.ASSESSABLE: frozenset({State.ASSESSED, State.RETURNED_UNSCORED, State.WITHDRAWN}),
        # Judged again: passed back, on appeal, or because a moderator asks for it.
        State.ASSESSED: frozenset({State.CLOSED, State.ASSESSABLE, State.RETURNED_UNSCORED, State.WITHDRAWN}),
        State.CLOSED: frozenset({State.ASSESSABLE}),
        State.RETURNED_UNSCORED: frozenset(),
        State.WITHDRAWN: frozenset(),
    }
    # Over, and kept as handed in; anything further is another attempt.
    ENDED: ClassVar = (State.CLOSED, State.RETURNED_UNSCORED, State.WITHDRAWN)
    # What a learner writes, in the order of the form; each field is merged separately with another tab's.
    WRITTEN: ClassVar = (
        *("context_place", "context_period", "context_role", "context_confirmer", "overview", "reflection"),
        *("what_changed", "declared_own"),
    )
    # What is carried over to the next attempt; the learner says again what changed, and that it is their own work.
    CARRIED: ClassVar = WRITTEN[:6]
    # The one-line fields, and how many characters they hold.
    ONE_LINE: ClassVar = dict.fromkeys(("context_place", "context_period", "context_role", "context_confirmer"), 200)
    THING: ClassVar = _("attempt")

    public_id = PublicIdField()
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    context_place = models.CharField(_("where"), max_length=200, blank=True)
    context_period = models.CharField(_("when"), max_length=200, blank=True)
    context_role = models.CharField(_("your role"), max_length=200, blank=True)
    context_confirmer = models.CharField(_("who can confirm it"), max_length=200, blank=True)
    overview = models.TextField(_("overview"), blank=True)
    reflection = models.TextField(_("reflection"), blank=True)
    what_changed = models.TextField(_("what you changed since the last attempt"), blank=True)
    declared_own = models.BooleanField(_("this is my own work"), default=False)
    edition = models.PositiveIntegerField(default=0, help_text=_("Counts saves, so that two tabs notice each other"))
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    manifest = models.TextField(blank=True, help_text=_("Frozen JSON: what was handed in, with SHA-256 sums"))
    manifest_sha256 = models.CharField(max_length=64, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ("submission", "number")
        constraints = (
            models.UniqueConstraint(fields=("submission", "number"), name="attempt_numbered_once"),
            models.UniqueConstraint(
                fields=("submission",),
                condition=~Q(state__in=("closed", "returned_unscored", "withdrawn")),
                name="one_attempt_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "submitted", "checking", "withdrawn")) | ~Q(manifest_sha256=""),
                name="assessable_has_a_manifest",
            ),
        )

    def __str__(self) -> str:
        return f"{self.submission}, attempt {self.number}"

    @cached_property
    def copies(self) -> dict[str, ReviewCopy]:
        """Copies of its files, made or not, by the files' sums: one query for all pieces of a page."""
        return ReviewCopy.objects.by_sum(self.evidence.values_list("sha256", flat=True))

    @property
    def size(self) -> int:
        """How many bytes were handed in, texts included."""
        words = [self.overview, self.reflection, self.what_changed]
        words += [piece.text or piece.url for piece in self.evidence.all()]
        return sum(len(one.encode()) for one in words) + sum(piece.size for piece in self.evidence.all())


class Revision(models.Model):
    """The texts of an attempt after one save: the base for merging another tab's, so that nothing written is lost."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="revisions")
    edition = models.PositiveIntegerField()
    words = models.JSONField(help_text=_("The fields that a learner writes"))
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ("attempt", "-edition")
        constraints = (models.UniqueConstraint(fields=("attempt", "edition"), name="one_revision_an_edition"),)

    def __str__(self) -> str:
        return f"{self.attempt}, edition {self.edition}"
