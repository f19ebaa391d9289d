"""Begin a review with the marks that it starts from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Q

from apps.accounts.wording import SOMETHING, Worded
from apps.core import clock
from apps.core.copying import insert
from apps.reviews import queries
from apps.reviews.models import MARKING, Annotation, Decision, Mark, Part, PieceCheck, Review, alike
from apps.reviews.verbs.carrying import carry_annotations
from apps.reviews.verbs.common import joined
from apps.submissions import queries as work
from apps.submissions.masking import Mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from apps.accounts.models import User
    from apps.reviews.models import Assignment
    from apps.submissions.models import Attempt


def begin_review(assignment: Assignment) -> Review:
    """Begin a review for a lease. What the same assessor marked under an ended lease, or had passed back, is copied
    into it. A moderator starts from the decision; a lead who decides between two markers, from what both found.
    """
    review = Review(assignment=assignment, saved_at=clock.now())
    insert(review)
    part = assignment.turn.part
    earlier = _earlier(assignment)
    decision = queries.decision_on(assignment.attempt) if part == Part.MODERATE else None
    if earlier is not None and earlier.pk < _newest_told(assignment.attempt, part, decision):
        earlier = None  # it was about marking that has been replaced since
    if earlier is not None:
        # Its editions are counted on, so that an older window can tell whether it has seen the newest.
        review.edition, review.reason, review.against = earlier.edition, earlier.reason, earlier.against
        review.save(update_fields=["edition", "reason", "against"])
        _bring(earlier, review, earlier.marks.all())
        carry_annotations(earlier.annotations.all(), review)
    elif decision is not None:
        _bring_decided(decision, review)
        carry_annotations(_noted_with(decision), review)
    elif part == Part.ADJUDICATE:
        _bring_agreed(review)
    return review


def _earlier(assignment: Assignment) -> Review | None:
    found = _EARLIER[Part(assignment.turn.part)].ask(assignment.assessor, assignment.attempt_id)
    return Review.objects.get(pk=found[0][0]) if found else None


def _earlier_of(user: User, *, parts: Sequence[str]) -> QuerySet[Review, tuple[int]]:
    ended = Review.objects.filter(state__in=(Review.State.VOID, Review.State.PASSED_BACK))
    theirs = ended.filter(assignment__attempt=SOMETHING, assignment__assessor=user, assignment__turn__part__in=parts)
    return theirs.order_by("-pk").values_list("pk")[:1]


# Asked each time a turn is taken; usually there is none.
_EARLIER = {part: Worded(partial(_earlier_of, parts=alike(part))) for part in MARKING}


def _newest_told(attempt: Attempt, part: str, decision: Decision | None) -> int:
    """The key of the newest review that a moderator, or a lead deciding between two, is to judge; otherwise 0."""
    if part == Part.ADJUDICATE:
        return max((one.pk for one in queries.sides_of(attempt).values()), default=0)
    return decision.review_id if decision is not None else 0


def _bring(earlier: Review, review: Review, marks: Iterable[Mark]) -> None:
    for field in (*Review.Question, "note", "declines"):
        setattr(review, field, getattr(earlier, field))
    mask = _mask(review) if earlier.assignment.assessor_id != review.assignment.assessor_id else Mask()
    review.note = mask(review.note)
    review.save(update_fields=[*Review.Question, "note", "declines"])
    PieceCheck.objects.bulk_create(
        PieceCheck(
            review=review,
            evidence_id=check.evidence_id,
            comment=mask(check.comment),
            **{question.value: getattr(check, question) for question in Review.Question},
        )
        for check in earlier.piece_checks.all()
    )
    Mark.objects.bulk_create(
        Mark(
            review=review,
            criterion_id=mark.criterion_id,
            level=mark.level,
            comment=mask(mark.comment),
            next_step=mark.next_step,
            adopted=mark.adopted,
        )
        for mark in marks
    )


def _mask(review: Review) -> Mask:
    """The mask that hides a blind learner's name in text by others, which becomes this marker's own."""
    return work.mask_for(review.assignment.assessor, review.assignment.attempt.submission)


def _bring_decided(decision: Decision, review: Review) -> None:
    """Copy what the learner was told, or will be. If two markers agreed, join the comments of both."""
    marks = list(decision.review.marks.all())
    second = queries.marking_of(decision.attempt, Part.SECOND) if decision.how == Decision.How.AGREED else None
    also = {mark.criterion_id: mark.comment for mark in second.marks.all()} if second else {}
    for mark in marks:
        mark.comment, mark.adopted = joined(mark.comment, also.get(mark.criterion_id, "")), ""
    _bring(decision.review, review, marks)
    review.note = _mask(review)(decision.note)
    review.save(update_fields=["note"])


def _noted_with(decision: Decision) -> QuerySet[Annotation]:
    """The notes of the marking that the decision rests on, and any others told to the learner with it."""
    told = Annotation.objects.told_with(Decision.objects.filter(pk=decision.pk))
    return Annotation.objects.filter(Q(review=decision.review_id) | Q(pk__in=told.values("pk")))


def _bring_agreed(review: Review) -> None:
    """Copy the first marker's marks where both gave the same level. What differs is left to be decided."""
    attempt = review.assignment.attempt
    first, second = queries.marking_of(attempt, Part.FIRST), queries.marking_of(attempt, Part.SECOND)
    if first is None or second is None:
        return
    theirs = {mark.criterion_id: mark for mark in second.marks.all()}
    same = [mark for mark in first.marks.all() if theirs[mark.criterion_id].level == mark.level]
    for mark in same:
        mark.adopted = Mark.Adopted.FIRST
    _bring(first, review, same)
    for question in Review.Question:
        if getattr(first, question) != getattr(second, question):
            setattr(review, question, None)
    review.note = ""
    review.save(update_fields=[*Review.Question, "note"])
