"""The colours of static/src/css/tokens.css and dark.css, and their contrast with one another."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

_COLOUR = re.compile(r"--s-([\w-]+):\s*#([0-9a-f]{3}(?:[0-9a-f]{3})?)\b")
# Foreground, background, and the WCAG 2.2 contrast they need: 4.5 for text, 3 for parts.
PAIRS = (
    *(("ink", "paper", 4.5), ("ink", "surface", 4.5), ("ink-2", "paper", 4.5), ("ink-2", "pocket", 4.5)),
    *(("ink-3", "pocket", 4.5), ("brand", "surface", 4.5), ("brand", "pocket", 4.5), ("brand", "brand-soft", 4.5)),
    *(("on-brand", "brand", 4.5), ("on-brand", "brand-deep", 4.5), ("on-flap", "flap", 4.5), ("flap-2", "flap", 4.5)),
    *(("saddle", "paper", 4.5), ("saddle", "pocket", 4.5), ("thread", "paper", 3), ("thread", "pocket", 3)),
    *(
        ("brass", "flap", 3),
        ("edge", "paper", 3),
        ("edge", "surface", 3),
        ("focus", "paper", 3),
        ("focus", "pocket", 3),
    ),
    *(
        (tone, f"{tone}-soft", 4.5)
        for tone in ("pass", "fail", "unsure", "revoked", "expired", "draft", "due", "notyet")
    ),
    *((tone, "surface", 4.5) for tone in ("pass", "fail", "unsure", "notyet")),
)


class Pair(NamedTuple):
    """`light` and `dark` are ratios from 1 to 21."""

    front: str
    back: str
    needs: float
    light: float
    dark: float


def colours(theme: str) -> dict[str, str]:
    """Name -> six hex digits, in `light` or `dark`; colours that the dark file omits are the light ones."""
    folder = Path(settings.ROOT) / "static" / "src" / "css"
    found = _COLOUR.findall((folder / "tokens.css").read_text())
    if theme == "dark":
        found += _COLOUR.findall((folder / "dark.css").read_text())
    return {name: value if len(value) == 6 else "".join(2 * digit for digit in value) for name, value in found}  # noqa: PLR2004 - rrggbb


def pairs() -> list[Pair]:
    light, dark = colours("light"), colours("dark")
    return [
        Pair(front, back, needs, ratio(light[front], light[back]), ratio(dark[front], dark[back]))
        for front, back, needs in PAIRS
    ]


def ratio(one: str, other: str) -> float:
    """The WCAG 2.2 contrast, rounded down to a tenth, so that nothing passes by rounding."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return int((bright + 0.05) / (dim + 0.05) * 10) / 10


def _luminance(colour: str) -> float:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)  # noqa: PLR2004 - sRGB
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
