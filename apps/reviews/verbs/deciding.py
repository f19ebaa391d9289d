"""Send a marking, and do what the badge's policy says next: decide, recommend, or compare two markings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.issuers.models import AchievementVersion
from apps.notices import verbs as notices
from apps.reviews import policies, queries
from apps.reviews.models import Decision, Mark, Part, Review
from apps.reviews.verbs.common import (
    finish,
    held,
    joined,
    locked,
    offer,
    refuse_barred,
    said_in_words,
)
from apps.reviews.verbs.marking import outcome_of, refuse_unready, told, uncover, write
from apps.reviews.verbs.settling import Settled, await_decision, refuse_settled, settle
from apps.reviews.verbs.turns import free_turns, open_turn
from apps.submissions import queries as work
from apps.submissions import verbs as submissions
from apps.submissions.models import Submission

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.reviews.models import Assignment
    from apps.reviews.verbs.marking import Marking
    from apps.submissions.models import Attempt

How, Policy = Decision.How, AchievementVersion.Policy
# Markings that are sent with `decide`. Moderation and appeal give reasons, so they have verbs of their own.
SENT = (Part.FIRST, Part.SECOND, Part.ADJUDICATE)


@transaction.atomic
def decide(attempt: Attempt, *, by: User, **said: Unpack[Marking]) -> Decision | None:
    """Send one's marking. If it settles the attempt, return the decision that the levels give; work that meets the
    rubric is awarded in the same transaction. Return None while someone else has yet to mark or decide.
    """
    attempt, submission = locked(attempt)
    refuse_settled(attempt, by=by)
    assignment = held(attempt, by, parts=SENT)
    review = send(assignment, **said)
    if assignment.turn.part == Part.ADJUDICATE:
        return settle(attempt, Settled(review, review.outcome, How.ADJUDICATED, review.note), by=by)
    if submission.version.policy == Policy.SINGLE:
        return settle(attempt, Settled(review, review.outcome, How.ASSESSED, review.note), by=by)
    if submission.version.policy == Policy.FOUR_EYES:
        _recommend(attempt)
        return None
    return _compare(attempt, by=by)


def send(assignment: Assignment, *, reason: str = "", against: str = "", **said: Unpack[Marking]) -> Review:
    """Lock a marking as it stands, with the outcome that its levels give, and finish the part.

    A lead who decides `against` the levels must have what that outcome needs.
    """
    attempt = assignment.attempt
    review = write(assignment.review, reason=reason, against=against, **said)
    uncover(review)
    found = told(review)
    if assignment.turn.part == Part.ADJUDICATE and review.marks.filter(adopted="").exists():
        review.marks.filter(adopted="").update(adopted=Mark.Adopted.OWN)
    outcome = outcome_of(found, declines=review.declines)
    refuse_unready(review, found, against or outcome)
    review.move(Review.State.SUBMITTED)
    review.outcome = outcome
    review.submitted_at = clock.now()
    review.save(update_fields=["state", "outcome", "submitted_at"])
    finish(assignment)
    record(
        "marking.sent",
        attempt.submission,
        by=assignment.assessor,
        review=review.public_id,
        attempt=attempt.public_id,
        part=assignment.turn.part,
    )
    return review


def _recommend(attempt: Attempt) -> None:
    """Ask another person to grant it."""
    _await(attempt)
    open_turn(attempt, Part.GRANT)


def _compare(attempt: Attempt, *, by: User) -> Decision | None:
    """Compare two separate markings, once both are sent. They settle the attempt if both gave the same levels and
    came to the same outcome; otherwise a lead decides between them.
    """
    first, second = queries.marking_of(attempt, Part.FIRST), queries.marking_of(attempt, Part.SECOND)
    if first is None or second is None:
        return None
    levels = [{mark.criterion_id: mark.level for mark in one.marks.all()} for one in (first, second)]
    if levels[0] == levels[1] and first.outcome == second.outcome:
        second.move(Review.State.ACCEPTED)
        second.save(update_fields=["state"])
        note = joined(first.note, second.note)
        return settle(attempt, Settled(first, first.outcome, How.AGREED, note), by=by)
    _await(attempt)
    open_turn(attempt, Part.ADJUDICATE)
    return None


def _await(attempt: Attempt) -> None:
    attempt.move(attempt.State.ASSESSED)
    attempt.save(update_fields=["state"])
    await_decision(attempt)


@transaction.atomic
def grant(attempt: Attempt, *, by: User, note: str = "") -> Decision:
    """Grant a recommendation as it was made. `note` is added to the recommender's."""
    attempt, _submission = locked(attempt)
    assignment = held(attempt, by, parts=(Part.GRANT,))
    review = _recommended(attempt)
    finish(assignment)
    settled = Settled(review, review.outcome, How.GRANTED, joined(review.note, note))
    return settle(attempt, settled, by=by)


@transaction.atomic
def pass_back(attempt: Attempt, *, by: User, reason: str) -> Review:
    """Ask the recommender to look again, and say why. It is offered to them with the marks they gave, unless they may
    no longer judge it.
    """
    attempt, submission = locked(attempt)
    assignment = held(attempt, by, parts=(Part.GRANT,))
    if not reason.strip():
        raise Refused(_("Say what to look at again: who recommended it reads it."))
    review = _recommended(attempt)
    finish(assignment)
    review.move(Review.State.PASSED_BACK)
    review.passed_back_because = reason
    review.save(update_fields=["state", "passed_back_because"])
    attempt.move(attempt.State.ASSESSABLE)
    attempt.save(update_fields=["state"])
    submission.move(Submission.State.UNDER_ASSESSMENT)
    submission.save(update_fields=["state"])
    turn = open_turn(attempt, Part.FIRST)
    record("review.passed_back", submission, by=by, review=review.public_id, reason=digest(reason))
    recommender = review.assignment.assessor
    if not policies.can_play(recommender, submission, turn.part):
        # Their seat has ended: anyone may take it.
        return review
    try:
        refuse_barred(recommender, submission, part=turn.part, attempt=attempt)
        with said_in_words(recommender, submission, part=turn.part, attempt=attempt):
            offer(turn, attempt, to=recommender, by=by)
    except Refused:
        # They declared a conflict, or their badge ran out: again, anyone may take it.
        return review
    notices.write(
        "passed_back",
        key=f"passed_back:{review.public_id}",
        to=recommender,
        address=reverse("reviews:desk", args=[attempt.public_id]),
        facts={
            **submissions.with_reference(submission),
            "reason": work.mask_for(recommender, submission)(reason),
        },
    )
    return review


def _recommended(attempt: Attempt) -> Review:
    review = queries.marking_of(attempt, Part.FIRST)
    if review is None:
        raise Refused(_("There is nothing to grant any more."))
    return review


@transaction.atomic
def return_unscored(attempt: Attempt, *, by: User, reason: str) -> Attempt:
    """Return an attempt that can't be judged as it is, with the reason. It doesn't count as an attempt."""
    attempt, _submission = locked(attempt)
    assignment = held(attempt, by, parts=SENT)
    if not reason.strip():
        raise Refused(_("Say why it comes back unjudged: the learner reads it."))
    if attempt.decisions.filter(released_at__isnull=False).exists():
        raise Refused(
            _("The learner has already been answered, and that stands until it is judged again. It can't go back.")
        )
    free_turns(attempt, why="returned", but=assignment)
    return submissions.hand_back(attempt, reason=reason, by=by, at=clock.now())
