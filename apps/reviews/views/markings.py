"""Markings by others, to read beside the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from apps.reviews.models import Decision, Mark, Part, Review
from apps.submissions import queries as work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from apps.issuers.models import Criterion, Level
    from apps.reviews.models import PieceCheck
    from apps.submissions.masking import Mask
    from apps.submissions.models import Attempt, Finding


class Line(NamedTuple):
    """One criterion as it was marked. `met_in`: the number of the earlier attempt that met it."""

    criterion: Criterion
    level: Level | None
    comment: str
    next_step: StrOrPromise = ""
    adopted: StrOrPromise = ""
    met_in: int | None = None


class Answered(NamedTuple):
    question: StrOrPromise
    said: bool | None


class Marking(NamedTuple):
    """A marking as it was sent. `who` is empty if the reader must not know."""

    review: Review
    lines: list[Line]
    answers: list[Answered]
    pieces: list[PieceCheck]
    who: str = ""


class Settled(NamedTuple):
    """A decision with the markings it rests on: one; or the two separate ones, and the lead's if they decided."""

    decision: Decision
    markings: list[Marking]


class Rubric(NamedTuple):
    """What an attempt is marked on: each criterion with its levels, and what was met before. `mask` hides the learner
    in text by markers.
    """

    criteria: Sequence[Criterion]
    met: Mapping[Criterion, Finding]
    mask: Mask


def marking(review: Review, rubric: Rubric, *, who: str = "") -> Marking:
    given = {mark.criterion_id: mark for mark in review.marks.all()}
    pieces = [check for check in review.piece_checks.all() if None not in check.answers]
    for rows, name in (
        ([review], "note"),
        (given.values(), "comment"),
        (pieces, "comment"),
        (rubric.met.values(), "comment"),
    ):
        work.cover_words(rows, name, mask=rubric.mask)
    for check in pieces:
        work.cover_piece(check.evidence, rubric.mask)
    return Marking(
        review,
        [_line(criterion, given.get(criterion.pk), rubric.met.get(criterion)) for criterion in rubric.criteria],
        [Answered(question.label, getattr(review, question)) for question in Review.Question],
        pieces,
        who,
    )


def _line(criterion: Criterion, mark: Mark | None, before: Finding | None) -> Line:
    levels = {one.position: one for one in criterion.levels.all()}
    if before is not None:
        return Line(criterion, levels.get(before.level), before.comment, met_in=before.origin.number)
    if mark is None or mark.level is None:
        return Line(criterion, None, mark.comment if mark else "")
    step = mark.get_next_step_display() if mark.next_step else ""
    adopted = mark.get_adopted_display() if mark.adopted else ""
    return Line(criterion, levels.get(mark.level), mark.comment, step, adopted)


def history_of(attempt: Attempt, rubric: Rubric) -> list[Settled]:
    """The decisions on an attempt, newest first. Assessors see each other's names once it is decided."""
    decisions = list(
        attempt.decisions.select_related("by", "replaces", "appeal__outcome", "consequence__by")
        .prefetch_related("moderations__by")
        .order_by("-pk")
    )
    if not decisions:
        return []
    for decision in decisions:
        work.cover_words([decision], "note", "reason", mask=rubric.mask)
        work.cover_words(decision.moderations.all(), "reason", mask=rubric.mask)
    sent = list(
        Review.objects.filter(assignment__attempt=attempt)
        .exclude(outcome="")
        .select_related("assignment__assessor", "assignment__turn")
        .prefetch_related("marks", "piece_checks__evidence")
        .order_by("pk")
    )
    return [Settled(one, _resting_on(one, sent, rubric)) for one in decisions]


def _resting_on(decision: Decision, sent: Sequence[Review], rubric: Rubric) -> list[Marking]:
    own = [one for one in sent if one.pk == decision.review_id]
    if decision.how not in (Decision.How.AGREED, Decision.How.ADJUDICATED):
        return [marking(one, rubric, who=one.assignment.assessor.name) for one in own]
    before = [one for one in sent if one.submitted_at and one.submitted_at <= decision.decided_at]
    apart = []
    for part in (Part.FIRST, Part.SECOND):
        apart += [one for one in before if one.assignment.turn.part == part][-1:]
    shown = apart if decision.how == Decision.How.AGREED else [*own, *apart]
    return [marking(one, rubric, who=one.assignment.assessor.name) for one in shown]
