"""Common parts of two lists, found in bounded time: difflib alone takes minutes for a page that repeats one word."""

from __future__ import annotations

from collections import Counter
from difflib import Match, SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# This many comparisons take about a tenth of a second.
MOST = 1_000_000


class Matcher(SequenceMatcher[str]):
    """difflib's matcher, trying both ends first; once it has used up its comparisons, the rest counts as different."""

    a: Sequence[str]
    b: Sequence[str]

    def __init__(self, old: Sequence[str], new: Sequence[str], *, most: int = MOST) -> None:
        super().__init__(None, old, new, autojunk=False)
        self.left = most
        self._old, self._new = old, new
        self._times = Counter(new)

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        if self.left < 0:
            return Match(alo, blo, 0)
        old, new = self._old[alo:ahi], self._new[blo:bhi]
        if first := _alike(old, new):
            return Match(alo, blo, first)
        if last := _alike(reversed(old), reversed(new)):
            return Match(alo + len(old) - last, blo + len(new) - last, last)
        self.left -= sum(1 + self._times[one] for one in old) + len(new)
        return super().find_longest_match(alo, ahi, blo, bhi) if self.left >= 0 else Match(alo, blo, 0)


def _alike(one: Iterable[str], other: Iterable[str]) -> int:
    """The length of the common beginning of both."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
