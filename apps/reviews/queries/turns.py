"""What waits to be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.db.models import DateField, DateTimeField, Exists, F, Func, OuterRef, QuerySet, Value
from django.db.models.functions import Cast

from apps.core import clock
from apps.reviews.models import Assignment, Decision, Turn
from apps.reviews.queries.conflicts import barred_from, eligible_for
from apps.submissions.queries import unread_by

if TYPE_CHECKING:
    from datetime import date

    from django_stubs_ext import WithAnnotations

    from apps.accounts.models import User

    WaitingTurn = WithAnnotations[Turn, "Held"]


class Held(TypedDict):
    """Of the live lease or offer: who holds it, and whether that is the person who looks. And what day the issuer has,
    and whether the learner wrote something that this person has not seen.
    """

    holder_name: str | None
    is_mine: bool
    today_there: date
    has_news: bool


def today_at(zone: str) -> Cast:
    """Today where an issuer is, who promised an answer by a day of their own; `zone` is the path to its name."""
    there = Func(F(zone), Value(clock.now(), DateTimeField()), function="timezone", output_field=DateTimeField())
    return Cast(there, DateField())


def queue_for(user: User) -> QuerySet[WaitingTurn]:
    """Turns that wait where `user` may play them, the most urgent first. Nobody's own work, nothing against a conflict.

    Each carries `holder_name` and `is_mine` of the live lease or offer, `today_there`, the issuer's day, and `has_news`.
    """
    return (
        Turn.objects.open()
        .playable_by(user)
        .exclude(barred_from(user))
        .select_related("attempt__submission__version__achievement__issuer", "attempt__submission__learner")
        .annotate(
            holder_name=F("holder__name"),
            is_mine=Exists(Turn.objects.filter(pk=OuterRef("pk"), holder=user)),
            today_there=today_at("achievement__issuer__time_zone"),
            has_news=Exists(unread_by(user).filter(submission=OuterRef("attempt__submission"), from_assessor=False)),
        )
        .order_by("due_on", "pk")
    )


def free_for(user: User) -> QuerySet[WaitingTurn]:
    """What nobody holds and `user` may take."""
    return queue_for(user).filter(eligible_for(user), holder=None)


def next_for(user: User) -> QuerySet[Turn]:
    """What `user` may take, the most urgent first, with nothing beside: to be locked."""
    return (
        Turn.objects.open()
        .playable_by(user)
        .filter(eligible_for(user), holder=None)
        .exclude(barred_from(user))
        .select_related("attempt")
        .order_by("due_on", "pk")
    )


def late(waiting: QuerySet[WaitingTurn]) -> QuerySet[WaitingTurn]:
    """Those of a queue whose promised day is over where the issuer is."""
    return waiting.filter(due_on__lt=F("today_there"))


def counts_for(user: User) -> dict[str, int]:
    waiting = queue_for(user)
    return {
        "all": waiting.count(),
        "mine": waiting.filter(is_mine=True).count(),
        "free": free_for(user).count(),
        "late": late(waiting).count(),
    }


def decided_by(user: User) -> QuerySet[Decision]:
    return (
        Decision.objects.filter(by=user)
        .select_related("attempt__submission__version__achievement__issuer", "attempt__submission__learner")
        .order_by("-decided_at", "-pk")
    )


def holder_of(turn: Turn) -> Assignment | None:
    """Who has it now, by a lease or an offer."""
    return turn.assignments.open().select_related("assessor", "review").first()
