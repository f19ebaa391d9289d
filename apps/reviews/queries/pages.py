"""Keyset pagination: read one page of a list, or all of it in portions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from apps.core import prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    # Returns at most `most` rows from a place, in reading order: backwards if the place is.
    Reading = Callable[..., list[Any]]

PAGE = 20
# Matches are counted only up to this plus one: a million may be waiting.
MOST_FITTING = 100


class Place(NamedTuple):
    """Where a page begins: after or before the row with that public id, or at the end."""

    after: str = ""
    before: str = ""
    last: bool = False

    @property
    def backwards(self) -> bool:
        return bool(self.before) or self.last


ANYWHERE = Place()


class Page(NamedTuple):
    """Rows of a list, and the places of the neighbouring pages: empty if there is none."""

    rows: list[Any]
    before: str
    after: str


def page_of(read: Reading, place: Place, *, most: int) -> Page:
    """Read a page. It reads one extra row, which tells whether another page follows."""
    rows = read(place, most=most + 1)
    further, rows = len(rows) > most, rows[:most]
    if place.backwards:
        rows.reverse()
    if not rows:
        return Page([], "", "")
    before = further if place.backwards else bool(place.after)
    after = bool(place.before) if place.backwards else further
    return Page(rows, rows[0].public_id if before else "", rows[-1].public_id if after else "")


def fitting(ids: tuple[str, list[Any]]) -> int:
    """How many ids the SQL gives; the SQL sets the limit."""
    sql, given = ids
    ((n,),) = prepared.ask(f"SELECT count(*) FROM ({sql}) AS fitting", given)  # noqa: S608 - fixed SQL
    return int(n)


def all_of(read: Reading, *, at_once: int = 500) -> Iterator[Any]:
    """Yield every row, read in portions."""
    place = ANYWHERE
    while rows := read(place, most=at_once):
        yield from rows
        place = Place(after=rows[-1].public_id)
