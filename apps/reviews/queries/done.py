"""The parts that one person has judged, found by the same filters as the queue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from apps.core import clock
from apps.core.prepared import array
from apps.reviews.models import Assignment
from apps.reviews.queries.finding import PLAIN, Conditions, Wanted, as_patterns, of_the_work, reference_in
from apps.reviews.queries.pages import ANYWHERE, MOST_FITTING, PAGE, all_of, fitting, page_of
from apps.reviews.queries.rows import has_news
from apps.submissions.queries import unread_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from apps.accounts.models import User
    from apps.reviews.queries.pages import Page, Place
    from apps.reviews.queries.reach import Badge


# The name of the queue view that shows it.
DONE = "done"


@dataclass(frozen=True)
class AskedDone(Wanted):
    """A filter of one's finished work; its days are in one's own time zone. `news`: only where the learner wrote
    something that one has not read.
    """

    done_from: date | None = None
    done_until: date | None = None
    news: bool = False
    oldest_first: bool = False

    @property
    def narrows(self) -> bool:
        """Whether any filter is set; the order is none."""
        return replace(self, oldest_first=False) != AskedDone()


class LeftBadge(NamedTuple):
    """A badge that someone has judged, with its name and languages from then: later ones aren't theirs to see."""

    public_id: str
    name: str
    languages: list[str]


class Done:
    """The parts that one person has judged, in that order.

    `badges` are those they may judge now. Work done where they have lost their seat stays in the list, but they may
    not follow who its learner is or how it stands now (`is_left`).
    """

    def __init__(self, user: User, badges: Iterable[Badge]) -> None:
        self.user, self._within = user, {one.pk for one in badges}

    @cached_property
    def left(self) -> list[LeftBadge]:
        """The badges that they have judged but may no longer judge, by name."""
        work = "attempt__submission__version"
        played = Assignment.objects.filter(assessor=self.user, state=Assignment.State.DONE)
        rows = (
            played.exclude(turn__achievement__in=self._within)
            .order_by("turn__achievement", f"-{work}__number")
            .values_list("turn__achievement__public_id", f"{work}__name", f"{work}__language")
            .distinct()
        )
        found: dict[str, LeftBadge] = {}
        for public_id, name, language in rows:
            badge = found.setdefault(public_id, LeftBadge(public_id, name, []))
            badge.languages.append(language)
        return sorted(found.values(), key=lambda one: one.name)

    def page(self, asked: AskedDone, place: Place = ANYWHERE, *, most: int = PAGE) -> Page:
        return page_of(partial(self._rows, asked), place, most=most)

    def all_of(self, asked: AskedDone) -> Iterator[Assignment]:
        return all_of(partial(self._rows, asked))

    def fits(self, asked: AskedDone) -> int:
        """How many match, counted up to `MOST_FITTING` + 1."""
        return fitting(self._ids(asked, ANYWHERE, falling=True, most=MOST_FITTING + 1))

    def _rows(self, asked: AskedDone, place: Place, *, most: int) -> list[Any]:
        falling = asked.oldest_first == place.backwards
        sql, given = self._ids(asked, place, falling=falling, most=most)
        found = Assignment.objects.filter(
            RawSQL(f"reviews_assignment.id = ANY(ARRAY({sql}))", given, BooleanField())  # noqa: S611 - `sql` is fixed text from `_ids`; what a person typed is in `given`
        )
        around = ("turn__achievement", "attempt__submission__version", "attempt__submission__learner")
        rows: list[Any] = list(
            found.select_related(*around)
            .defer(*_LONG)
            .annotate(has_news=has_news(self.user))
            .order_by(*(("-ended_at", "-pk") if falling else ("ended_at", "pk")))
        )
        for row in rows:
            row.is_left = row.turn.achievement_id not in self._within
        return rows

    def _ids(self, asked: AskedDone, place: Place, *, falling: bool, most: int) -> tuple[str, list[Any]]:
        conditions = Conditions()
        conditions.add("g.assessor_id = %s AND g.state = 'done'", self.user.pk)
        if asked.badge:
            conditions.add("t.achievement_id = (SELECT id FROM issuers_achievement WHERE public_id = %s)", asked.badge)
        zone = clock.zone(self.user.time_zone)
        if asked.done_from is not None:
            conditions.add("g.ended_at >= %s", datetime.combine(asked.done_from, time.min, zone))
        if asked.done_until is not None:
            conditions.add("g.ended_at <= %s", datetime.combine(asked.done_until, time.max, zone))
        of_the_work(conditions, asked)
        if asked.news:
            # Only where they may still read the thread.
            unread = unread_by(self.user).filter(from_assessor=False).values("submission").query
            threads, known = unread.sql_with_params()
            conditions.add(f"t.achievement_id = ANY(%s) AND s.id IN ({threads})", array(self._within), *known)
        if asked.words:
            self._of_the_words(conditions, asked.words)
        sign, way = ("<", "DESC") if falling else (">", "ASC")
        if mark := place.before or place.after:
            conditions.add(f"(g.ended_at, g.id) {sign} {_THERE}", mark, self.user.pk)
        where, given = conditions.joined()
        return f"SELECT g.id {_PLAYED} WHERE {where} ORDER BY g.ended_at {way}, g.id {way} LIMIT {most:d}", given

    def _of_the_words(self, conditions: Conditions, words: str) -> None:
        """Match a reference, the badge's name as it was judged, or a learner's name if they may know it."""
        if mark := reference_in(words):
            conditions.add("s.public_id LIKE %s", f"{mark}%")
            return
        each = as_patterns(words)
        of_badge, of_person = (" AND ".join(PLAIN.format(f"{one}.name") for _ in each) for one in ("v", "u"))
        known = f"NOT v.blind AND t.achievement_id = ANY(%s) AND {of_person}"
        conditions.add(f"({of_badge} OR {known})", *each, array(self._within), *each)


# Where a page begins: at a part that this person judged.
_THERE = "(SELECT ended_at, id FROM reviews_assignment WHERE public_id = %s AND assessor_id = %s AND state = 'done')"
# Join from the person's parts to the work: they are few, the submissions are many.
_PLAYED = (
    "FROM reviews_assignment g JOIN reviews_turn t ON t.id = g.turn_id JOIN submissions_attempt a ON a.id = g.attempt_id "
    "JOIN submissions_submission s ON s.id = a.submission_id JOIN issuers_achievementversion v ON v.id = s.version_id "
    "JOIN accounts_user u ON u.id = s.learner_id"
)
# Long texts that no list shows.
_LONG = (
    *(f"attempt__{name}" for name in ("manifest", "overview", "reflection", "what_changed")),
    *(f"attempt__submission__version__{name}" for name in ("description", "description_for_earners", "how_earned")),
)
