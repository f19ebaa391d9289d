"""Notes that stand at a place of the evidence or at a criterion: for the learner, or among assessors."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.issuers.models import Achievement, AchievementVersion, Criterion
from apps.reviews.models.marking import Review
from apps.submissions.models import Attempt, EvidenceItem
from apps.submissions.places import Place

if TYPE_CHECKING:
    from apps.accounts.models import User

LONGEST_NOTE = 2_000
# A marking that is no longer its marker's alone.
SENT = (Review.State.SUBMITTED, Review.State.ACCEPTED)


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    def visible_to(self, user: User) -> AnnotationQuerySet:
        """Where `user` holds a seat to assess, of work that isn't their own account's: what they may read there now.

        Of two who mark blind neither reads the other before both have sent theirs.
        """
        of_submission = "review__assignment__attempt__submission"
        assessed = Q(**{f"{of_submission}__achievement__in": Achievement.objects.assessable_by(user)})
        return self.filter(assessed).exclude(**{f"{of_submission}__learner": user}).unsealed_for(user)

    def unsealed_for(self, user: User) -> AnnotationQuerySet:
        """Of work that `user` may assess."""
        on_it = Review.objects.filter(assignment__attempt=OuterRef("review__assignment__attempt"))
        mine = on_it.filter(assignment__assessor=user)
        marks_alone = Q(
            review__assignment__attempt__submission__version__policy=AchievementVersion.Policy.DOUBLE_BLIND,
            review__assignment__attempt__state=Attempt.State.ASSESSABLE,
        )
        sent = Q(review__state__in=SENT)
        both_sent = sent & Exists(mine.filter(state__in=SENT)) & ~Exists(mine.filter(state=Review.State.DRAFT))
        return self.filter(Q(review__assignment__assessor=user) | ~marks_alone | both_sent)

    def newest(self) -> AnnotationQuerySet:
        """Without those of an ended marking that its marker has gone on with: there they stand again."""
        later = Review.objects.filter(
            assignment__attempt=OuterRef("review__assignment__attempt"),
            assignment__assessor=OuterRef("review__assignment__assessor"),
            pk__gt=OuterRef("review"),
        )
        return self.filter(Q(review__state__in=(Review.State.DRAFT, *SENT)) | ~Exists(later))

    def told(self) -> AnnotationQuerySet:
        """What the learner reads: for them, in the marking that the decision stands on, once they have the answer."""
        return self.filter(
            for_learner=True,
            review__decision__isnull=False,
            review__assignment__attempt__answer__isnull=False,
        )


class Annotation(models.Model):
    """A note of one marking: on a piece of evidence, on a criterion, or on both, which cites the piece for it.

    An answer stands below a note, has no place of its own, and is among assessors.
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
