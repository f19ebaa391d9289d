"""Suggestions for a badge: random, but the same each time for the same number."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from apps.core.refused import Refused
from apps.issuers.art import glyphs
from apps.issuers.art.judging import alike
from apps.issuers.art.words import CLOTHS, GROUNDS, MOST_LETTERS, MOST_STUDS, BadgeWords, complete, ribbon_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.issuers.art.glyphs import Glyph

Word = TypeVar("Word")
# For titles in which no word names a thing.
_ANYWHERE = ("award", "star", "gem", "flag", "trophy", "teaching", "tick")
_NEAREST = 6
_TRIES = 20
_SHORTEST = 3


def house(others: Sequence[tuple[str, BadgeWords]]) -> dict[str, str]:
    """The shape and ring that most of an issuer's badges have; empty if there are none."""
    if not others:
        return {}
    words = [one for _name, one in others]
    return {name: Counter(getattr(one, name) for one in words).most_common(1)[0][0] for name in ("shape", "ring")}


def suggest(
    number: int,
    *,
    issuer_id: str,
    achievement_id: str,
    title: str,
    about: Sequence[str] = (),
    level: int = 0,
    kind: str = "single",
    others: Sequence[tuple[str, BadgeWords]] = (),
) -> BadgeWords:
    """The `number`th suggestion: in the issuer's shape, with a thing from the title, unlike its other badges."""
    icons, ribbons = [glyph.name for glyph in icons_for(title, *about)], ribbons_for(title)
    first = complete(
        {
            **house(others),
            "icon": icons[0],
            "ribbon": ribbons[0],
            "studs": min(level, MOST_STUDS),
            "kind": kind,
        },
        issuer_id=issuer_id,
        achievement_id=achievement_id,
    )
    for turn in range(_TRIES):
        words = _turned(first, f"{achievement_id}:{number}:{turn}", number, icons, ribbons) if number or turn else first
        if not alike(words, others):
            break
    return words


def _turned(first: BadgeWords, seed: str, number: int, icons: Sequence[str], ribbons: Sequence[str]) -> BadgeWords:
    lot = hashlib.sha256(seed.encode()).digest()
    return complete(
        {
            **first.to_json(),
            "cloth": CLOTHS[lot[0] % len(CLOTHS)],
            "ground": GROUNDS[lot[1] % len(GROUNDS)],
            "icon": _one_of(icons[:_NEAREST], number + lot[2] % 2),
            "ribbon": _one_of(ribbons, number),
        },
        issuer_id="",
        achievement_id="",
    )


def icons_for(title: str, *about: str) -> list[Glyph]:
    """Things that the title names, then those that the other texts name; generic ones if there are none."""
    named = glyphs.fitting(title)
    named += [glyph for glyph in glyphs.fitting(*about) if glyph not in named]
    return named or anywhere()


def anywhere() -> list[Glyph]:
    """Pictures that suit any badge."""
    return [glyphs.GLYPHS[name] for name in _ANYWHERE]


def ribbons_for(title: str) -> list[str]:
    """Words of the title that fit a ribbon, in order, with at least three letters."""
    fit = []
    for word in glyphs.telling(title):
        try:
            ribbon = ribbon_of(word.upper())
        except Refused:
            continue
        if _SHORTEST <= len(ribbon) <= MOST_LETTERS:
            fit.append(ribbon)
    return fit or [""]


def _one_of(several: Sequence[Word], number: int) -> Word:
    return several[number % len(several)]
