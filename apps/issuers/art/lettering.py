"""Text as outlines, so that a badge needs no font where it is shown.

Marks are placed by the typeface's own anchors: it has no ready-made Ō, and a drawing program that composes nothing
would silently drop the macron. The font reader is loaded with the first text, since most commands draw none.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from apps.issuers.art.shapes import Point

FONT = Path(__file__).parent / "font" / "AtkinsonHyperlegibleNext_700Bold.ttf"


class _Glyph(NamedTuple):
    name: str
    x: float
    y: float


# Which marks fit which letters: a table of the typeface, and a class of marks in it.
_Joint = tuple[int, int]


class _Face(NamedTuple):
    glyphs: Any
    names: dict[int, str]
    widths: dict[str, tuple[int, int]]
    marks: dict[str, dict[_Joint, Point]]  # where a mark attaches
    bases: dict[str, dict[_Joint, Point]]  # where a letter can be attached to
    cap_height: int


def holds_of(font: Any) -> tuple[dict[str, dict[_Joint, Point]], dict[str, dict[_Joint, Point]]]:
    """The anchors of a typeface: where its marks attach, and where its letters can be attached to."""
    marks: dict[str, dict[_Joint, Point]] = {}
    bases: dict[str, dict[_Joint, Point]] = {}
    tables = (table for lookup in font["GPOS"].table.LookupList.Lookup for table in lookup.SubTable)
    for place, table in enumerate(tables):
        table = getattr(table, "ExtSubTable", table)  # noqa: PLW2901 - a table too far away is wrapped in a nearer one
        if type(table).__name__ != "MarkBasePos":
            continue
        for name, record in zip(table.MarkCoverage.glyphs, table.MarkArray.MarkRecord, strict=True):
            hold = Point(record.MarkAnchor.XCoordinate, record.MarkAnchor.YCoordinate)
            marks.setdefault(name, {})[place, record.Class] = hold
        for name, record in zip(table.BaseCoverage.glyphs, table.BaseArray.BaseRecord, strict=True):
            for number, anchor in enumerate(record.BaseAnchor):
                if anchor is not None:
                    bases.setdefault(name, {})[place, number] = Point(anchor.XCoordinate, anchor.YCoordinate)
    return marks, bases


@cache
def _face() -> _Face:
    from fontTools.ttLib import TTFont

    font = TTFont(FONT)
    marks, bases = holds_of(font)
    return _Face(
        glyphs=font.getGlyphSet(),
        names=font.getBestCmap(),
        widths=font["hmtx"].metrics,
        marks=marks,
        bases=bases,
        cap_height=font["OS/2"].sCapHeight,
    )


def _letters(text: str) -> list[str]:
    """The code points to draw: ready-made letters if the typeface has them, else letter and mark."""
    names = _face().names
    ready = unicodedata.normalize("NFC", text).upper()
    return [
        part for letter in ready for part in (letter if ord(letter) in names else unicodedata.normalize("NFD", letter))
    ]


def _joint(letter: str, mark: str) -> tuple[Point, Point] | None:
    """The letter's anchor for this mark, and the mark's own; None if they don't fit."""
    holds = _face().bases.get(letter, {})
    return next(((holds[joint], hold) for joint, hold in _face().marks.get(mark, {}).items() if joint in holds), None)


def missing(text: str) -> list[str]:
    """The letters that can't be drawn, each once."""
    if not text:
        return []
    names = _face().names
    lost = set()
    base = ""
    for letter in _letters(text):
        name = names.get(ord(letter), "")
        if not name or (unicodedata.combining(letter) and _joint(base, name) is None):
            lost.add(letter)
        if not unicodedata.combining(letter):
            base = name
    return sorted(lost)


def _set(text: str) -> tuple[list[_Glyph], float]:
    """Glyphs with their places, in font units on a line from 0, and the line's length."""
    face = _face()
    placed: list[_Glyph] = []
    base = _Glyph("", 0, 0)
    pen = 0.0
    for letter in _letters(text):
        name = face.names[ord(letter)]
        joint = _joint(base.name, name) if unicodedata.combining(letter) else None
        if joint:
            anchor, hold = joint
            placed.append(_Glyph(name, base.x + anchor.x - hold.x, anchor.y - hold.y))
        else:
            base = _Glyph(name, pen, 0)
            placed.append(base)
            pen += face.widths[name][0]
    return placed, pen


def fitted(text: str, *, size: float, most: float, spacing: float = 0) -> float:
    """The height of a capital: `size`, or less if the line would exceed `most`."""
    face = _face()
    glyphs, length = _set(text)
    letters = sum(1 for glyph in glyphs if face.widths[glyph.name][0])
    wide = length * size / face.cap_height + spacing * max(letters - 1, 0)
    return size * min(most / wide, 1) if wide else size


def outline(text: str, *, centre: float, baseline: float, size: float, most: float, spacing: float = 0) -> str:
    """SVG path data of `text` in capitals: `size` is the height of a capital, made smaller if it exceeds `most`."""
    from fontTools.pens.svgPathPen import SVGPathPen
    from fontTools.pens.transformPen import TransformPen

    face = _face()
    scale = size / face.cap_height
    glyphs, length = _set(text)
    letters = sum(1 for glyph in glyphs if face.widths[glyph.name][0])
    wide = length * scale + spacing * max(letters - 1, 0)
    if wide > most:
        scale, spacing, wide = scale * most / wide, spacing * most / wide, most
    # Centre a smaller line in the height of a full one.
    baseline -= (size - face.cap_height * scale) / 2
    pen = SVGPathPen(face.glyphs, ntos=lambda value: f"{value:.2f}".rstrip("0").rstrip("."))
    x, seen = centre - wide / 2, -1
    for glyph in glyphs:
        seen += 1 if face.widths[glyph.name][0] else 0
        at = (scale, 0, 0, -scale, x + glyph.x * scale + spacing * max(seen, 0), baseline - glyph.y * scale)
        face.glyphs[glyph.name].draw(TransformPen(pen, at))
    return str(pen.getCommands())
