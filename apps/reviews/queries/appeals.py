"""Figures about appeals that identify nobody."""

from __future__ import annotations

from collections import Counter
from math import ceil
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from apps.core.charts import LEAST
from apps.issuers.models import Achievement
from apps.reviews.models import Appeal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from apps.accounts.models import User


class Group(NamedTuple):
    """How many of all appeals (`of`) are of one kind. None if they are too few to show, or if hidden ones could be
    worked out from them.
    """

    value: str
    word: StrOrPromise
    n: int | None
    of: int


class Appeals(NamedTuple):
    """`lodged` is None if there are too few appeals to show; so is `median_days`, from lodging to the answer."""

    lodged: int | None
    by_state: list[Group]
    by_ground: list[Group]
    median_days: int | None


def appeals_where_leads(user: User) -> Appeals:
    led = Achievement.objects.moderated_by(user)
    rows = Appeal.objects.filter(decision__attempt__submission__achievement__in=led)
    found = list(rows.values_list("state", "ground", "lodged_at", "answered_at"))
    took = [
        (answered - lodged).total_seconds() / 86400
        for state, _ground, lodged, answered in found
        if answered and state != Appeal.State.WITHDRAWN
    ]
    return Appeals(
        lodged=len(found) if len(found) >= LEAST else None,
        by_state=_groups(Appeal.State.choices, (row[0] for row in found)),
        by_ground=_groups(Appeal.Ground.choices, (row[1] for row in found)),
        median_days=ceil(median(took)) if len(took) >= LEAST else None,
    )


def _groups(choices: Iterable[tuple[str, StrOrPromise]], found: Iterable[str]) -> list[Group]:
    """Hide groups under five. If the hidden ones add up to fewer than five, so that subtraction could reveal them,
    hide the smallest of the others too.
    """
    counts = Counter(found)
    of = counts.total()
    hidden = {value for value, n in counts.items() if n < LEAST}
    shown = sorted((value for value in counts if value not in hidden), key=lambda value: (counts[value], value))
    while hidden and shown and sum(counts[value] for value in hidden) < LEAST:
        hidden.add(shown.pop(0))
    told = of >= LEAST
    return [
        Group(value, word, counts[value] if told and value not in hidden else None, of if told else 0)
        for value, word in choices
        if of
    ]
