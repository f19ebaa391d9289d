"""Keep marks as they are given, and check that a marking is complete before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict, Unpack

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.refused import Refused
from apps.reviews import queries
from apps.reviews.models import MARKING, Mark, Outcome, Part, PieceCheck, Review, alike
from apps.reviews.verbs.common import held, joined, locked
from apps.reviews.verbs.leases import extend, take
from apps.submissions import queries as work
from apps.submissions import verbs as submissions
from apps.submissions.masking import MARK
from apps.submissions.models import NextStep, Submission

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from apps.accounts.models import User
    from apps.issuers.models import Criterion
    from apps.submissions.masking import Mask
    from apps.submissions.models import Attempt, EvidenceItem

    # Checks of single pieces: piece -> (question -> yes, no or no answer yet; comment).
    Checks = Mapping[EvidenceItem, tuple[Mapping[str, bool | None], str]]
    Marks = Mapping[Criterion, tuple[int | None, str]]


class Marking(TypedDict):
    """What an assessor says about an attempt. `edition` is the one that their page was loaded with: if another window
    has saved since, nothing is overwritten.
    """

    marks: Marks  # criterion -> (level or None, comment)
    answers: Mapping[str, bool | None]
    note: str
    checks: NotRequired[Checks | None]
    next_steps: NotRequired[Mapping[Criterion, str]]  # criterion below its level -> what the learner has to do
    adopted: NotRequired[Mapping[Criterion, str]]
    declines: NotRequired[bool]
    edition: NotRequired[int | None]


class MarkedElsewhere(Refused):
    """The same person has saved from another window since this one was opened."""

    def __str__(self) -> str:
        return _(
            "You have since marked this in another window. Nothing was overwritten. Open it again to see what is there."
        )


@transaction.atomic
def save_marks(
    attempt: Attempt, *, by: User, reason: str | None = None, against: str | None = None, **said: Unpack[Marking]
) -> Review:
    """Keep what an assessor has marked so far, and renew the lease.

    Only a lead gives `reason` and `against`: the reason, and the outcome they decide on regardless of the levels.
    None leaves the saved value.
    """
    attempt, _submission = locked(attempt)
    assignment = held(attempt, by, parts=MARKING)
    extend(assignment)
    return write(assignment.review, reason=reason, against=against, **said)


@transaction.atomic
def take_again(review: Review, *, by: User) -> Review:
    """Take again the work whose lease `by` lost while writing this review. Refuse if the part that would be taken is
    marked differently.
    """
    taken = take(review.assignment.attempt, by=by)
    if taken.turn.part not in alike(review.assignment.turn.part):
        raise Refused(_("What you marked this for is no longer waiting. Open it again to see what is."))
    return taken.review


def write(review: Review, *, reason: str | None = None, against: str | None = None, **said: Unpack[Marking]) -> Review:
    edition = said.get("edition")
    if edition is not None and edition != review.edition:
        raise MarkedElsewhere
    _write_marks(review, said["marks"], said.get("next_steps") or {}, said.get("adopted") or {})
    for piece, (answered, comment) in (said.get("checks") or {}).items():
        if piece.attempt_id != review.assignment.attempt_id:
            raise Refused(_("That piece is not part of this attempt."))
        held_to = {question.value: answered.get(question) for question in Review.Question}
        PieceCheck.objects.update_or_create(review=review, evidence=piece, defaults={**held_to, "comment": comment})
    for question in Review.Question:
        setattr(review, question, said["answers"].get(question))
    review.note, review.declines = said["note"], said.get("declines", False)
    review.reason = review.reason if reason is None else reason
    review.against = review.against if against is None else against
    review.edition += 1
    review.saved_at = clock.now()
    review.save(update_fields=[*Review.Question, "note", "declines", "reason", "against", "edition", "saved_at"])
    return review


def _write_marks(
    review: Review, marks: Marks, next_steps: Mapping[Criterion, str], adopted: Mapping[Criterion, str]
) -> None:
    """Save the marks. Adopting a marker's level adopts their next step too; a level that meets the criterion clears it."""
    attempt = review.assignment.attempt
    met_before = work.met_before(attempt)
    found = _found_by_both(attempt) if any(adopted.values()) else {}
    levels = {one.pk: {level.position for level in one.levels.all()} for one in _rubric_of(attempt)}
    given = []
    for criterion, (level, comment) in marks.items():
        if criterion.pk not in levels or (level is not None and level not in levels[criterion.pk]):
            raise Refused(_("That level is not in this rubric."))
        if criterion in met_before:
            raise Refused(_("“%(criterion)s” was met before, so it stays as it is.") % {"criterion": criterion})
        step = next_steps.get(criterion, "")
        if step and step not in NextStep.values:
            raise Refused(_("Choose “Revise this” or “New evidence needed”, or neither."))
        whose = adopted.get(criterion, "")
        # For one of two separate markers, a later refusal would reveal the level that the other gave.
        if whose and review.assignment.turn.part != Part.ADJUDICATE:
            raise Refused(_("Only the person who decides between two markers can take over a level from one of them."))
        if whose and whose not in Mark.Adopted.values:
            raise Refused(_("Choose one marker's level, or give your own."))
        if whose and whose != Mark.Adopted.OWN:
            theirs = found.get(whose, {}).get(criterion.pk)
            if level != (theirs.level if theirs else None):
                raise Refused(
                    _("That is not the level which that marker gave on “%(criterion)s”.") % {"criterion": criterion}
                )
            step = theirs.next_step if theirs else ""
        if level is None or level >= criterion.required_level:
            step = ""
        given.append(
            Mark(review=review, criterion=criterion, level=level, comment=comment, next_step=step, adopted=whose)
        )
    Mark.objects.bulk_create(
        given,
        update_conflicts=True,
        unique_fields=("review", "criterion"),
        update_fields=("level", "comment", "next_step", "adopted"),
    )


def uncover(review: Review) -> None:
    """Restore names that were masked for the marker in text copied unchanged from others.

    Refuse if the marker edited text containing a mask: only they know what it was meant to say.
    """
    attempt = review.assignment.attempt
    prefetch_related_objects([review], "marks")
    covered = [mark for mark in review.marks.all() if MARK in mark.comment]
    if not covered and MARK not in review.note:
        return
    mask = work.mask_for(review.assignment.assessor, attempt.submission)
    if not mask:
        return
    others = Review.objects.filter(assignment__attempt=attempt).exclude(pk=review.pk)
    sides = queries.sides_of(attempt).values()
    for mark in covered:
        theirs = Mark.objects.filter(review__in=others, criterion=mark.criterion)
        of_both = joined(
            *(one.comment for side in sides for one in side.marks.all() if one.criterion_id == mark.criterion_id)
        )
        mark.comment = _as_written(mark.comment, [*theirs.values_list("comment", flat=True), of_both], mask)
        mark.save(update_fields=["comment"])
    notes = [*others.values_list("note", flat=True), *attempt.decisions.values_list("note", flat=True)]
    review.note = _as_written(review.note, notes, mask)
    review.save(update_fields=["note"])


def _as_written(said: str, written: Iterable[str], mask: Mask) -> str:
    if MARK not in said:
        return said
    found = next((one for one in written if mask(one).strip() == said.strip()), None)
    if found is None:
        raise Refused(
            _("%(mark)s stands for a name that is hidden from you. Write it without the name: the learner reads it.")
            % {"mark": MARK}
        )
    return found


def _rubric_of(attempt: Attempt) -> QuerySet[Criterion]:
    """The criteria with their levels, fetched once per attempt."""
    version = attempt.submission.version
    prefetch_related_objects([version], "criteria__levels")
    return version.criteria.all()


def _found_by_both(attempt: Attempt) -> dict[str, dict[int, Mark]]:
    """The marks that each of the two markers gave: marker -> criterion -> mark."""
    return {
        whose: {mark.criterion_id: mark for mark in review.marks.all()}
        for whose, review in queries.sides_of(attempt).items()
    }


def told(review: Review) -> list[submissions.Told]:
    """A finding for each criterion: from its mark, or from the earlier attempt that met it."""
    prefetch_related_objects([review], "marks")
    given = {mark.criterion_id: mark for mark in review.marks.all()}
    met_before = work.met_before(review.assignment.attempt)
    found = []
    for criterion in _rubric_of(review.assignment.attempt):
        before = met_before.get(criterion)
        if before is not None:
            found.append(submissions.Told(criterion, before.level, True, before.comment, first_met_in=before.origin))
            continue
        mark = given.get(criterion.pk)
        if mark is None or mark.level is None:
            raise Refused(_("Mark “%(criterion)s” first.") % {"criterion": criterion})
        met = mark.level >= criterion.required_level
        found.append(submissions.Told(criterion, mark.level, met, mark.comment, next_step=mark.next_step))
    return found


def outcome_of(found: Iterable[submissions.Told], *, declines: bool = False) -> Outcome:
    """MEETS if and only if every required criterion reaches its required level; otherwise NOT_YET, or DECLINED if a
    further attempt makes no sense.
    """
    if all(one.met for one in found if one.criterion.required):
        return Outcome.MEETS
    return Outcome.DECLINED if declines else Outcome.NOT_YET


def refuse_unready(review: Review, found: Iterable[submissions.Told], outcome: str) -> None:
    """Refuse a marking that lacks something it needs before it is sent."""
    for one in found:
        if not one.met and not one.comment.strip():
            raise Refused(
                _("Say what to change for “%(criterion)s”: the learner reads it.") % {"criterion": one.criterion}
            )
    _refuse_unchecked(review)
    if any(getattr(review, question) is None for question in Review.Question):
        raise Refused(_("Answer the four questions about the evidence first."))
    if outcome == Outcome.MEETS and not all(getattr(review, question) for question in Review.Question):
        raise Refused(_("Evidence that isn't valid, sufficient, authentic and current cannot meet the rubric."))
    if outcome == Outcome.MEETS and review.declines:
        raise Refused(_("Work that meets the rubric can't be declined. Change the marks, or don't decline it."))
    if outcome == Outcome.DECLINED and not review.note.strip():
        raise Refused(_("Say in the note why there is no further attempt: the learner reads it."))


def _refuse_unchecked(review: Review) -> None:
    """For recognition of prior learning, refuse a piece with an unanswered question or an unexplained “no”."""
    attempt = review.assignment.attempt
    if attempt.submission.route != Submission.Route.PRIOR_LEARNING:
        return
    checks = {check.evidence_id: check for check in review.piece_checks.all()}
    for piece in attempt.evidence.all():
        check = checks.get(piece.pk)
        if check is None or None in check.answers:
            raise Refused(_("Answer the four questions about piece %(n)d first.") % {"n": piece.position})
        if False in check.answers and not check.comment.strip():
            raise Refused(_("Say what is wrong with piece %(n)d.") % {"n": piece.position})
