"""How long an answer takes."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from statistics import median
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from apps.reviews.models import Decision

if TYPE_CHECKING:
    from datetime import date

    from apps.issuers.models import Achievement

# Answers are told from the newest, so many; fewer than that say little, and might tell on somebody.
NEWEST_ANSWERS, FEWEST_ANSWERS = 20, 5


class Turnaround(NamedTuple):
    """How many working days an answer took, as the middle of the newest `answers`."""

    days: int
    answers: int


def turnaround_of(achievement: Achievement) -> Turnaround | None:
    """From handing in to decision, by the issuer's calendar; nothing while there are too few to say."""
    newest = Decision.objects.filter(
        attempt__submission__achievement=achievement,
        attempt__submitted_at__isnull=False,
        released_at__isnull=False,
        replaces=None,
    )
    moments = newest.order_by("-released_at").values_list("attempt__submitted_at", "released_at")[:NEWEST_ANSWERS]
    zone = ZoneInfo(achievement.issuer.time_zone)
    took = [
        working_days(since.astimezone(zone).date(), at.astimezone(zone).date()) for since, at in moments if since and at
    ]
    return Turnaround(ceil(median(took)), len(took)) if len(took) >= FEWEST_ANSWERS else None


def working_days(since: date, until: date) -> int:
    """Weekdays after `since`, up to and with `until`: as a promise counts them."""
    days = (since + timedelta(days=n) for n in range(1, (until - since).days + 1))
    return sum(day.weekday() < 5 for day in days)  # noqa: PLR2004 - Monday to Friday
