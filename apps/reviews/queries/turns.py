"""The queue of waiting turns, as one person sees it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    DateTimeField,
    F,
    Func,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from apps.accounts.wording import Worded
from apps.core import clock, prepared
from apps.reviews.queries.conflicts import barred_turns
from apps.reviews.queries.finding import PARTS, Asked, ids_of
from apps.reviews.queries.pages import ANYWHERE, MOST_FITTING, PAGE, Place, all_of, fitting, page_of
from apps.reviews.queries.reach import reach_of
from apps.reviews.queries.rows import has_news, turns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from django_stubs_ext import WithAnnotations

    from apps.accounts.models import User
    from apps.reviews.models import Turn
    from apps.reviews.queries.pages import Page
    from apps.reviews.queries.reach import Badge

    WaitingTurn = WithAnnotations[Turn, "Held"]

EVERYTHING = Asked()
# Finished parts are counted only up to this plus one.
MOST_COUNTED = 1000


class Held(TypedDict):
    """Facts about a waiting turn: who has it under a lease or an offer, whether that is the reader, today's date at
    the issuer, and whether the learner wrote something that the reader has not read.
    """

    holder_name: str | None
    is_mine: bool
    today_there: date
    has_news: bool


def today_at(zone: str) -> Cast:
    """Today at an issuer, whose promised days are in their own time zone. `zone` is the path to the zone's name."""
    there = Func(F(zone), Value(clock.now(), DateTimeField()), function="timezone", output_field=DateTimeField())
    return Cast(there, DateField())


class Queue:
    """The waiting turns that a person may take, without their own work or any they have a conflict with.

    It asks once for their badges, once for the figures together with the barred turns, and once for each page.
    """

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def badges(self) -> list[Badge]:
        return reach_of(self.user)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many turns wait in each view: the stored figures less the few barred for this person. Also sets
        `barred`. `done` is how many parts they have judged, counted up to `MOST_COUNTED` + 1.
        """
        barred, given = self._what_is_barred()
        facts = ("pk", "leads", "is_eligible", "today", "soon")
        lists = [prepared.array(getattr(one, fact) for one in self.badges) for fact in facts]
        told = prepared.ask(_COUNTING.replace("{barred}", barred), [*lists, *given, self.user.pk, self.user.pk])
        (_1, *whole, _ids, mine, done), (_2, *near, _ids, _mine, _done), (_3, *away, ids, _mine, _done) = told
        self.barred = ids or []
        names = (*_FIGURES, *_DAYS)
        counts = {name: int(n + more - less) for name, n, more, less in zip(names, whole, near, away, strict=True)}
        return counts | {"mine": mine, "done": done}

    @cached_property
    def barred(self) -> list[int]:
        """The ids of waiting turns that are barred for this person."""
        return [pk for (pk,) in prepared.ask(*self._what_is_barred())]

    def _what_is_barred(self) -> tuple[str, list[Any]]:
        return _BARRED[any(one.bars_colleagues for one in self.badges)].about(self.user)

    def _ids(self, asked: Asked, place: Place, *, most: int) -> tuple[str, list[Any]]:
        barred = (_LISTED, [prepared.array(self.barred)]) if self.barred else _NONE
        return ids_of(asked, self.badges, person=self.user.pk, barred=barred, place=place, most=most)

    def page(self, asked: Asked = EVERYTHING, place: Place = ANYWHERE, *, most: int = PAGE) -> Page:
        """One page, most urgent first."""
        return page_of(partial(self._rows, asked), place, most=most)

    def all_of(self, asked: Asked = EVERYTHING) -> Iterator[WaitingTurn]:
        return all_of(partial(self._rows, asked))

    def fits(self, asked: Asked) -> int:
        """How many match, counted up to `MOST_FITTING` + 1."""
        return fitting(self._ids(asked, ANYWHERE, most=MOST_FITTING + 1))

    def offers(self, asked: Asked) -> set[int]:
        """The ids of turns that are offered to this person, or that they hold, and that match."""
        return {
            pk
            for (pk,) in prepared.ask(
                *self._ids(replace(_of_any_holder(asked), by_me=True), ANYWHERE, most=_CANDIDATES)
            )
        }

    def candidates(self, asked: Asked = EVERYTHING) -> Iterator[tuple[str, list[Any]]]:
        """Yield SQL for the ids of turns that match and that this person may take, in the order of the view, some at
        a time.
        """
        asked, place = replace(_of_any_holder(asked), by_nobody=True), ANYWHERE
        badges, barred = self.badges, self._what_is_barred()
        while True:
            # The first few are usually enough, so barred turns are not fetched separately.
            yield ids_of(asked, badges, person=self.user.pk, barred=barred, place=place, most=_CANDIDATES)
            passed = self._rows(asked, place, most=_CANDIDATES)
            if not passed:
                return
            place = Place(after=passed[-1].public_id)

    def _rows(self, asked: Asked, place: Place, *, most: int) -> list[WaitingTurn]:
        ids = self._ids(asked, place, most=most)
        found = turns_of(self.user, ids, key=asked.key, backwards=place.backwards)
        led = {one.pk for one in self.badges if one.leads}
        for turn in found:
            turn.is_mine = turn.holder_id == self.user.pk
            turn.today_there = self._days[turn.achievement_id]
            if turn.holder_name and not turn.is_mine and turn.is_apart and turn.achievement_id not in led:
                turn.holder_name = _("Another assessor")
        return found

    @cached_property
    def _days(self) -> dict[int, date]:
        return {one.pk: one.today for one in self.badges}


def _of_any_holder(asked: Asked) -> Asked:
    """The filter without what its view says about who holds a turn."""
    return replace(asked, view="all" if asked.view in ("mine", "free") else asked.view)


def with_facts(user: User, turns: QuerySet[Turn]) -> QuerySet[WaitingTurn]:
    """Add what a row shows beyond the turn itself."""
    there = today_at("achievement__issuer__time_zone")
    found: QuerySet[WaitingTurn] = _with_holder(user, turns.select_related("achievement__issuer")).annotate(
        today_there=there
    )
    return found


def _with_holder(user: User, turns: QuerySet[Turn]) -> QuerySet[Any]:
    around = ("achievement", "attempt__submission__version", "attempt__submission__learner")
    return turns.select_related(*around).annotate(
        holder_name=F("holder__name"),
        is_mine=Case(When(holder=user, then=True), default=False, output_field=BooleanField()),
        has_news=has_news(user),
    )


def counts_for(user: User) -> dict[str, int]:
    return Queue(user).counts


_LISTED = "SELECT unnest(%s::bigint[])"
_NONE: tuple[str, list[Any]] = ("", [])
_BARRED = {colleagues: Worded(partial(barred_turns, colleagues=colleagues)) for colleagues in (False, True)}
# How many turns to consider for the next one, while others take theirs at the same moment. With 64, PostgreSQL expects so
# much work that it plans the question anew each time.
_CANDIDATES = 32
# Three rows: the stored figures over all days at these badges; those of days that are over or near; and what is
# barred for this person in both, with the ids. The first row also has how many turns they hold, and how many parts
# they have judged, which an index alone answers.
_COUNTS = """
WITH badges AS MATERIALIZED (
    SELECT * FROM unnest(%s::bigint[], %s::boolean[], %s::boolean[], %s::date[], %s::date[])
    AS b (badge, leads, is_eligible, today, soon)),
barred AS MATERIALIZED (
    SELECT t.id, t.achievement_id, t.part, t.due_on, t.holder_id, 1 AS n, (t.holder_id IS NULL)::int AS free,
           t.again::int AS again
    FROM reviews_turn t WHERE t.id IN ({barred}))
SELECT 1, {figures}, 0, 0, NULL::bigint[],
       (SELECT count(*) FROM reviews_turn t JOIN badges b ON b.badge = t.achievement_id
        WHERE t.state = 'open' AND t.holder_id = %s AND {playable} AND t.id NOT IN (SELECT id FROM barred)),
       (SELECT count(*) FROM (SELECT FROM reviews_assignment g WHERE g.assessor_id = %s AND g.state = 'done'
                              LIMIT {counted}) AS done)
FROM badges b JOIN reviews_tally t ON t.achievement_id = b.badge AND t.due_on IS NULL WHERE {playable}
UNION ALL
SELECT 2, {nothing}, {days}, NULL::bigint[], NULL::bigint, NULL::bigint
FROM badges b JOIN reviews_tally t ON t.achievement_id = b.badge AND t.due_on <= b.soon WHERE {playable}
UNION ALL
SELECT 3, {figures}, {days}, (SELECT array_agg(id) FROM barred), NULL::bigint, NULL::bigint
FROM badges b JOIN barred t ON t.achievement_id = b.badge WHERE {playable}
ORDER BY 1"""
PLAYABLE = "(b.leads OR t.part NOT IN ('adjudicate', 'moderate', 'appeal'))"
_FIGURES = {
    "all": "t.n",
    "free": "CASE WHEN b.is_eligible THEN t.free ELSE 0 END",
    "again": "t.again",
} | {
    view: "CASE WHEN t.part IN ({}) THEN t.n ELSE 0 END".format(", ".join(f"'{one}'" for one in parts))
    for view, parts in PARTS.items()
}
_DAYS = {
    "soon": "CASE WHEN t.due_on BETWEEN b.today AND b.soon THEN t.n ELSE 0 END",
    "late": "CASE WHEN t.due_on < b.today THEN t.n ELSE 0 END",
}


def _sums(figures: Iterable[str]) -> str:
    return ", ".join(f"COALESCE(sum({figure}), 0)" for figure in figures)


_COUNTING = (
    _COUNTS.replace("{figures}", _sums(_FIGURES.values()))
    .replace("{nothing}", ", ".join("0" for _figure in _FIGURES))
    .replace("{days}", _sums(_DAYS.values()))
    .replace("{playable}", PLAYABLE)
    .replace("{counted}", str(MOST_COUNTED + 1))
)
