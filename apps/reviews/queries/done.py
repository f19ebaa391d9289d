"""What somebody did: the parts that they played, found by what the queue is found by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from apps.reviews.models import Assignment
from apps.reviews.queries.finding import Conditions, Wanted, of_the_work
from apps.reviews.queries.pages import ANYWHERE, PAGE, all_of, page_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from apps.accounts.models import User
    from apps.reviews.queries.pages import Page, Place


# The view of the queue that shows it.
DONE = "done"


@dataclass(frozen=True)
class AskedDone(Wanted):
    """What somebody wants to see of what they did; days are days where they are."""

    done_from: date | None = None
    done_until: date | None = None
    oldest_first: bool = False

    @property
    def narrows(self) -> bool:
        """Whether a filter is set, beside the order."""
        return replace(self, oldest_first=False) != AskedDone()


class Done:
    """The parts that one person played, in the order they played them."""

    def __init__(self, user: User) -> None:
        self.user = user

    def page(self, asked: AskedDone, place: Place = ANYWHERE, *, most: int = PAGE) -> Page:
        return page_of(partial(self._rows, asked), place, most=most)

    def all_of(self, asked: AskedDone) -> Iterator[Assignment]:
        return all_of(partial(self._rows, asked))

    def _rows(self, asked: AskedDone, place: Place, *, most: int) -> list[Assignment]:
        falling = asked.oldest_first == place.backwards
        sql, given = self._ids(asked, place, falling=falling, most=most)
        found = Assignment.objects.filter(
            RawSQL(f"reviews_assignment.id = ANY(ARRAY({sql}))", given, BooleanField())  # noqa: S611 - words of ours
        )
        around = ("turn__achievement", "attempt__submission__version", "attempt__submission__learner")
        return list(found.select_related(*around).order_by(*(("-ended_at", "-pk") if falling else ("ended_at", "pk"))))

    def _ids(self, asked: AskedDone, place: Place, *, falling: bool, most: int) -> tuple[str, list[Any]]:
        conditions = Conditions()
        conditions.add("g.assessor_id = %s AND g.state = 'done'", self.user.pk)
        if asked.badge:
            conditions.add("t.achievement_id = (SELECT id FROM issuers_achievement WHERE public_id = %s)", asked.badge)
        if asked.done_from is not None:
            conditions.add("g.ended_at >= (%s::date)::timestamp AT TIME ZONE %s", asked.done_from, self.user.time_zone)
        if asked.done_until is not None:
            conditions.add(
                "g.ended_at < (%s::date + 1)::timestamp AT TIME ZONE %s", asked.done_until, self.user.time_zone
            )
        # Few enough to be looked through by themselves, at whatever badges they were.
        works = f"a.id IN (SELECT attempt_id FROM reviews_assignment WHERE {_THEIRS})"  # noqa: S608 - words of ours
        of_the_work(conditions, asked, badges=("TRUE", []), works=(works, [self.user.pk]))
        sign, way = ("<", "DESC") if falling else (">", "ASC")
        if mark := place.before or place.after:
            there = f"(SELECT ended_at, id FROM reviews_assignment WHERE public_id = %s AND {_THEIRS})"  # noqa: S608 - words of ours
            conditions.add(f"(g.ended_at, g.id) {sign} {there}", mark, self.user.pk)
        where, given = conditions.joined()
        played = "SELECT g.id FROM reviews_assignment g JOIN reviews_turn t ON t.id = g.turn_id"
        return f"{played} WHERE {where} ORDER BY g.ended_at {way}, g.id {way} LIMIT {most:d}", given


_THEIRS = "assessor_id = %s AND state = 'done'"
