"""Bars for components/chart.html and days_chart.html. Lengths are computed here, so that templates only draw them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.utils import formats

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django_stubs_ext import StrOrPromise

# The smallest group a figure is shown for: in a smaller one, people could be identified.
LEAST = 5


class Figure(NamedTuple):
    """One bar to draw: `value` in the chart's unit, based on `of` people or pieces of work."""

    label: StrOrPromise
    value: float
    of: int
    href: str = ""


class Bar(NamedTuple):
    """`length` in hundredths of the chart's width. A hidden bar has length 0 and no words."""

    label: StrOrPromise
    words: str
    of: int
    length: float
    is_below: bool
    is_hidden: bool
    href: str


class Chart(NamedTuple):
    """`needed_at` in hundredths of the width, or None; `needed` in words."""

    bars: list[Bar]
    unit: StrOrPromise
    needed_at: float | None
    needed: str

    @property
    def below(self) -> int:
        return sum(bar.is_below for bar in self.bars)

    @property
    def hidden(self) -> int:
        return sum(bar.is_hidden for bar in self.bars)


class Day(NamedTuple):
    """One column of a chart of days: `at` is where it begins and `height` its height, in hundredths of the chart."""

    on: date
    number: int
    at: float
    height: float


class Days(NamedTuple):
    days: list[Day]
    width: float
    total: int
    most: int

    @property
    def busy(self) -> list[Day]:
        """Days with a count above zero, newest first."""
        return [one for one in reversed(self.days) if one.number]


def days(numbers: Mapping[date, int], *, last: date, count: int = 30) -> Days:
    """Build a column for each of the `count` days up to `last`; days missing from `numbers` count 0."""
    first = last - timedelta(days=count - 1)
    row = [(first + timedelta(days=n), numbers.get(first + timedelta(days=n), 0)) for n in range(count)]
    most = max(number for _on, number in row)
    step = 100 / count
    drawn = [
        Day(on, number, round(n * step, 2), round(100 * number / (most or 1), 2)) for n, (on, number) in enumerate(row)
    ]
    return Days(drawn, round(step * 0.8, 2), sum(number for _on, number in row), most)


def bars(
    figures: Iterable[Figure], *, unit: StrOrPromise = "", most: float | None = None, needed: float | None = None
) -> Chart:
    """Build the chart. `most` is the value at full width (default: the largest shown); `needed` draws the threshold
    line.
    """
    figures = list(figures)
    shown = [one.value for one in figures if one.of >= LEAST]
    full = most or max([*shown, needed or 0, 0]) or 1
    drawn = []
    for one in figures:
        hidden = one.of < LEAST
        below = not hidden and needed is not None and one.value < needed
        length = 0 if hidden else round(min(max(one.value / full, 0), 1) * 100, 2)
        words = "" if hidden else in_words(one.value, unit)
        drawn.append(Bar(one.label, words, one.of, length, below, hidden, one.href))
    at = None if needed is None else round(min(needed / full, 1) * 100, 2)
    return Chart(drawn, unit, at, "" if needed is None else in_words(needed, unit))


def in_words(value: float, unit: StrOrPromise) -> str:
    number = formats.number_format(int(value) if value == int(value) else round(value, 1))
    return f"{number}\N{NO-BREAK SPACE}{unit}" if unit else number
