"""Charts and screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.demo.evidence.canvas import INK, circle, drawing, line, path, rect, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDE, HIGH = 1200, 760
LEFT, RIGHT, TOP, FOOT = 110, 1150, 130, 660
BRAND, SADDLE, SOFT = "#14564e", "#8a4b1d", "#dcebe7"


def bars(title: str, values: Mapping[str, float], *, unit: str, target: float | None = None) -> str:
    """A bar for each value, with the value on top; a target is a line across."""
    most = max(*values.values(), target or 0) * 1.15
    step = (RIGHT - LEFT) / len(values)
    parts = [words(LEFT, 70, title, 38), words(LEFT, 108, unit, 24, fill="#5b6770"), _axis()]
    for place, (name, value) in enumerate(values.items()):
        x, high = LEFT + step * (place + 0.2), (FOOT - TOP) * value / most
        parts.append(rect(x, FOOT - high, step * 0.6, high, SADDLE if target and value < target else BRAND, round=4))
        parts.append(words(x + step * 0.3, FOOT - high - 14, f"{value:g}", 28, anchor="middle"))
        parts.append(words(x + step * 0.3, FOOT + 40, name, 24, anchor="middle"))
    if target:
        y = FOOT - (FOOT - TOP) * target / most
        parts += [
            line(LEFT, y, RIGHT, y, INK, 4, 'stroke-dasharray="14 10"'),
            words(LEFT - 12, y + 8, f"{target:g}", 26, anchor="end"),
            words(RIGHT, 108, f"needed: {target:g}", 24, anchor="end"),
        ]
    return drawing(WIDE, HIGH, *parts)


def lines(title: str, names: Sequence[str], series: Mapping[str, Sequence[float]], *, unit: str) -> str:
    """A line for each series, named at its end."""
    most = max(max(one) for one in series.values()) * 1.12
    step = (RIGHT - 140 - LEFT) / (len(names) - 1)
    parts = [words(LEFT, 70, title, 38), words(LEFT, 108, unit, 24, fill="#5b6770"), _axis()]
    parts += [words(LEFT + step * place, FOOT + 40, name, 24, anchor="middle") for place, name in enumerate(names)]
    for tone, (name, values) in zip((BRAND, SADDLE, "#2c6e9c", "#7a2f57"), series.items(), strict=False):
        points = [(LEFT + step * place, FOOT - (FOOT - TOP) * value / most) for place, value in enumerate(values)]
        parts.append(path("M" + " L".join(f"{x:.0f} {y:.0f}" for x, y in points), stroke=tone, width=6))
        parts += [circle(round(x), round(y), 9, tone) for x, y in points]
        parts += [
            words(x, y - 20, f"{value:g}", 22, anchor="middle", fill=tone)
            for (x, y), value in zip(points, values, strict=True)
        ]
        parts.append(words(points[-1][0] + 20, points[-1][1] + 8, name, 24, fill=tone))
    return drawing(WIDE, HIGH, *parts)


def early_warning(rows: Mapping[str, Sequence[float]], times: Sequence[str], scores: Sequence[int]) -> str:
    """Vital signs over a shift, with a score under each set and bands of urgency."""
    high = 150 + 128 * len(rows)
    parts = [words(60, 70, "Vital signs, bed 6 (practice case)", 36)]
    step = (WIDE - 400) / len(times)
    at = [360 + step * place for place in range(len(times))]
    parts += [words(x, 120, when, 24, anchor="middle") for x, when in zip(at, times, strict=True)]
    for row, (name, values) in enumerate(rows.items()):
        y = 150 + row * 128
        parts += [rect(270, y, WIDE - 310, 112, ("#eef4f2", "#f7f3e8")[row % 2], round=6), words(60, y + 66, name, 26)]
        low, top = min(values), max(values)
        points = [(x, y + 84 - 46 * ((value - low) / ((top - low) or 1))) for x, value in zip(at, values, strict=True)]
        parts.append(path("M" + " L".join(f"{x:.0f} {py:.0f}" for x, py in points), stroke=BRAND, width=5))
        parts += [
            circle(round(x), round(py), 8, BRAND) + words(x, py - 14, f"{value:g}", 24, anchor="middle")
            for (x, py), value in zip(points, values, strict=True)
        ]
    parts.append(words(60, high + 66, "Score", 28))
    for x, score in zip(at, scores, strict=True):
        tone, ink = _urgency(score)
        parts += [
            rect(x - 44, high + 20, 88, 72, tone, round=10),
            words(x, high + 70, str(score), 40, anchor="middle", fill=ink),
        ]
    return drawing(WIDE, high + 130, *parts)


def _urgency(score: int) -> tuple[str, str]:
    for least, tone, ink in ((8, "#8e2a23", "#fff"), (6, "#c8641b", "#fff"), (3, "#f1c644", INK), (1, "#dfeeda", INK)):
        if score >= least:
            return tone, ink
    return "#eef1f2", INK


def browser(address: str, *parts: str, ground: str = "#ffffff") -> str:
    """A browser window around the parts drawn in it."""
    frame = rect(0, 0, 1280, 72, "#e3e6e8") + "".join(
        circle(34 + k * 30, 36, 10, tone) for k, tone in enumerate(("#e0685c", "#e9b949", "#6ab56f"))
    )
    bar = rect(140, 16, 1000, 40, "#ffffff", round=20) + words(164, 43, address, 20, fill="#4a545b")
    return drawing(1280, 820, frame, bar, *parts, ground=ground)


def web_page(
    *,
    address: str,
    heading: str,
    fields: Sequence[str],
    focus: int = -1,
    errors: Mapping[int, str] | None = None,
    pale: bool = False,
) -> str:
    """A page with a form: where the focus is, its error messages, and whether its greys are too pale."""
    ink, quiet = ("#9aa3a8", "#c3c9cc") if pale else ("#1d2b33", "#4d5b63")
    parts = [
        rect(0, 72, 1280, 96, "#ffffff" if pale else "#0f4c5c"),
        words(60, 132, "Lantern Street Hall", 34, fill=quiet if pale else "#ffffff"),
    ]
    parts += [
        words(60, 236, heading, 44, fill=ink),
        words(60, 282, "Fields marked “needed” must be filled in.", 22, fill=quiet),
    ]
    y = 340
    for place, name in enumerate(fields):
        wrong = (errors or {}).get(place, "")
        parts += [
            words(60, y, name, 24, fill=ink),
            rect(
                60,
                y + 16,
                640,
                56,
                "#ffffff",
                round=6,
                more=f'stroke="{"#a3261b" if wrong else quiet}" stroke-width="{4 if wrong else 2}"',
            ),
        ]
        if place == focus:
            parts.append(rect(52, y + 8, 656, 72, "none", round=10, more='stroke="#1f5fbf" stroke-width="6"'))
        if wrong:
            parts.append(words(60, y + 102, wrong, 22, fill="#a3261b"))
            y += 34
        y += 122
    parts += [
        rect(60, y, 240, 60, quiet if pale else "#0f4c5c", round=8),
        words(180, y + 39, "Send", 26, fill="#ffffff", anchor="middle"),
    ]
    return browser(address, *parts)


def contrast(pairs: Sequence[tuple[str, str, str, float]]) -> str:
    """Swatches: name, ink, ground, ratio, and whether it is enough for text."""
    parts = [words(60, 80, "Contrast, measured", 40)]
    for place, (name, ink, ground, ratio) in enumerate(pairs):
        x, y = 60 + (place % 2) * 560, 130 + (place // 2) * 190
        good = ratio >= 4.5  # noqa: PLR2004 - what WCAG asks of text
        parts += [
            rect(x, y, 520, 160, ground, round=12, more='stroke="#c5cbcf" stroke-width="2"'),
            words(x + 30, y + 64, name, 32, fill=ink),
            words(x + 30, y + 118, f"{ratio}:1", 34, fill=ink),
        ]
        parts += [
            rect(x + 350, y + 92, 140, 46, "#ffffff", round=23),
            words(
                x + 420,
                y + 124,
                "enough" if good else "too pale",
                24,
                fill="#1b6b45" if good else "#a3261b",
                anchor="middle",
            ),
        ]
    return drawing(WIDE, 160 + 190 * ((len(pairs) + 1) // 2), *parts)


def table(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], *, marked: Sequence[tuple[int, int]] = ()
) -> str:
    """The corner of a spreadsheet; marked cells are the problem."""
    wide, tall = 1240 / len(head), 52
    parts = [rect(0, 0, 1280, 64, BRAND), words(30, 43, title, 28, fill="#ffffff"), rect(20, 84, 1240, tall, SOFT)]
    parts += [words(34 + wide * place, 119, name, 22) for place, name in enumerate(head)]
    for row, cells in enumerate(rows):
        y = 84 + tall * (row + 1)
        for column, cell in enumerate(cells):
            tone = "#fbe3d6" if (row, column) in marked else "#ffffff"
            parts += [
                rect(20 + wide * column, y, wide, tall, tone, more='stroke="#cdd5d9" stroke-width="1.5"'),
                words(34 + wide * column, y + 35, cell, 21),
            ]
    return drawing(1280, 84 + tall * (len(rows) + 1) + 30, *parts, ground="#ffffff")


def _axis() -> str:
    return line(LEFT, FOOT, RIGHT, FOOT, INK, 3)
