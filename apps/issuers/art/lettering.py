"""Words as outlines, so that a badge needs no font where it is shown.

Marks are placed by the typeface's own anchors: it has no ready-made Ō, and a drawing program that composes nothing
would drop the macron without a word.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

FONT = Path(__file__).parent / "font" / "AtkinsonHyperlegibleNext_700Bold.ttf"


class _Glyph(NamedTuple):
    name: str
    x: float
    y: float


class _Face(NamedTuple):
    glyphs: Any
    names: dict[int, str]
    widths: dict[str, tuple[int, int]]
    marks: dict[str, tuple[int, int, int]]  # mark -> class, anchor x, y
    bases: dict[tuple[str, int], tuple[int, int]]  # (letter, class) -> anchor x, y
    cap_height: int


@cache
def _face() -> _Face:
    font = TTFont(FONT)
    marks: dict[str, tuple[int, int, int]] = {}
    bases: dict[tuple[str, int], tuple[int, int]] = {}
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            if type(table).__name__ != "MarkBasePos":
                continue
            for name, record in zip(table.MarkCoverage.glyphs, table.MarkArray.MarkRecord, strict=True):
                anchor = record.MarkAnchor
                marks.setdefault(name, (record.Class, anchor.XCoordinate, anchor.YCoordinate))
            for name, record in zip(table.BaseCoverage.glyphs, table.BaseArray.BaseRecord, strict=True):
                for number, anchor in enumerate(record.BaseAnchor):
                    if anchor is not None:
                        bases.setdefault((name, number), (anchor.XCoordinate, anchor.YCoordinate))
    return _Face(
        glyphs=font.getGlyphSet(),
        names=font.getBestCmap(),
        widths=font["hmtx"].metrics,
        marks=marks,
        bases=bases,
        cap_height=font["OS/2"].sCapHeight,
    )


def missing(text: str) -> list[str]:
    """The letters that cannot be drawn, each once."""
    names = _face().names
    parts = unicodedata.normalize("NFD", unicodedata.normalize("NFC", text).upper())
    return sorted({letter for letter in parts if ord(letter) not in names})


def _set(text: str) -> tuple[list[_Glyph], float]:
    """Glyphs with their places, in font units on a line from 0, and the line's length."""
    face = _face()
    placed: list[_Glyph] = []
    pen = 0.0
    base = _Glyph("", 0, 0)
    for letter in unicodedata.normalize("NFD", text):
        name = face.names[ord(letter)]
        if unicodedata.combining(letter):
            kind, mark_x, mark_y = face.marks[name]
            anchor_x, anchor_y = face.bases[base.name, kind]
            placed.append(_Glyph(name, base.x + anchor_x - mark_x, base.y + anchor_y - mark_y))
            continue
        base = _Glyph(name, pen, 0)
        placed.append(base)
        pen += face.widths[name][0]
    return placed, pen


def outline(text: str, *, centre: float, baseline: float, size: float, most: float, spacing: float = 0) -> str:
    """SVG path data of `text` in capitals: `size` is the height of a capital, made smaller where it exceeds `most`."""
    face = _face()
    capitals = unicodedata.normalize("NFC", text).upper()
    scale = size / face.cap_height
    glyphs, length = _set(capitals)
    letters = sum(1 for glyph in glyphs if face.widths[glyph.name][0])
    wide = length * scale + spacing * max(letters - 1, 0)
    if wide > most:
        scale, spacing, wide = scale * most / wide, spacing * most / wide, most
    # A line set smaller sits in the middle of the height that a full one has.
    baseline -= (size - face.cap_height * scale) / 2
    pen = SVGPathPen(face.glyphs, ntos=lambda value: f"{value:.2f}".rstrip("0").rstrip("."))
    x, seen = centre - wide / 2, -1
    for glyph in glyphs:
        seen += 1 if face.widths[glyph.name][0] else 0
        at = (scale, 0, 0, -scale, x + glyph.x * scale + spacing * max(seen, 0), baseline - glyph.y * scale)
        face.glyphs[glyph.name].draw(TransformPen(pen, at))
    return str(pen.getCommands())
