"""Moderate a sampled decision: agree, change it with a reason, or have the work judged again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.notices import verbs as notices
from apps.reviews import queries
from apps.reviews.models import Assignment, Conflict, Decision, Moderation, Outcome, Part, Review
from apps.reviews.verbs.common import asked_anew, finish, held, locked, promised_now
from apps.reviews.verbs.deciding import send
from apps.reviews.verbs.marking import told
from apps.reviews.verbs.settling import Settled, release, settle, told_by
from apps.reviews.verbs.turns import open_turns
from apps.submissions import queries as work
from apps.submissions import verbs as submissions
from apps.submissions.models import Attempt, Submission

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.reviews.verbs.marking import Marking

Verdict = Moderation.Verdict


@transaction.atomic
def agree(attempt: Attempt, *, by: User, reason: str = "") -> Moderation:
    """Let a decision stand. If it waited for moderation, it is released now."""
    assignment, decision = _looked_at(attempt, by)
    review = assignment.review
    finish(assignment)
    review.move(Review.State.VOID)
    review.save(update_fields=["state"])
    moderation = _write(assignment, decision, Verdict.AGREED, reason, by=by)
    if decision.released_at is None:
        release(decision)
    return moderation


@transaction.atomic
def change_decision(
    attempt: Attempt, *, by: User, reason: str, outcome: str | None = None, **said: Unpack[Marking]
) -> Moderation:
    """Change a decision by other marks or, with `outcome`, against what they say. The reason stays visible, and an
    issued credential stands until a person sees to it.
    """
    assignment, decision = _looked_at(attempt, by)
    _refuse_gone_on(assignment.attempt)
    if not reason.strip():
        raise Refused(_("Say why it is changed: the learner and who decided it read that."))
    review = send(assignment, reason=reason, against=outcome or "", **said)
    decided = outcome_against(review, outcome)
    if decided == decision.outcome and (review.note, told(review)) == (decision.note, told_by(decision)):
        raise Refused(_("That is what was decided already. Agree, or change something."))
    settled = Settled(
        review, decided, Decision.How.MODERATED, review.note, differs=decided != review.outcome, reason=reason
    )
    with asked_anew(partial(_refuse_gone_on, assignment.attempt)):
        settle(assignment.attempt, settled, by=by)
    return _write(assignment, decision, Verdict.CHANGED, reason, by=by)


@transaction.atomic
def ask_again(attempt: Attempt, *, by: User, reason: str) -> Moderation:
    """Have the work judged again by someone who has not judged it before. The decision stands until then."""
    assignment, decision = _looked_at(attempt, by)
    _refuse_gone_on(assignment.attempt)
    if not reason.strip():
        raise Refused(_("Say why it is to be judged again."))
    finish(assignment)
    review = assignment.review
    review.move(Review.State.VOID)
    review.save(update_fields=["state"])
    moderation = _write(assignment, decision, Verdict.AGAIN, reason, by=by)
    attempt, submission = assignment.attempt, assignment.attempt.submission
    attempt.move(Attempt.State.ASSESSABLE)
    attempt.save(update_fields=["state"])
    submission.move(Submission.State.UNDER_ASSESSMENT)
    if decision.released_at is not None:
        # A promise that was kept is renewed; one still open stands.
        submission.answer_by = promised_now(submission)
        _tell_learner(moderation, submission)
    with asked_anew(partial(_refuse_gone_on, attempt)):
        submission.save(update_fields=["state", "answer_by"])
    now = clock.now()
    before = Assignment.objects.filter(attempt=attempt, state=Assignment.State.DONE).exclude(turn__part=Part.MODERATE)
    for person_id in before.values_list("assessor", flat=True).distinct():
        Conflict.objects.get_or_create(
            submission=submission,
            assessor_id=person_id,
            defaults={"kind": Conflict.Kind.MARKED, "declared_at": now},
        )
    open_turns(attempt)
    return moderation


def _tell_learner(moderation: Moderation, submission: Submission) -> None:
    notices.write(
        "judged_again",
        key=f"judged_again:{moderation.public_id}",
        to=submission.learner,
        address=submission.get_absolute_url(),
        facts={**submissions.named(submission), "answer_by": submission.answer_by},
    )


def outcome_against(review: Review, outcome: str | None) -> str:
    """The outcome that a lead decides on: `outcome` if given, otherwise what the levels say."""
    if outcome is None or outcome == review.outcome:
        return review.outcome
    if outcome not in Outcome.values:
        raise Refused(_("Choose one of the outcomes."))
    return outcome


def _looked_at(attempt: Attempt, by: User) -> tuple[Assignment, Decision]:
    attempt, _submission = locked(attempt)
    assignment = held(attempt, by, parts=(Part.MODERATE,))
    decision = queries.decision_on(attempt)
    if decision is None:
        raise Refused(_("There is nothing to look at again any more."))
    decision.attempt = attempt
    return assignment, decision


def _refuse_gone_on(attempt: Attempt) -> None:
    """Refuse if the learner has gone on: a badge is earned in one place at a time, so this decision stays."""
    submission = attempt.submission
    is_past = submission.attempts.filter(number__gt=attempt.number).exists()
    if is_past or work.lives_beside(submission):
        raise Refused(_("The learner has gone on since. You can agree with this decision, and judge what comes next."))


def _write(assignment: Assignment, decision: Decision, verdict: str, reason: str, *, by: User) -> Moderation:
    moderation = Moderation.objects.create(
        turn=assignment.turn, decision=decision, verdict=verdict, reason=reason, by=by, at=clock.now()
    )
    record(
        "decision.moderated",
        assignment.attempt.submission,
        by=by,
        decision=decision.public_id,
        verdict=verdict,
        reason=digest(reason) if reason else "",
    )
    return moderation
