"""Text with holes. A hole is named by its index in the list of values that fills it."""

from __future__ import annotations

import re
import secrets
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# A URL that nobody can have written into a badge: each process makes up its own, and it never leaves the process.
_STEM = f"https://hole.invalid/{secrets.token_hex(16)}/"
_HOLE = re.compile(re.escape(_STEM) + "([0-9]{3})")


def hole(place: int) -> str:
    """A hole, usable in place of a URL or a text."""
    return f"{_STEM}{place:03}"


def has_hole(text: str) -> bool:
    return _STEM in text


class Pattern:
    def __init__(self, text: str) -> None:
        self._parts = _HOLE.split(text)
        self._pick = _picking([int(place) for place in self._parts[1::2]])

    def fill(self, values: Sequence[str] | Mapping[int, str]) -> str:
        parts = self._parts.copy()
        parts[1::2] = self._pick(values)
        return "".join(parts)


def _picking(places: list[int]) -> Callable[[Any], Sequence[str]]:
    if len(places) > 1:
        return itemgetter(*places)  # with a single place it returns no sequence
    return lambda values: [values[place] for place in places]
