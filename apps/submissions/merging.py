"""Merge what was written in two tabs, so that neither overwrites the other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from apps.core.matching import Matcher

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def merge(base: str, ours: str, theirs: str) -> str:
    """Merge `theirs` into `ours`, both written from `base`, paragraph by paragraph.

    A paragraph that only one side changed is taken from that side; one that both changed appears twice, ours first,
    unless one merely continues the other.
    """
    if theirs in {base, ours}:
        return ours
    if ours == base:
        return theirs
    if "\n" not in f"{base}{ours}{theirs}":
        return "\n\n".join(_both([ours], [theirs]))
    return "\n".join(_merged(base.split("\n"), ours.split("\n"), theirs.split("\n")))


def merge_line(base: str, ours: str, theirs: str) -> str:
    """Merge a one-line field: if both sides changed it, the two versions go side by side."""
    if theirs in {base, ours}:
        return ours
    return theirs if ours == base else " / ".join(_both([ours], [theirs]))


def _merged(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> Iterator[str]:
    """Merge line by line: between two lines that all three share, each side's changes are taken."""
    at = our_at = their_at = 0
    for stop, our_stop, their_stop in _shared(base, ours, theirs):
        then, mine, other = base[at:stop], ours[our_at:our_stop], theirs[their_at:their_stop]
        if mine in (then, other):
            yield from other
        elif other == then:
            yield from mine
        else:
            yield from _both(mine, other)
        if stop < len(base):
            yield base[stop]
        at, our_at, their_at = stop + 1, our_stop + 1, their_stop + 1


def _shared(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield the positions of the lines that all three share, and finally the three ends."""
    in_ours, in_theirs = _pairs(base, ours), _pairs(base, theirs)
    yield from ((line, in_ours[line], in_theirs[line]) for line in sorted(in_ours.keys() & in_theirs.keys()))
    yield len(base), len(ours), len(theirs)


def _pairs(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    blocks = Matcher(base, other).get_matching_blocks()
    return {block.a + n: block.b + n for block in blocks for n in range(block.size)}


def _both(ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Ours, then theirs, without lines that the other side merely continues."""
    mine, others = sorted(ours), sorted(theirs)
    kept = [line for line in ours if not _goes_on(others, bisect_left(others, line), line)]
    return kept + [line for line in theirs if not _goes_on(mine, bisect_right(mine, line), line)]


def _goes_on(ordered: Sequence[str], at: int, line: str) -> bool:
    """Whether one of the sorted lines starts with `line`: if so, it is at the line's own position."""
    return at < len(ordered) and ordered[at].startswith(line)
