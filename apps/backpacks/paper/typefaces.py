"""The typefaces for paper, unsubsetted, as the front end's build left them.

Our typeface has no ready-made Ō. The typesetter composes one from letter and mark, which looks right, but in such a
PDF the glyph O alone stands for “Ō”, and most programs that search or copy would find “Schōōl”. So the two letters
are added here, once, and kept beside the other data.
"""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.core.ids import new_public_id
from apps.issuers.art.lettering import holds_of

_ADDED = {0x14C: ("Omacron", "O"), 0x14D: ("omacron", "o")}
_MACRON = 0x304


@cache
def folders() -> tuple[Path, ...]:
    """The folders to search for typefaces: our own, completed, and those that supply the letters it lacks."""
    house = Path(settings.DATA) / "typefaces"
    house.mkdir(parents=True, exist_ok=True)
    for file in sorted((settings.PAPER_FONTS / "house").glob("*.ttf")):
        data = file.read_bytes()
        there = house / f"{file.stem}-{hashlib.sha256(data).hexdigest()[:12]}.ttf"
        if not there.exists():
            half_made = there.with_suffix(f".{new_public_id()}")
            half_made.write_bytes(completed(data))
            half_made.replace(there)
    return house, settings.PAPER_FONTS / "others"


def completed(data: bytes) -> bytes:
    """The typeface with Ō and ō as glyphs of their own. Equal bytes from equal bytes."""
    from fontTools.ttLib import TTFont

    done = BytesIO()
    with TTFont(BytesIO(data), recalcTimestamp=False) as font:
        names = font.getBestCmap()
        for code, (name, letter) in _ADDED.items():
            if code not in names:
                _add(font, code, name, letter, mark=names[_MACRON])
        font.save(done)
    return done.getvalue()


def _add(font: Any, code: int, name: str, letter: str, *, mark: str) -> None:
    from fontTools.ttLib.tables._g_l_y_f import USE_MY_METRICS, Glyph, GlyphComponent

    marks, bases = holds_of(font)
    hold, offered = next((hold, bases[letter][joint]) for joint, hold in marks[mark].items() if joint in bases[letter])
    glyph = Glyph()
    glyph.numberOfContours = -1
    glyph.components = []
    for part, x, y, flags in (
        (letter, 0, 0, USE_MY_METRICS),
        (mark, offered.x - hold.x, offered.y - hold.y, 0),
    ):
        component = GlyphComponent()
        component.glyphName, component.x, component.y, component.flags = part, int(x), int(y), flags
        glyph.components.append(component)
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = glyph
    font["hmtx"][name] = font["hmtx"][letter]
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[code] = name
