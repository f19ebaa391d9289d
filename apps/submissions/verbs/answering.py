"""Answer an attempt, and open the next one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.events import digest, record
from apps.core.questions import Question
from apps.core.refused import Refused
from apps.notices import verbs as notices
from apps.submissions import policies, queries
from apps.submissions.models import Answer, Attempt, Finding, FormerAnswer, NextStep, Returned, Submission
from apps.submissions.verbs.carrying import open_next
from apps.submissions.verbs.common import days_left, named, refuse_closed, refuse_forgotten, refuse_held

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from apps.accounts.models import User
    from apps.issuers.models import Criterion


@dataclass(frozen=True)
class Told:
    """What the assessors tell the learner about one criterion."""

    criterion: Criterion
    level: int
    met: bool
    comment: str
    next_step: str = ""
    first_met_in: Attempt | None = None


@transaction.atomic(savepoint=False)
def answer(
    attempt: Attempt,
    *,
    met: bool,
    findings: Sequence[Told],
    note: str,
    by: User,
    at: datetime,
    declined: bool = False,
    reason: str = "",
) -> Submission:
    """Close an assessed attempt with what the learner is told. Reviews decides; this app records it.

    An earlier answer that this one replaces for a `reason` is kept as a former answer. The caller holds the locks on
    the attempt and its submission and has checked who may.

    Only a “not yet” has next steps: there is nothing left to do about work that was awarded or declined.
    """
    if met or declined:
        findings = [replace(one, next_step="") for one in findings]
    anew = _lay_aside(attempt, at)
    if attempt.state != Attempt.State.CLOSED:
        attempt.move(Attempt.State.CLOSED)
        attempt.save(update_fields=["state"])
    submission = attempt.submission
    state = Submission.State.AWARDED if met else _UNMET[declined]
    if submission.state != state:
        submission.move(state)
    submission.decided_at = at
    submission.save(update_fields=["state", "decided_at"])
    Answer.objects.create(attempt=attempt, met=met, declined=declined, note=note, reason=reason, given_at=at)
    Finding.objects.bulk_create(
        Finding(
            attempt=attempt,
            criterion=one.criterion,
            level=one.level,
            met=one.met,
            comment=one.comment,
            next_step=one.next_step,
            first_met_in=one.first_met_in,
        )
        for one in findings
    )
    record(f"submission.{submission.state}", submission, by=by, attempt=attempt.public_id, note=digest(note))
    unmet = [_to_change(one) for one in findings if not one.met]
    _tell_answer(attempt, kind="decided_anew" if anew else submission.state, unmet=unmet, at=at)
    return submission


def _to_change(one: Told) -> dict[str, str]:
    """An unmet criterion for the letter. The next step is in English, and translated where it is shown."""
    with translation.override("en"):
        step = str(NextStep(one.next_step).label) if one.next_step else ""
    return {"criterion": one.criterion.name, "comment": one.comment, "next_step": step}


_ANSWER = Question(lambda attempt: Answer.objects.filter(attempt=attempt).order_by("pk"))


def _lay_aside(attempt: Attempt, at: datetime) -> bool:
    """Move an earlier answer and its findings to the former answers. Return whether there was one."""
    before = _ANSWER.first(attempt.pk)
    if before is None:
        return False
    findings = attempt.findings.select_related("criterion")
    FormerAnswer.objects.create(
        attempt=attempt,
        met=before.met,
        declined=before.declined,
        note=before.note,
        reason=before.reason,
        findings=[
            {
                "criterion": one.criterion.code,
                "level": one.level,
                "met": one.met,
                "comment": one.comment,
                "next_step": one.next_step,
            }
            for one in findings
        ],
        given_at=before.given_at,
        replaced_at=at,
    )
    findings.delete()
    before.delete()
    return True


def _tell_answer(attempt: Attempt, *, kind: str, unmet: list[dict[str, str]], at: datetime) -> None:
    """Write to the learner. An award has a letter of its own, but a changed decision is always told."""
    if kind == Submission.State.AWARDED:
        return
    submission, said = attempt.submission, Answer.objects.get(attempt=attempt)
    notices.write(
        kind,
        key=f"{kind}:{attempt.public_id}:{at.timestamp()}" if kind == "decided_anew" else f"{kind}:{attempt.public_id}",
        to=submission.learner,
        address=submission.get_absolute_url(),
        facts={
            **named(submission),
            "to_change": unmet,
            "note": said.note,
            "reason": said.reason,
            "outcome": submission.state,
        },
    )


_UNMET = {False: Submission.State.NOT_YET, True: Submission.State.DECLINED}
# The state of a submission after each outcome.
STATE_AFTER = {
    "meets": Submission.State.AWARDED,
    "not_yet": Submission.State.NOT_YET,
    "declined": Submission.State.DECLINED,
}


@transaction.atomic
def hand_back(attempt: Attempt, *, reason: str, by: User, at: datetime) -> Attempt:
    """End an attempt unscored: it stays frozen, and the next one opens with all its content. It doesn't count against
    the attempts allowed.

    The caller holds the locks on the attempt and its submission and has checked who may.
    """
    attempt.move(Attempt.State.RETURNED_UNSCORED)
    attempt.save(update_fields=["state"])
    submission = attempt.submission
    submission.move(Submission.State.DRAFT)
    submission.days_left = days_left(submission, at)
    submission.save(update_fields=["state", "days_left"])
    Returned.objects.create(attempt=attempt, reason=reason, returned_at=at)
    following = open_next(submission)
    record("submission.returned", submission, by=by, attempt=attempt.public_id, reason=digest(reason))
    notices.write(
        "returned",
        key=f"returned:{attempt.public_id}",
        to=submission.learner,
        address=submission.get_absolute_url(),
        facts={**named(submission), "reason": reason},
    )
    return following


@transaction.atomic
def try_again(submission: Submission, *, by: User) -> Attempt:
    """Open the next attempt after a “not yet”, with everything from the last."""
    submission = Submission.objects.locked(submission.pk)
    if not policies.can_edit(by, submission):
        raise PermissionDenied
    talk_is_due = queries.talk_is_due(submission)
    if submission.state in Submission.RESTING:
        raise Refused(_("This was laid aside. Open it again to go on."))
    if submission.state not in {*Submission.ANSWERED, Submission.State.DRAFT}:
        raise Refused(_("This is with the assessors: you try again once they have answered."))
    refuse_forgotten(submission)
    submission.move(Submission.State.DRAFT)
    refuse_held(submission.achievement, by)
    refuse_closed(submission.achievement, by)
    submission.save(update_fields=["state"])
    used, most = queries.judged(submission), submission.version.attempts_allowed
    if most is not None and used >= most:
        raise Refused(
            ngettext("This badge allows one attempt.", "This badge allows %(most)d attempts.", most) % {"most": most}
        )
    if talk_is_due:
        raise Refused(
            _("Before the next attempt you talk with an assessor of %(issuer)s. Write to them in the thread.")
            % {"issuer": submission.achievement.issuer.name}
        )
    attempt = open_next(submission)
    record("submission.retried", submission, by=by, attempt=attempt.public_id, number=attempt.number)
    return attempt
