"""When an answer can be expected, from how the queue really moves."""

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
# How fast a queue moves is measured over so long, and says nothing with fewer answers.
MEASURED_OVER, FEWEST_ANSWERS = timedelta(days=60), 5
_QUEUED = (Attempt.State.SUBMITTED, Attempt.State.CHECKING, Attempt.State.ASSESSABLE)


class Expectation(NamedTuple):
    """By when an answer can be expected. `measured` where it comes from how fast the queue moves, else promised."""

    day: date | None
    ahead: int
    measured: bool


def expected_by(submission: Submission, now: datetime) -> Expectation:
    """From the real queue: how many wait before it, and how fast this badge's work was answered lately."""
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
    """How many attempts an assessor would take first: all that wait, for a draft; none, for what is being judged."""
    if submission.state in WAITING - {Submission.State.SUBMITTED}:
        return 0
    queue = Attempt.objects.filter(state__in=_QUEUED, submission__achievement=submission.achievement_id)
    if submission.state == Submission.State.SUBMITTED:
        mine = submission.attempts.latest("number")
        sooner = Q(submission__answer_by__lt=submission.answer_by)
        queue = queue.filter(sooner | Q(submission__answer_by=submission.answer_by, pk__lt=mine.pk))
    return queue.exclude(submission=submission).count()
