"""How long answers take."""

from __future__ import annotations

from math import ceil
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from apps.core import clock
from apps.issuers.calendar import business_days_between
from apps.reviews.models import Decision

if TYPE_CHECKING:
    from apps.issuers.models import Achievement

# The figure covers this many of the newest answers; fewer than the minimum say little, and might identify someone.
NEWEST_ANSWERS, FEWEST_ANSWERS = 20, 5


class Turnaround(NamedTuple):
    """The median of the working days that the newest `answers` took."""

    days: int
    answers: int


def turnaround_of(achievement: Achievement) -> Turnaround | None:
    """From handing in to decision, by the issuer's calendar; None if there are too few answers."""
    newest = Decision.objects.filter(
        attempt__submission__achievement=achievement,
        attempt__submitted_at__isnull=False,
        released_at__isnull=False,
        replaces=None,
    )
    moments = newest.order_by("-released_at").values_list("attempt__submitted_at", "released_at")[:NEWEST_ANSWERS]
    issuer = achievement.issuer
    zone = clock.zone(issuer.time_zone)
    took = [
        business_days_between(since.astimezone(zone).date(), at.astimezone(zone).date(), issuer=issuer)
        for since, at in moments
        if since and at
    ]
    return Turnaround(ceil(median(took)), len(took)) if len(took) >= FEWEST_ANSWERS else None
