"""Paper filled in by hand: log sheets, checklists, a supervisor's statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.demo.evidence.canvas import INK, PAPER, circle, dice, drawing, group, handwriting, line, path, rect, words

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDE, HIGH = 910, 1287  # A4 at 110 dots per inch
LEFT, RIGHT = 70, 840
_LINE = 62


def log_sheet(
    house: str, title: str, head: Sequence[str], rows: Sequence[Sequence[str]], *, signed: str = "", remark: str = ""
) -> str:
    """A printed form with rows in ballpoint, a remark and a signature."""
    wide = (RIGHT - LEFT) / len(head)
    parts = [_letterhead(house, title)]
    parts += [rect(LEFT, 200, RIGHT - LEFT, 50, "#e7e4d8")]
    parts += [words(LEFT + 10 + wide * place, 233, name, 19) for place, name in enumerate(head)]
    foot = 250 + _LINE * len(rows)
    for row, cells in enumerate(rows):
        y = 250 + _LINE * row
        parts.append(line(LEFT, y + _LINE, RIGHT, y + _LINE, "#9aa0a3", 1.5))
        parts += [handwriting(LEFT + 12 + wide * place, y + 42, cell, 24) for place, cell in enumerate(cells)]
    parts += [
        line(LEFT + wide * place, 200, LEFT + wide * place, foot, "#9aa0a3", 1.5) for place in range(len(head) + 1)
    ]
    for place, words_ in enumerate(_wrapped(remark, 58)):
        parts.append(handwriting(LEFT, foot + 70 + 44 * place, words_, 25))
    if signed:
        parts.append(_signature(signed, max(foot + 330, 800)))
    return drawing(WIDE, HIGH, *parts, _stain(title))


def checklist(house: str, title: str, items: Sequence[tuple[str, bool]], *, signed: str = "", remark: str = "") -> str:
    """Printed questions with ticks; boxes may honestly be empty."""
    parts = [_letterhead(house, title)]
    y = 230
    for text, ticked in items:
        parts.append(rect(LEFT, y - 26, 34, 34, PAPER, round=4, more=f'stroke="{INK}" stroke-width="2.5"'))
        if ticked:
            parts.append(path(f"M{LEFT + 5} {y - 10} l10 12 l24 -34", stroke="#27408b", width=5))
        for words_ in _wrapped(text, 58):
            parts.append(words(LEFT + 54, y, words_, 23))
            y += 32
        y += 26
    for place, words_ in enumerate(_wrapped(remark, 58)):
        parts.append(handwriting(LEFT, y + 40 + 44 * place, words_, 25))
    if signed:
        parts.append(_signature(signed, max(y + 240, 800)))
    return drawing(WIDE, HIGH, *parts, _stain(title))


def statement(house: str, title: str, paragraphs: Sequence[str], *, signed: str) -> str:
    """A letter from someone who saw the work, typed and signed."""
    parts = [_letterhead(house, title)]
    y = 240
    for paragraph in paragraphs:
        for words_ in _wrapped(paragraph, 62):
            parts.append(words(LEFT, y, words_, 23))
            y += 36
        y += 26
    return drawing(WIDE, HIGH, *parts, _signature(signed, max(y + 120, 760)))


def certificate(house: str, name: str, what: str, text: str, *, signed: str) -> str:
    """A framed certificate: whose it is, what for, and a seal."""
    frame = "".join(
        rect(edge, edge, WIDE - 2 * edge, HIGH - 2 * edge, "none", more=f'stroke="#8a6d2f" stroke-width="{width}"')
        for edge, width in ((34, 8), (50, 2))
    )
    parts = [
        frame,
        words(WIDE / 2, 190, house, 34, anchor="middle", fill="#5b4a1e"),
        words(WIDE / 2, 290, "Certificate", 74, anchor="middle"),
        words(WIDE / 2, 390, "given to", 26, anchor="middle", fill="#5b6770"),
        words(WIDE / 2, 470, name, 48, anchor="middle"),
        line(WIDE / 2 - 250, 496, WIDE / 2 + 250, 496, "#8a6d2f", 2),
        words(WIDE / 2, 570, what, 34, anchor="middle"),
    ]
    parts += [
        words(WIDE / 2, 640 + 38 * place, one, 24, anchor="middle") for place, one in enumerate(_wrapped(text, 54))
    ]
    seal = circle(720, 1090, 78, "#a8322b") + circle(720, 1090, 60, "none", 'stroke="#f1d9a5" stroke-width="4"')
    return drawing(WIDE, HIGH, *parts, seal, group(_signature(signed, 1100), move=(50, 0)), ground="#fdf8e8")


def _letterhead(house: str, title: str) -> str:
    return (
        words(LEFT, 84, house, 22, fill="#5b6770") + words(LEFT, 140, title, 36) + line(LEFT, 164, RIGHT, 164, INK, 3)
    )


def _signature(name: str, y: float) -> str:
    throws = dice(name)
    d = f"M{LEFT + 6} {y - 16}"
    x = float(LEFT + 6)
    for _ in range(max(7, len(name) // 2)):
        step = throws.uniform(22, 40)
        d += f" q{step * 0.4:.0f} {throws.uniform(-60, -10):.0f} {step:.0f} {throws.uniform(-10, 12):.0f}"
        x += step
    flourish = path(d + " q40 20 90 -14", stroke="#1f2f6b", width=4)
    return (
        flourish + line(LEFT, y + 14, LEFT + 380, y + 14, "#777", 1.5) + words(LEFT, y + 46, name, 20, fill="#5b6770")
    )


def _stain(seed: str) -> str:
    """The ring of someone's cup."""
    throws = dice(seed)
    ring = circle(0, 0, 62, "none", 'stroke="#a27b45" stroke-width="6" stroke-opacity=".16"')
    return group(ring, move=(throws.uniform(560, 780), throws.uniform(960, 1180)))


def _wrapped(text: str, most: int) -> list[str]:
    found: list[str] = []
    for word in text.split():
        if found and len(found[-1]) + len(word) < most:
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found
