"""When an answer can be expected, from how fast the queue moves."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q

from apps.core import clock
from apps.issuers.calendar import business_day_after, business_days_between
from apps.submissions.models import Answer, Attempt, Submission

if TYPE_CHECKING:
    from datetime import date, datetime

WAITING = {
    *(Submission.State.SUBMITTED, Submission.State.UNDER_ASSESSMENT, Submission.State.AWAITING_DECISION),
    Submission.State.UNDER_APPEAL,
}
# The speed of a queue is measured over this time, and needs this many answers.
MEASURED_OVER, FEWEST_ANSWERS = timedelta(days=60), 5
_QUEUED = (Attempt.State.SUBMITTED, Attempt.State.CHECKING, Attempt.State.ASSESSABLE)


class Expectation(NamedTuple):
    """The day an answer can be expected. `measured`: from how fast the queue moves; otherwise as promised."""

    day: date | None
    ahead: int
    measured: bool


def expected_by(submission: Submission, now: datetime) -> Expectation:
    """From the queue: how many wait ahead, and how fast work for this badge was answered lately."""
    version = submission.version
    issuer = version.achievement.issuer
    ahead = _ahead_of(submission)
    answers = Answer.objects.filter(
        attempt__submission__achievement=submission.achievement_id, given_at__gt=now - MEASURED_OVER, given_at__lte=now
    ).count()
    if answers < FEWEST_ANSWERS:
        waits = submission.state in WAITING
        days = submission.days_promised
        promised = submission.answer_by if waits else business_day_after(now, days=days, issuer=issuer)
        return Expectation(promised, ahead, measured=False)
    today = now.astimezone(clock.zone(issuer.time_zone)).date()
    at_work = business_days_between(today - MEASURED_OVER, today, issuer=issuer)
    days = ceil((ahead + 1) / Fraction(answers, at_work))
    return Expectation(business_day_after(now, days=days, issuer=issuer), ahead, measured=True)


def _ahead_of(submission: Submission) -> int:
    """How many attempts an assessor would take first: for a draft, all that wait; for work being judged, none."""
    if submission.state in WAITING - {Submission.State.SUBMITTED}:
        return 0
    queue = Attempt.objects.filter(state__in=_QUEUED, submission__achievement=submission.achievement_id)
    if submission.state == Submission.State.SUBMITTED:
        mine = submission.attempts.latest("number")
        sooner = Q(submission__answer_by__lt=submission.answer_by)
        queue = queue.filter(sooner | Q(submission__answer_by=submission.answer_by, pk__lt=mine.pk))
    return queue.exclude(submission=submission).count()
