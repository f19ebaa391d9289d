"""Lists that are read by keys: a page, or all of one in portions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from apps.core import prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    # Gives at most so many rows (`most`) from a place on, in the order they are read: backwards where the place is.
    Reading = Callable[..., list[Any]]

PAGE = 20
# Of what fits a choice, no more are counted than this and one: what waits may be a million.
MOST_FITTING = 100


class Place(NamedTuple):
    """Where a page begins: after or before the row of that public id, or from the end."""

    after: str = ""
    before: str = ""
    last: bool = False

    @property
    def backwards(self) -> bool:
        return bool(self.before) or self.last


ANYWHERE = Place()


class Page(NamedTuple):
    """Some rows of a list, and the places of its neighbours: empty where there is none."""

    rows: list[Any]
    before: str
    after: str


def page_of(read: Reading, place: Place, *, most: int) -> Page:
    """It asks for one row more than a page holds, which tells whether there is one behind it."""
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
    """How many ids that SQL gives: it says where to stop."""
    sql, given = ids
    ((n,),) = prepared.ask(f"SELECT count(*) FROM ({sql}) AS fitting", given)  # noqa: S608 - words of ours
    return int(n)


def all_of(read: Reading, *, at_once: int = 500) -> Iterator[Any]:
    """Every row, read in portions."""
    place = ANYWHERE
    while rows := read(place, most=at_once):
        yield from rows
        place = Place(after=rows[-1].public_id)
