"""Bars for components/chart.html: every length is worked out here, so that a template only draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils import formats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

# What a figure has to stand on before it is shown: fewer could be told apart as people.
LEAST = 5


class Figure(NamedTuple):
    """What is drawn as one bar: `value` in the chart's unit, from `of` people or pieces of work."""

    label: StrOrPromise
    value: float
    of: int
    href: str = ""


class Bar(NamedTuple):
    """`length` in hundredths of the chart's width. A hidden bar has none, and no words but that it is hidden."""

    label: StrOrPromise
    words: str
    of: int
    length: float
    is_below: bool
    is_hidden: bool
    href: str


class Chart(NamedTuple):
    """`needed_at` in hundredths of the width, or none; `needed` in words."""

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


def bars(
    figures: Iterable[Figure], *, unit: StrOrPromise = "", most: float | None = None, needed: float | None = None
) -> Chart:
    """`most` is the value at the full width, else the largest shown; `needed` draws the upright bar."""
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
