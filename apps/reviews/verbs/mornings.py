"""Tell people in the morning that work waits or is late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from apps.notices import queries as told
from apps.notices import verbs as notices
from apps.reviews import queries

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User
    from apps.notices.models import Notice
    from apps.reviews.queries.mornings import Pile

# How many badges a notice names.
MOST_NAMED = 5


@transaction.atomic
def tell_of_waiting(person: User, *, before: datetime) -> Notice | None:
    """Tell `person` of the work that they may take, if some of it is new since they were last told; see
    `queries.waiting_for`. Once for each day of `before`, which is in their zone.
    """
    found = queries.waiting_for(person, before) if told.may_reach(person) else None
    if found is None:
        return None
    return notices.write(
        "work_waits",
        key=f"work_waits:{before.date()}",
        to=person,
        address=f"{reverse('reviews:queue')}?view=free",
        facts={**_named(found.piles), "due_on": found.due_on, "is_late": found.is_late},
    )


@transaction.atomic
def tell_of_late(person: User, *, before: datetime) -> Notice | None:
    """Tell `person` of the late work at badges that they look after, if more is late since they were last told; see
    `queries.late_for`. Once for each day of `before`, which is in their zone. An owner who leads none of the badges is
    led to where they can appoint a lead, since they have no queue.
    """
    found = queries.late_for(person, before) if told.may_reach(person) else None
    if found is None:
        return None
    queue = f"{reverse('reviews:queue')}?view=late"
    return notices.write(
        "work_late",
        key=f"work_late:{before.date()}",
        to=person,
        address=queue if found.leads else reverse("issuers:people", args=[found.house]),
        facts={**_named(found.piles), "leads": found.leads},
    )


def _named(piles: list[Pile]) -> dict[str, Any]:
    """How many pieces there are, of which badges, and how many at badges that are not named. `badge` is the only one;
    empty if there are several.
    """
    return {
        "n": sum(one.n for one in piles),
        "badge": piles[0].badge if len(piles) == 1 else "",
        "badges": [{"badge": one.badge, "n": one.n} for one in piles[:MOST_NAMED]],
        "others": sum(one.n for one in piles[MOST_NAMED:]),
    }
