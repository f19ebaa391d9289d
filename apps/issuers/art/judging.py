"""Remarks on a badge before anyone earns it: can it be made out, and told from its neighbours?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from apps.core import tokens
from apps.issuers.art import drawing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.issuers.art.words import BadgeWords

LEAST_CONTRAST = 3.0
# The height of a capital on the ribbon, in pixels of a 96-pixel badge, below which it is a smudge.
SEEN_AT = 96
LEAST_LETTER = 4.5


class Remark(NamedTuple):
    """`result` is pass or warn."""

    name: str
    result: str
    plain: str


def contrast(words: BadgeWords) -> float:
    """The icon's contrast to its background: the cloth, or the ground drawn on it, whichever is closer."""
    cloth = drawing.COLOURS[words.cloth]
    behind = [cloth.field] if words.ground == "plain" or words.cut == "small" else [cloth.field, cloth.ground]
    return min(tokens.ratio(cloth.mark[1:], colour[1:]) for colour in behind)


def alike(words: BadgeWords, others: Iterable[tuple[str, BadgeWords]]) -> list[str]:
    """The badges that differ only in their ground, or not at all. `others`: (name, words) of the same issuer."""
    bare = replace(words, ground="plain", ribbon=words.ribbon.upper())
    return [name for name, other in others if replace(other, ground="plain", ribbon=other.ribbon.upper()) == bare]


def remarks(words: BadgeWords, others: Iterable[tuple[str, BadgeWords]] = ()) -> list[Remark]:
    """The remarks in reading order, including those that pass."""
    ratio = contrast(words)
    said = [
        Remark("contrast", "pass", _("The picture stands out from the cloth (%(ratio).1f to 1).") % {"ratio": ratio})
        if ratio >= LEAST_CONTRAST
        else Remark(
            *("contrast", "warn"),
            _("The picture hardly stands out from the cloth (%(ratio).1f to 1). Take another cloth or ground.")
            % {"ratio": ratio},
        )
    ]
    if words.ribbon:
        letter = drawing.letter_height(words.ribbon) * SEEN_AT / 240
        said.append(
            Remark("ribbon", "pass", _("The ribbon can be read at %(size)d pixels.") % {"size": SEEN_AT})
            if letter >= LEAST_LETTER
            else Remark(
                "ribbon",
                "warn",
                _("The ribbon is hard to read at %(size)d pixels. Fewer letters help.") % {"size": SEEN_AT},
            )
        )
    if same := alike(words, others):
        said.append(
            Remark(
                *("likeness", "warn"),
                _("It looks like “%(name)s”: at most, the ground differs. Choose another picture, cloth or ribbon.")
                % {"name": same[0]},
            )
        )
    else:
        said.append(Remark("likeness", "pass", _("No other badge of yours looks like it.")))
    return said
