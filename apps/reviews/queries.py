"""Reads of the desk that need a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.db.models import DateField, DateTimeField, Exists, F, Func, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast

from apps.accounts import queries as accounts
from apps.core import clock
from apps.issuers.models import Achievement
from apps.reviews.models import Assignment
from apps.submissions.models import Attempt

if TYPE_CHECKING:
    from datetime import date

    from django_stubs_ext import WithAnnotations

    from apps.accounts.models import User

    HeldAttempt = WithAnnotations[Attempt, "Held"]

WAITING = (Attempt.State.SUBMITTED, Attempt.State.CHECKING, Attempt.State.ASSESSABLE)


class Held(TypedDict):
    """Of the live lease: who holds it, and whether that is the person who looks. And what day the issuer has."""

    holder_name: str | None
    is_mine: bool
    today_there: date


def today_at(zone: str) -> Cast:
    """Today where an issuer is, who promised an answer by a day of their own; `zone` is the path to its name."""
    there = Func(F(zone), Value(clock.now(), DateTimeField()), function="timezone", output_field=DateTimeField())
    return Cast(there, DateField())


def queue_for(user: User) -> QuerySet[HeldAttempt]:
    """Attempts that wait for a decision where `user` may assess, the most urgent first. Nobody's own work.

    Each carries `holder_name` and `is_mine` of the live lease, and `today_there`, the issuer's day.
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
