"""Reads of the desk that need a name."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from statistics import median
from typing import TYPE_CHECKING, NamedTuple, TypedDict
from zoneinfo import ZoneInfo

from django.db.models import DateField, DateTimeField, Exists, F, Func, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast

from apps.accounts import queries as accounts
from apps.core import clock
from apps.issuers.models import Achievement
from apps.reviews.models import Assignment, Decision
from apps.submissions.models import Attempt
from apps.submissions.queries import unread_by

if TYPE_CHECKING:
    from datetime import date

    from django_stubs_ext import WithAnnotations

    from apps.accounts.models import User

    HeldAttempt = WithAnnotations[Attempt, "Held"]

# Answers are told from the newest, so many; fewer than that say little, and might tell on somebody.
NEWEST_ANSWERS, FEWEST_ANSWERS = 20, 5
WAITING = (Attempt.State.SUBMITTED, Attempt.State.CHECKING, Attempt.State.ASSESSABLE)


class Held(TypedDict):
    """Of the live lease: who holds it, and whether that is the person who looks. And what day the issuer has, and
    whether the learner wrote something that this person has not seen.
    """

    holder_name: str | None
    is_mine: bool
    today_there: date
    has_news: bool


def today_at(zone: str) -> Cast:
    """Today where an issuer is, who promised an answer by a day of their own; `zone` is the path to its name."""
    there = Func(F(zone), Value(clock.now(), DateTimeField()), function="timezone", output_field=DateTimeField())
    return Cast(there, DateField())


def queue_for(user: User) -> QuerySet[HeldAttempt]:
    """Attempts that wait for a decision where `user` may assess, the most urgent first. Nobody's own work.

    Each carries `holder_name` and `is_mine` of the live lease, `today_there`, the issuer's day, and `has_news`.
    """
    live = Assignment.objects.live().filter(attempt=OuterRef("pk"))
    return (
        Attempt.objects.filter(state__in=WAITING, submission__achievement__in=Achievement.objects.assessable_by(user))
        .exclude(submission__learner__in=accounts.same_people(user).values("pk"))
        .select_related("submission__version__achievement__issuer", "submission__learner")
        .annotate(
            holder_name=Subquery(live.values("assessor__name")[:1]),
            is_mine=Exists(live.filter(assessor=user)),
            today_there=today_at("submission__achievement__issuer__time_zone"),
            has_news=Exists(unread_by(user).filter(submission=OuterRef("submission"), from_assessor=False)),
        )
        .order_by("submission__answer_by", "pk")
    )


def free_for(user: User) -> QuerySet[HeldAttempt]:
    """What is ready to be assessed and held by nobody."""
    return queue_for(user).filter(state=Attempt.State.ASSESSABLE, holder_name=None)


def late(waiting: QuerySet[HeldAttempt]) -> QuerySet[HeldAttempt]:
    """Those of a queue whose promised day is over where the issuer is."""
    return waiting.filter(submission__answer_by__lt=F("today_there"))


def counts_for(user: User) -> dict[str, int]:
    waiting = queue_for(user)
    return {
        "all": waiting.count(),
        "mine": waiting.filter(is_mine=True).count(),
        "free": free_for(user).count(),
        "late": late(waiting).count(),
    }


def decided_by(user: User) -> QuerySet[Attempt]:
    return (
        Attempt.objects.filter(decision__by=user)
        .select_related("submission__version__achievement__issuer", "submission__learner")
        .order_by("-decision__decided_at", "-pk")
    )


class Turnaround(NamedTuple):
    """How many working days an answer took, as the middle of the newest `answers`."""

    days: int
    answers: int


def turnaround_of(achievement: Achievement) -> Turnaround | None:
    """From handing in to decision, by the issuer's calendar; nothing while there are too few to say."""
    newest = Decision.objects.filter(attempt__submission__achievement=achievement, attempt__submitted_at__isnull=False)
    moments = newest.order_by("-decided_at").values_list("attempt__submitted_at", "decided_at")[:NEWEST_ANSWERS]
    zone = ZoneInfo(achievement.issuer.time_zone)
    took = [working_days(since.astimezone(zone).date(), at.astimezone(zone).date()) for since, at in moments if since]
    return Turnaround(ceil(median(took)), len(took)) if len(took) >= FEWEST_ANSWERS else None


def working_days(since: date, until: date) -> int:
    """Weekdays after `since`, up to and with `until`: as a promise counts them."""
    days = (since + timedelta(days=n) for n in range(1, (until - since).days + 1))
    return sum(day.weekday() < 5 for day in days)  # noqa: PLR2004 - Monday to Friday
