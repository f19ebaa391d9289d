"""Find the ids of the turns on one page of the queue, by keyset and never by counting rows off.

This is SQL because its form helps the planner: for someone who judges few badges, each badge is read by itself and
the first rows are merged; for someone who judges many, the due dates of all turns are read in order.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from apps.core import clock
from apps.core.prepared import array
from apps.core.searching import MOST_WORDS
from apps.reviews.models import LEADING, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from apps.reviews.queries.pages import Place
    from apps.reviews.queries.reach import Badge

# Up to this many badges, each is read by itself: each yields a page of rows, and one page is kept.
FEW = 40
PARTS = {
    "second": (Part.SECOND, Part.GRANT),
    "adjudication": (Part.ADJUDICATE,),
    "moderation": (Part.MODERATE,),
    "appeals": (Part.APPEAL,),
}
VIEWS = ("all", "mine", "free", "soon", "late", "again", *PARTS)


@dataclass(frozen=True)
class Wanted:
    """A filter of work, waiting or done. `badge` is its public id."""

    badge: str = ""
    part: str = ""
    language: str = ""
    words: str = ""


@dataclass(frozen=True)
class Asked(Wanted):
    """A filter of the queue. `waiting`: for longer than that; `sort`: by due date, or longest waiting. `by_nobody`:
    of what the view holds, only what nobody holds and they may take; `by_me`: only what they hold or are offered.
    """

    view: str = "all"
    by_nobody: bool = False
    by_me: bool = False
    waiting: timedelta | None = None
    due_from: date | None = None
    due_until: date | None = None
    again: bool | None = None
    sort: str = "due"

    @property
    def key(self) -> str:
        """The field to sort by."""
        return "opened_at" if self.sort == "waiting" else "due_on"

    @property
    def narrows(self) -> bool:
        """Whether any filter is set; the view and the order are none."""
        return replace(self, view="all", sort="due") != Asked()


def ids_of(
    asked: Asked, badges: Sequence[Badge], *, person: int, barred: tuple[str, list[Any]], place: Place, most: int
) -> tuple[str, list[Any]]:
    """SQL that gives at most `most` ids in the order of the page, reversed if the place is read backwards. `barred`
    is SQL for the ids to leave out, or empty.
    """
    badges = [one for one in badges if _is_asked(one, asked)]
    conditions = Conditions()
    conditions.add("t.state = 'open'")
    if barred[0]:
        conditions.add(f"t.id <> ALL(ARRAY({barred[0]}))", *barred[1])
    _of_the_view(conditions, asked, badges, person)
    _of_the_filters(conditions, asked, badges)
    key = asked.key
    if place.after or place.before:
        there = f"(SELECT {key}, id FROM reviews_turn WHERE public_id = %s)"  # noqa: S608 - one of two fixed names
        sign, mark = ("<", place.before) if place.before else (">", place.after)
        conditions.add(f"(t.{key}, t.id) {sign} {there}", mark)
    way = "DESC" if place.backwards else "ASC"
    by = f"ORDER BY {key} {way}, id {way} LIMIT {most:d}"
    return _arranged(
        conditions, key, by, badges, parts=PARTS.get(asked.view, ()), mine=asked.view == "mine" or asked.by_me
    )


def _arranged(
    conditions: Conditions, key: str, by: str, badges: Sequence[Badge], *, parts: Sequence[str], mine: bool
) -> tuple[str, list[Any]]:
    ids = array(one.pk for one in badges)
    few = len(badges) <= FEW and not mine
    sources: list[str] = []
    given: list[Any] = []
    if few:
        sources.append("unnest(%s::bigint[]) AS b(badge)")
        given.append(ids)
        conditions.add("t.achievement_id = b.badge")
    else:
        conditions.add("t.achievement_id = ANY(%s)", ids)
    if parts:
        words = ", ".join(f"('{Part(one).value}')" for one in parts)
        sources.append(f"(VALUES {words}) AS p(part)")
        conditions.add("t.part = p.part AND NOT (t.part = 'first')")
    where, more = conditions.joined()
    # All SQL here is fixed text; what was typed is among the parameters.
    inner = f"SELECT t.id, t.{key} FROM reviews_turn t WHERE {where} {by}"  # noqa: S608 - fixed SQL
    if not sources:
        return f"SELECT id FROM ({inner}) AS f", more  # noqa: S608 - fixed SQL
    around = f"SELECT f.id FROM {' CROSS JOIN '.join(sources)} CROSS JOIN LATERAL ({inner}) AS f {by}"  # noqa: S608 - fixed SQL
    return around, given + more


def _is_asked(badge: Badge, asked: Asked) -> bool:
    if asked.badge and badge.public_id != asked.badge:
        return False
    if (asked.view == "free" or asked.by_nobody) and not badge.is_eligible:
        return False
    return badge.leads or asked.view not in {"adjudication", "moderation", "appeals"}


def _of_the_view(conditions: Conditions, asked: Asked, badges: Sequence[Badge], person: int) -> None:
    led = [one.pk for one in badges if one.leads]
    if asked.view not in PARTS and len(led) < len(badges):
        # As a literal: PostgreSQL keeps a plan only where it can tell what the condition leaves.
        parts = ", ".join(f"'{one.value}'" for one in LEADING)
        if led:
            conditions.add(f"(t.part NOT IN ({parts}) OR t.achievement_id = ANY(%s))", array(led))
        else:
            conditions.add(f"t.part NOT IN ({parts})")
    if asked.by_nobody:
        conditions.add("t.holder_id IS NULL")
    if asked.by_me:
        conditions.add("t.holder_id = %s", person)
    match asked.view:
        case "mine":
            conditions.add("t.holder_id = %s", person)
        case "free":
            conditions.add("t.holder_id IS NULL")
        case "again":
            conditions.add("t.again")
        case "late":
            _by_day(conditions, [(date.min, one.today - timedelta(days=1), one.pk) for one in badges])
        case "soon":
            _by_day(conditions, [(one.today, one.soon, one.pk) for one in badges])


def _by_day(conditions: Conditions, spans: Iterable[tuple[date, date, int]]) -> None:
    """Match each badge by its issuer's days, and add a range around them all so that an index is used."""
    apart: dict[tuple[date, date], list[int]] = defaultdict(list)
    for since, until, badge in spans:
        apart[since, until].append(badge)
    if not apart:
        conditions.add("FALSE")
        return
    given = [fact for (since, until), ids in apart.items() for fact in (since, until, array(ids))]
    each = "(t.due_on BETWEEN %s AND %s AND t.achievement_id = ANY(%s))"
    conditions.add(f"({' OR '.join([each] * len(apart))})", *given)
    conditions.add(
        "t.due_on BETWEEN %s AND %s", min(since for since, _until in apart), max(until for _since, until in apart)
    )


def _of_the_filters(conditions: Conditions, asked: Asked, badges: Sequence[Badge]) -> None:
    if asked.waiting is not None:
        conditions.add("t.opened_at <= %s", clock.now() - asked.waiting)
    if asked.due_from is not None:
        conditions.add("t.due_on >= %s", asked.due_from)
    if asked.due_until is not None:
        conditions.add("t.due_on <= %s", asked.due_until)
    if asked.again is not None:
        conditions.add("t.again" if asked.again else "NOT t.again")
    of_the_work(conditions, asked)
    if asked.words:
        _of_the_words(conditions, asked.words, array(one.pk for one in badges))


def of_the_work(conditions: Conditions, asked: Wanted) -> None:
    """Add the conditions on turns `t` other than the words searched for."""
    if asked.part:
        # As a literal: some indexes cover all parts but the first.
        conditions.add(f"t.part = '{Part(asked.part).value}'")
    if asked.language:
        conditions.add(f"EXISTS (SELECT {_WORK} WHERE a.id = t.attempt_id AND v.language = %s)", asked.language)


_WORK = (
    "FROM submissions_attempt a JOIN submissions_submission s ON s.id = a.submission_id "
    "JOIN issuers_achievementversion v ON v.id = s.version_id"
)
PLAIN = "immutable_unaccent(lower({})) LIKE '%%' || immutable_unaccent(lower(%s)) || '%%'"


def _of_the_words(conditions: Conditions, words: str, badges: str) -> None:
    """Match a reference, a badge's name, or a learner's name, but never the name of a blind learner."""
    mark = reference_in(words)
    if mark:
        conditions.add(f"t.attempt_id IN (SELECT a.id {_WORK} WHERE s.public_id LIKE %s)", f"{mark}%")
        return
    each = as_patterns(words)
    named = "t.achievement_id IN (SELECT v.achievement_id FROM issuers_achievementversion v WHERE {})"
    known = "t.attempt_id IN (SELECT a.id {} JOIN accounts_user u ON u.id = s.learner_id WHERE NOT v.blind AND {})"
    of_badges = " AND ".join(["v.achievement_id = ANY(%s)", *(PLAIN.format("v.name") for _ in each)])
    of_people = " AND ".join(["s.achievement_id = ANY(%s)", *(PLAIN.format("u.name") for _ in each)])
    found = f"({named.format(of_badges)} OR {known.format(_WORK, of_people)})"
    conditions.add(found, badges, *each, badges, *each)


def as_patterns(words: str) -> list[str]:
    """The first few words, escaped for `PLAIN`."""
    return [one.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for one in words.split()[:MOST_WORDS]]


def reference_in(words: str) -> str:
    """The start of a public id if `words` are a reference such as S-7K2M; otherwise empty."""
    mark = words.lower().removeprefix("s-")
    is_one = words.lower().startswith("s-") and len(mark) == 4 and mark.isascii() and mark.isalnum()  # noqa: PLR2004 - its four characters
    return mark if is_one else ""


class Conditions:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.given: list[Any] = []

    def add(self, part: str, *given: Any) -> None:
        self.parts.append(part)
        self.given += given

    def joined(self) -> tuple[str, list[Any]]:
        return " AND ".join(self.parts), self.given
