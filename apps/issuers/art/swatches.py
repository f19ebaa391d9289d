"""A small picture of each word to choose from, cut out of a real badge if that shows it."""

from __future__ import annotations

from functools import cache

from apps.issuers.art import drawing
from apps.issuers.art.shapes import Outline
from apps.issuers.art.words import BadgeWords

_PLAIN = BadgeWords(shape="disc", ring="stitch", cloth="tarn", ground="plain", icon="star", cut="small")


@cache
def swatch(name: str, word: str) -> str:
    """The swatch for one word of `kind`, `shape`, `ring`, `cloth` or `ground`: an SVG hidden from screen readers."""
    box, inside = {"kind": _kind, "shape": _shape, "ring": _ring, "cloth": _cloth, "ground": _ground}[name](word)
    return f'<svg viewBox="{box}" aria-hidden="true" focusable="false">{inside}</svg>'


def _kind(word: str) -> tuple[str, str]:
    whole = drawing.badge(BadgeWords(**{**_PLAIN.to_json(), "kind": word}))
    return "0 0 240 240", whole[whole.index(">") + 1 : -len("</svg>")]


def _shape(word: str) -> tuple[str, str]:
    return "0 0 240 240", f'<path d="{Outline(word, 1).path}" fill="currentColor"/>'


def _ring(word: str) -> tuple[str, str]:
    """The uppermost piece of a disc's edge."""
    words = BadgeWords(**{**_PLAIN.to_json(), "ring": word, "cut": "full"})
    return "80 5 80 40", drawing.bare(words)


def _cloth(word: str) -> tuple[str, str]:
    cloth = drawing.COLOURS[word]
    return "0 0 40 40", (
        f'<rect width="40" height="40" rx="6" fill="{cloth.band}"/>'
        f'<path d="M0 40L40 0v34a6 6 0 0 1-6 6z" fill="{cloth.field}"/>'
        f'<path d="M5 35L35 5" stroke="{drawing.BRASS}" stroke-width="2" stroke-dasharray="4 3"/>'
    )


def _ground(word: str) -> tuple[str, str]:
    cloth = drawing.COLOURS["tarn"]
    return "60 72 120 120", f'<path d="M60 72h120v120H60z" fill="{cloth.field}"/>{drawing.ground(word, cloth)}'
