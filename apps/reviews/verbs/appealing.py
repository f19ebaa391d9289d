"""Appeals: lodged by the learner, heard by someone new to the work, and answered with a final decision."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.notices import verbs as notices
from apps.reviews import queries
from apps.reviews.models import Appeal, Decision, Part
from apps.reviews.verbs.common import asked_anew, held, locked, promised_now
from apps.reviews.verbs.deciding import send
from apps.reviews.verbs.moderating import outcome_against
from apps.reviews.verbs.settling import Settled, look_again, settle
from apps.reviews.verbs.turns import free_turns, open_turn
from apps.submissions import queries as work
from apps.submissions import verbs as submissions
from apps.submissions.models import Attempt, Submission

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.reviews.verbs.marking import Marking

State = Appeal.State


@transaction.atomic
def lodge_appeal(submission: Submission, *, by: User, ground: str, grounds: str) -> Appeal:
    """Ask for a decision to be heard again by someone who had no part in it. The work stays as it was handed in."""
    attempt, submission = locked(submission.attempts.latest("number"))
    if by.pk != submission.learner_id:
        raise PermissionDenied
    decision = queries.appealable(submission, now=clock.now())
    if decision is None:
        raise Refused(_why_not(submission))
    if ground not in Appeal.Ground.values or not grounds.strip():
        raise Refused(_("Give your grounds, and say what went wrong. Whoever hears the appeal reads this."))
    _refuse_begun_anew(submission)
    appeal = Appeal.objects.create(decision=decision, ground=ground, grounds=grounds, lodged_at=clock.now())
    free_turns(attempt, why="appealed")
    attempt.move(Attempt.State.ASSESSABLE)
    attempt.save(update_fields=["state"])
    submission.move(Submission.State.UNDER_APPEAL)
    submission.answer_by = promised_now(submission)
    with asked_anew(partial(_refuse_begun_anew, submission)):
        submission.save(update_fields=["state", "answer_by"])
    record("appeal.lodged", submission, by=by, appeal=appeal.public_id, ground=ground, grounds=digest(grounds))
    open_turn(attempt, Part.APPEAL)
    notices.write(
        "appeal_lodged",
        key=f"appeal_lodged:{appeal.public_id}",
        to=submission.learner,
        address=submission.get_absolute_url(),
        facts={**submissions.with_reference(submission), "answer_by": submission.answer_by},
    )
    return appeal


def _refuse_begun_anew(submission: Submission) -> None:
    if work.lives_beside(submission):
        raise Refused(_("You have since begun this badge again. Withdraw that first."))


def _why_not(submission: Submission) -> str:
    if submission.state not in Submission.ANSWERED:
        return _("There is no decision here that you could appeal against now.")
    appeals = Appeal.objects.filter(decision__attempt__submission=submission)
    if appeals.exclude(state=State.WITHDRAWN).exists():
        return _("This was appealed against before, and the answer to that is final.")
    if appeals.exists():
        return _("You took your appeal back, and only one appeal is allowed.")
    if not submission.achievement.issuer.appeal_days:
        return _("%(issuer)s hears no appeals.") % {"issuer": submission.achievement.issuer.name}
    return _("The time for an appeal is over.")


@transaction.atomic
def withdraw_appeal(appeal: Appeal, *, by: User) -> Appeal:
    """Withdraw an appeal: the decision stands as it was. No second appeal can be lodged."""
    attempt, submission = locked(appeal.decision.attempt)
    appeal = Appeal.objects.select_related("decision").select_for_update(of=("self",)).get(pk=appeal.pk)
    if by.pk != submission.learner_id:
        raise PermissionDenied
    appeal.move(State.WITHDRAWN)
    appeal.answered_at = clock.now()
    appeal.save(update_fields=["state", "answered_at"])
    free_turns(attempt, why="appeal_withdrawn")
    for state in (Attempt.State.ASSESSED, Attempt.State.CLOSED):
        attempt.move(state)
    attempt.save(update_fields=["state"])
    submission.move(submissions.STATE_AFTER[appeal.decision.outcome])
    submission.save(update_fields=["state"])
    record("appeal.withdrawn", submission, by=by, appeal=appeal.public_id)
    # Lodging the appeal dropped the second look that the sample asks for.
    appeal.decision.attempt = attempt
    look_again(appeal.decision)
    return appeal


@transaction.atomic
def answer_appeal(
    attempt: Attempt, *, by: User, reason: str, outcome: str | None = None, **said: Unpack[Marking]
) -> Decision:
    """Decide an appeal by marks of one's own, with the reasons. The decision is final."""
    attempt, submission = locked(attempt)
    assignment = held(attempt, by, parts=(Part.APPEAL,))
    found = Appeal.objects.select_related("decision").select_for_update(of=("self",))
    appeal = found.get(decision__attempt=attempt, state=State.LODGED)
    if not reason.strip():
        raise Refused(_("Give the reasons for what you decide on the appeal: the learner reads them."))
    review = send(assignment, reason=reason, against=outcome or "", **said)
    decided = outcome_against(review, outcome)
    settled = Settled(
        review, decided, Decision.How.APPEALED, review.note, differs=decided != review.outcome, reason=reason
    )
    decision = settle(attempt, settled, by=by)
    changed = decided != appeal.decision.outcome
    appeal.move(State.UPHELD if changed else State.DISMISSED)
    appeal.answered_at, appeal.outcome = clock.now(), decision
    appeal.save(update_fields=["state", "answered_at", "outcome"])
    record("appeal.answered", submission, by=by, appeal=appeal.public_id, state=appeal.state)
    return decision
