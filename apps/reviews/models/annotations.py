"""Notes on a place in the evidence or on a criterion: for the learner, or among assessors."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.issuers.models import Achievement, AchievementVersion, Criterion
from apps.reviews.models.conflicts import Conflict
from apps.reviews.models.decisions import Decision, Moderation
from apps.reviews.models.marking import Mark, Review
from apps.reviews.models.turns import JUDGED_ANEW, Part, Turn
from apps.submissions.models import Attempt, EvidenceItem
from apps.submissions.places import Place

if TYPE_CHECKING:
    from apps.accounts.models import User

LONGEST_NOTE = 2_000
# Per marking, answers included: the review page shows all of them at once.
MOST_NOTES = 500
# A marking that others may read.
SENT = (Review.State.SUBMITTED, Review.State.ACCEPTED)
_ATTEMPT = "review__assignment__attempt"
_SUBMISSION = f"{_ATTEMPT}__submission"


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    def visible_to(self, user: User) -> AnnotationQuerySet:
        """Notes that `user` may read now where they hold a seat to assess, except on work under their own account."""
        assessed = Q(**{f"{_SUBMISSION}__achievement__in": Achievement.objects.assessable_by(user)})
        return self.filter(assessed).exclude(**{f"{_SUBMISSION}__learner": user}).unsealed_for(user)

    def unsealed_for(self, user: User) -> AnnotationQuerySet:
        """Notes that `user`, who may assess the work, may read now. None if they declared a conflict.

        Of two blind markers, neither reads the other's notes before both have sent their markings; nor does anyone
        who may still become one of them. While work is judged again, everyone reads only their own earlier notes.
        """
        told_of = Conflict.objects.filter(assessor=user, submission=OuterRef(_SUBMISSION))
        mine = Review.objects.filter(assignment__attempt=OuterRef(_ATTEMPT), assignment__assessor=user)
        judged_again = Moderation.objects.filter(
            verdict=Moderation.Verdict.AGAIN,
            turn__attempt=OuterRef("assignment__attempt"),
            turn__gt=OuterRef("assignment__turn"),
        )
        mine_sent = mine.filter(~Exists(judged_again), state__in=SENT)
        marked_apart = Q(
            **{
                f"{_SUBMISSION}__version__policy": AchievementVersion.Policy.DOUBLE_BLIND,
                f"{_ATTEMPT}__state": Attempt.State.ASSESSABLE,
            }
        )
        waits_anew = Turn.objects.open().filter(attempt=OuterRef("turn__attempt"), part__in=JUDGED_ANEW)
        before_again = Moderation.objects.filter(
            Exists(waits_anew),
            verdict=Moderation.Verdict.AGAIN,
            turn__attempt=OuterRef(_ATTEMPT),
            turn__gte=OuterRef("review__assignment__turn"),
        )
        both_sent = Q(review__state__in=SENT) & Exists(mine_sent) & ~Exists(mine.filter(state=Review.State.DRAFT))
        own = Q(review__assignment__assessor=user)
        return self.filter(own | ~marked_apart | both_sent, own | ~Exists(before_again)).exclude(
            Exists(told_of.exclude(kind=Conflict.Kind.MARKED))
        )

    def newest(self) -> AnnotationQuerySet:
        """Leave out notes of an ended marking that its marker has continued: the new review has copies."""
        later = Review.objects.filter(
            assignment__attempt=OuterRef(_ATTEMPT),
            assignment__assessor=OuterRef("review__assignment__assessor"),
            pk__gt=OuterRef("review"),
        )
        return self.filter(Q(review__state__in=(Review.State.DRAFT, *SENT)) | ~Exists(later))

    def told(self) -> AnnotationQuerySet:
        """What the learner reads: the notes that go with the decision that they were told."""
        return self.told_with(Decision.objects.effective().filter(released_at__isnull=False))

    def told_with(self, decisions: QuerySet[Decision]) -> AnnotationQuerySet:
        """The notes for the learner in the marking that one of `decisions` rests on. If two markers agreed, the notes
        of both; if a lead chose between two, those of the marker chosen on each criterion.
        """
        stands = decisions.filter(attempt=OuterRef(_ATTEMPT))
        # If the attempt was judged again, only the two markings that this decision compared, not earlier or later
        # ones.
        mine, its = OuterRef(OuterRef("review__assignment__turn")), OuterRef("review__assignment__turn")
        again_between = Moderation.objects.filter(
            Q(turn__gt=mine, turn__lt=its) | Q(turn__lt=mine, turn__gt=its),
            turn__attempt=OuterRef("attempt"),
            verdict=Moderation.Verdict.AGAIN,
        )
        together = stands.filter(~Exists(again_between))
        chosen = Mark.objects.filter(
            review=OuterRef("review"),
            criterion=OuterRef(OuterRef("criterion")),
            adopted=OuterRef(OuterRef("review__assignment__turn__part")),
        )
        return self.filter(
            Exists(stands.filter(review=OuterRef("review")))
            | Q(review__assignment__turn__part=Part.SECOND, review__state__in=SENT)
            & Exists(together.filter(how=Decision.How.AGREED))
            | Q(review__state__in=SENT) & Exists(together.filter(Exists(chosen))),
            for_learner=True,
        )


class Annotation(models.Model):
    """A note in one marking: on a piece of evidence, on a criterion, or on both, which cites the piece for it.

    An answer belongs to a note, has no place of its own, and is read only by assessors.
    """

    PLACED: ClassVar = ("evidence", "criterion", "page", "seconds", "quote", "for_learner")

    public_id = PublicIdField()
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="annotations")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="answers")
    evidence = models.ForeignKey(EvidenceItem, null=True, on_delete=models.PROTECT, related_name="annotations")
    criterion = models.ForeignKey(Criterion, null=True, on_delete=models.PROTECT, related_name="annotations")
    page = models.PositiveIntegerField(_("page"), null=True)
    seconds = models.PositiveIntegerField(_("time"), null=True, help_text=_("From the beginning"))
    quote = models.CharField(_("words to look for"), max_length=500, blank=True)
    text = models.TextField(_("note"), blank=True, max_length=LONGEST_NOTE)
    for_learner = models.BooleanField(default=False, help_text=_("They read it with the decision; else assessors only"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        ordering = ("review", "evidence__position", "seconds", "page", "written_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(parent=None) & (Q(evidence__isnull=False) | Q(criterion__isnull=False))
                | Q(parent__isnull=False, evidence=None, criterion=None, for_learner=False),
                name="a_note_stands_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(evidence__isnull=False) | Q(page=None, seconds=None, quote=""),
                name="a_place_is_in_a_piece",
            ),
            models.CheckConstraint(condition=Q(page=None) | Q(page__gte=1), name="noted_pages_count_from_one"),
            models.CheckConstraint(
                condition=~Q(text="") | Q(evidence__isnull=False, criterion__isnull=False),
                name="a_note_without_words_cites",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False, parent=None, for_learner=False),
                name="resolved_by_somebody_among_assessors",
            ),
        )

    def __str__(self) -> str:
        return self.text[:60] or str(self.place)

    @property
    def place(self) -> Place:
        return Place(self.page, self.seconds, self.quote)
