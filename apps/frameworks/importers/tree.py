"""Each row's place: parents before their children, and everything below an item directly after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.frameworks.importers.rows import MOST_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.frameworks.importers.rows import Findings, Row

_NAMED = 6


def place(rows: list[Row], findings: Findings) -> list[Row]:
    """The rows in the order of their tree, siblings as in the file. Circles and missing parents are reported.

    Identifiers are unique by now.
    """
    place_of = {row.identifier: n for n, row in enumerate(rows)}
    below: list[list[int]] = [[] for _row in rows]
    tops = []
    for n, row in enumerate(rows):
        parent = place_of.get(row.parent) if row.parent else None
        if parent is not None:
            below[parent].append(n)
            continue
        if row.parent:
            findings.error(
                row.number, "parent", _("No row has the identifier or code “%(parent)s”.") % {"parent": row.parent}
            )
        tops.append(n)
    placed = _walk(rows, below, tops)
    if len(placed) < len(rows):
        for circle in _circles(rows, place_of, {id(row) for row in placed}):
            names = [row.identifier for row in circle[:_NAMED]]
            names.append("…" if len(circle) > _NAMED else names[0])
            findings.error(
                circle[0].number,
                "parent",
                _("The parents go round in a circle: %(names)s.") % {"names": " → ".join(names)},
            )
    for row in placed:
        if row.depth >= MOST_DEPTH:
            findings.error(
                row.number, "parent", _("The tree is deeper than %(most)d levels here.") % {"most": MOST_DEPTH}
            )
            break
    return placed


def _walk(rows: list[Row], below: list[list[int]], tops: list[int]) -> list[Row]:
    placed: list[Row] = []
    # Each entry is yet to be opened, or (as its complement) to be closed once everything below it is placed.
    waiting = tops[::-1]
    depth = 0
    while waiting:
        n = waiting.pop()
        if n < 0:
            depth -= 1
            rows[~n].last = len(placed) - 1
            continue
        row = rows[n]
        row.position, row.depth = len(placed), depth
        placed.append(row)
        depth += 1
        waiting.append(~n)
        waiting.extend(below[n][::-1])
    return placed


def _circles(rows: list[Row], place_of: dict[str, int], placed: set[int]) -> Iterator[list[Row]]:
    """Each circle once, starting with the row that comes first in the file."""
    seen: set[int] = set()
    for begin, row in enumerate(rows):
        if id(row) in placed or begin in seen:
            continue
        way: dict[int, None] = {}
        n = begin
        while n not in seen and n not in way:
            way[n] = None
            n = place_of[rows[n].parent]
        if n in way:
            passed = list(way)
            circle = passed[passed.index(n) :]
            first = circle.index(min(circle))
            yield [rows[one] for one in circle[first:] + circle[:first]]
        seen |= way.keys()
