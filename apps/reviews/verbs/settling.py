"""Settle an attempt: write the decision, have it moderated if sampled, and release it to the learner."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.issuers import policies as seats
from apps.notices import verbs as notices
from apps.reviews import queries
from apps.reviews.models import Consequence, Decision, Outcome, Part, Review
from apps.reviews.snapshots import freeze
from apps.reviews.verbs.common import cannot_judge, is_reader, joined, promised_now
from apps.reviews.verbs.marking import told
from apps.reviews.verbs.turns import open_turn
from apps.submissions import queries as work
from apps.submissions import verbs as submissions
from apps.submissions.models import Attempt, Submission

if TYPE_CHECKING:
    from apps.accounts.models import User

How = Decision.How


@dataclass(frozen=True)
class Settled:
    """What is decided about an attempt, and why. `differs`: the levels alone give another outcome."""

    review: Review
    outcome: str
    how: str
    note: str
    differs: bool = False
    reason: str = ""


def settle(attempt: Attempt, settled: Settled, *, by: User) -> Decision:
    """Write the decision and release it, or have a moderator look first if it is sampled for that.

    The caller holds the locks on the attempt and its submission.
    """
    submission, version = attempt.submission, attempt.submission.version
    if attempt.state == Attempt.State.ASSESSABLE:
        attempt.move(Attempt.State.ASSESSED)
        attempt.save(update_fields=["state"])
    if settled.review.state == Review.State.SUBMITTED:
        settled.review.move(Review.State.ACCEPTED)
        settled.review.save(update_fields=["state"])
    now = clock.now()
    decision = Decision(
        attempt=attempt,
        review=settled.review,
        outcome=settled.outcome,
        how=settled.how,
        differs=settled.differs,
        reason=settled.reason,
        note=settled.note,
        by=by,
        decided_at=now,
        replaces=queries.decision_on(attempt),
    )
    waits = version.moderation_before and _is_sampled(decision)
    decision.released_at = None if waits else now
    decision.save(force_insert=True)
    record(
        "decision.made",
        submission,
        by=by,
        decision=decision.public_id,
        attempt=attempt.public_id,
        outcome=decision.outcome,
        how=decision.how,
        note=digest(decision.note),
    )
    if waits:
        if submission.state != Submission.State.AWAITING_DECISION:
            await_decision(attempt)
        open_turn(attempt, Part.MODERATE)
        return decision
    release(decision)
    look_again(decision)
    return decision


def await_decision(attempt: Attempt) -> None:
    """Move the submission on to await its decision once it has been marked. The learner is told only once."""
    submission = attempt.submission
    submission.move(Submission.State.AWAITING_DECISION)
    submission.save(update_fields=["state"])
    notices.write(
        "marked",
        key=f"marked:{attempt.public_id}",
        to=submission.learner,
        address=submission.get_absolute_url(),
        facts={**submissions.named(submission), "answer_by": submission.answer_by},
    )


def look_again(decision: Decision) -> None:
    """Open a moderation turn for a released decision that is in the sample and has not been moderated."""
    if not _is_sampled(decision) or decision.moderations.exists():
        return
    open_turn(decision.attempt, Part.MODERATE, due_on=promised_now(decision.attempt.submission))


def _is_sampled(decision: Decision) -> bool:
    attempt = decision.attempt
    percent = attempt.submission.version.moderation_percent
    return decision.how not in Decision.REASONED and queries.in_sample(attempt, percent=percent)


def release(decision: Decision) -> None:
    """Tell the learner and, if the rubric is met, award the credential: both or neither.

    The caller holds the locks on the attempt and its submission.
    """
    attempt = decision.attempt
    submission = attempt.submission
    found = told_by(decision)
    if decision.released_at is None:
        decision.released_at = clock.now()
        decision.save(update_fields=["released_at"])
    met = decision.outcome == Outcome.MEETS
    submissions.answer(
        attempt,
        met=met,
        declined=decision.outcome == Outcome.DECLINED,
        findings=found,
        note=decision.note,
        reason=decision.reason,
        by=decision.by,
        at=decision.released_at,
    )
    record("decision.released", submission, by=decision.by, decision=decision.public_id, outcome=decision.outcome)
    awarded = _awarded(decision)
    if met and (awarded is None or _was_taken_back(decision, awarded)):
        credentials.award(
            submission.version,
            earner=submission.learner,
            basis=Credential.Basis.ASSESSED,
            decision_id=decision.public_id,
            judged=freeze(attempt, found),
            by=decision.by,
            at=decision.released_at,
            called=work.public_identity(decision.by, submission.learner, of=submission),
        )
    elif awarded is not None and _says_another(decision):
        _leave_to_a_human(decision, awarded)


def told_by(decision: Decision) -> list[submissions.Told]:
    """What the learner reads about each criterion. If two markers agreed, it has the comments of both."""
    review = decision.review
    review.assignment.attempt = decision.attempt
    found = told(review)
    if decision.how != How.AGREED:
        return found
    second = queries.marking_of(decision.attempt, Part.SECOND)
    also = {mark.criterion_id: mark.comment for mark in second.marks.all()} if second else {}
    return [replace(one, comment=joined(one.comment, also.get(one.criterion.pk, ""))) for one in found]


def _awarded(decision: Decision) -> Credential | None:
    """The newest credential that rests on one of the decisions that this one replaces, or None."""
    line = [one.public_id for one in queries.line_of(decision)[1:]]
    if not line:  # a first decision: no credential rests on it yet
        return None
    return Credential.objects.filter(decision_id__in=line).order_by("-pk").first()


def _was_taken_back(decision: Decision, credential: Credential) -> bool:
    """Whether the credential was revoked after a decision that the rubric isn't met, which this one replaces."""
    before = decision.replaces
    return credential.status == Credential.Status.REVOKED and before is not None and before.outcome != Outcome.MEETS


def _says_another(decision: Decision) -> bool:
    """Whether it gives another outcome or another level than the decision it replaces."""
    before = decision.replaces
    if before is None:
        return False
    levels = {one.criterion.pk: one.level for one in told_by(decision)}
    before.attempt = decision.attempt
    return decision.outcome != before.outcome or levels != {one.criterion.pk: one.level for one in told_by(before)}


def _leave_to_a_human(decision: Decision, credential: Credential) -> None:
    """Leave an issued credential in force, and ask those who may revoke it to see to it."""
    if credential.status not in Credential.IN_FORCE:
        return
    submission = decision.attempt.submission
    consequence = Consequence.objects.create(decision=decision, credential=credential, opened_at=clock.now())
    record(
        "consequence.opened",
        submission,
        by=None,
        consequence=consequence.public_id,
        decision=decision.public_id,
        credential=credential.public_id,
    )
    for person in seats.publishers_of(credential.issuer):
        reason = work.mask_for(person, submission)(decision.reason)
        notices.write(
            "decision_changed",
            key=f"decision_changed:{consequence.public_id}:{person.public_id}",
            to=person,
            address=consequence.get_absolute_url(),
            facts={**submissions.with_reference(submission), "reason": reason},
        )


def refuse_settled(attempt: Attempt, *, by: User) -> None:
    """Refuse a decision that comes too late. While an attempt is judged again, its earlier one is no obstacle."""
    is_over = attempt.state in (Attempt.State.ASSESSED, Attempt.State.CLOSED) and not queries.is_judged_anew(attempt)
    decision = queries.decision_on(attempt) if is_over else None
    if decision is not None:
        if not is_reader(by, attempt.submission):
            raise cannot_judge(by, attempt.submission)
        raise Refused(_("This was decided already, by %(name)s.") % {"name": decision.by})
