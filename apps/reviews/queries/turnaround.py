"""How long an answer takes."""

from __future__ import annotations

from math import ceil
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from apps.core import clock
from apps.issuers.calendar import business_days_between
from apps.reviews.models import Decision

if TYPE_CHECKING:
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
    issuer = achievement.issuer
    zone = clock.zone(issuer.time_zone)
    took = [
        business_days_between(since.astimezone(zone).date(), at.astimezone(zone).date(), issuer=issuer)
        for since, at in moments
        if since and at
    ]
    return Turnaround(ceil(median(took)), len(took)) if len(took) >= FEWEST_ANSWERS else None
