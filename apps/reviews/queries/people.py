"""The assessors whom a person leads, and the workload of each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Aggregate, Count, DurationField, F, Min, Q

from apps.accounts.models import User
from apps.core import clock
from apps.issuers.models import Achievement, Issuer, Seat
from apps.reviews.models import Assignment
from apps.reviews.queries.turns import today_at

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

LATELY = timedelta(days=30)
_JUDGING = (Seat.Role.ASSESSOR, Seat.Role.MODERATOR)


class Load(NamedTuple):
    """What an assessor holds and is offered, how much of that is late, and what they sent lately. `days`: the median
    time those waited until they were sent, or None. `until`: when the first offer ends.
    """

    person: User
    held: int = 0
    offered: int = 0
    late: int = 0
    sent: int = 0
    days: float | None = None
    until: datetime | None = None

    @property
    def in_hand(self) -> int:
        return self.held + self.offered


class Middle(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def led_by(lead: User) -> QuerySet[User]:
    """People with a seat to judge at an organisation that `lead` leads, or above it, including `lead`."""
    here = Issuer.objects.manned_by(lead, Seat.Role.MODERATOR)
    above = Q(achievement=None, issuer__descents_below__descendant__in=here)
    seats = Seat.objects.live().filter(above | Q(issuer__in=here), role__in=_JUDGING)
    return User.objects.filter(pk__in=seats.values("person"), is_active=True).order_by("name", "pk")


def workload_of(lead: User) -> list[Load]:
    """The workload of everyone whom `lead` leads, by name: only at the badges where `lead` leads."""
    people = list(led_by(lead))
    since = clock.now() - LATELY
    open_now = Q(state__in=Assignment.OPEN)
    sent = Q(state=Assignment.State.DONE, turn__closed_at__gt=since)
    rows = (
        Assignment.objects.filter(
            open_now | sent,
            assessor__in=[one.pk for one in people],
            turn__achievement__in=Achievement.objects.moderated_by(lead),
        )
        .order_by()
        .values("assessor")
        .annotate(
            held=Count("pk", filter=Q(state=Assignment.State.TAKEN)),
            offered=Count("pk", filter=Q(state=Assignment.State.OFFERED)),
            ends=Min("until", filter=Q(state=Assignment.State.OFFERED)),
            late=Count("pk", filter=open_now & Q(turn__due_on__lt=today_at("turn__achievement__issuer__time_zone"))),
            sent=Count("pk", filter=sent),
            took=Middle(F("turn__closed_at") - F("turn__opened_at"), filter=sent),
        )
    )
    found: dict[int, dict[str, Any]] = {row["assessor"]: {**row} for row in rows}
    return [_load(person, found.get(person.pk, {})) for person in people]


def _load(person: User, row: dict[str, Any]) -> Load:
    took = row.get("took")
    days = None if took is None else took / timedelta(days=1)
    held, offered, late, sent = (row.get(name, 0) for name in ("held", "offered", "late", "sent"))
    return Load(person, held, offered, late, sent, days, row.get("ends"))
