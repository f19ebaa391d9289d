"""The badges that a person may judge, with today's date at each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Subquery

from apps.accounts.wording import Worded
from apps.core import clock, prepared
from apps.issuers.calendar import business_day_after
from apps.issuers.models import Achievement, AchievementVersion, Issuer
from apps.reviews.queries.conflicts import proofs_of

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from apps.accounts.models import User

# A promised day is due soon this many business days before it.
SOON = 2


class Badge(NamedTuple):
    """A badge that an assessor may judge. `leads`: with a seat to moderate; `is_eligible`: they may take work, for
    which a badge of their own may be needed; the languages of its versions; and the issuer's today, and the last day
    that counts as soon.
    """

    pk: int
    public_id: str
    name: str
    leads: bool
    is_eligible: bool
    bars_colleagues: bool
    languages: list[str]
    today: date
    soon: date


def reach_of(user: User) -> list[Badge]:
    """Every badge that this person holds a seat to judge, by name."""
    sql, given = _REACH.about(user)
    days: dict[tuple[str, str], tuple[date, date]] = {}
    found = []
    for *told, zone, country in prepared.ask(sql, given):
        if (zone, country) not in days:
            days[zone, country] = _days_at(zone, country)
        facts: list[Any] = [*told, *days[zone, country]]
        found.append(Badge(*facts))
    return found


def _reach(user: User) -> QuerySet[Achievement, tuple[Any, ...]]:
    newest = AchievementVersion.objects.filter(achievement=OuterRef("pk")).order_by("-number")
    spoken = AchievementVersion.objects.readable().filter(achievement=OuterRef("pk")).distinct("language")
    led = Achievement.objects.moderated_by(user).filter(pk=OuterRef("pk"))
    rows = Achievement.objects.assessable_by(user).annotate(
        leads=Exists(led),
        is_eligible=Q(assessor_badge=None) | Exists(proofs_of(user, OuterRef("assessor_badge"))),
        name=Subquery(newest.values("name")[:1]),
        languages=ArraySubquery(spoken.order_by("language").values("language")),
    )
    facts = ("pk", "public_id", "name", "leads", "is_eligible", "issuer__bars_colleagues", "languages")
    return rows.order_by("name", "pk").values_list(*facts, "issuer__time_zone", "issuer__country")


_REACH = Worded(_reach)


def _days_at(zone: str, country: str) -> tuple[date, date]:
    now = clock.now()
    there = Issuer(time_zone=zone, country=country)
    return now.astimezone(clock.zone(zone)).date(), business_day_after(now, days=SOON, issuer=there)
