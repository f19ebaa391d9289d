"""Moving pictures, frame by frame."""

from __future__ import annotations

from functools import cache
from itertools import starmap
from math import cos, sin, tau
from typing import TYPE_CHECKING

from apps.demo.evidence.canvas import circle, dice, drawing, group, line, oval, path, rect, shadow
from apps.demo.evidence.film import A_SECOND
from apps.demo.evidence.scenes import CLEAN, HIGH, WIDE, comb, lock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BLOWS = 6
_BROAD = 150
_LEFT, _TOP, _FOOT = 150, 190, 800
_MIDDLE, _WAIST = 600, 490
_ACROSS, _DOWN = 500, 320


@cache
def last_side(*, seconds: int = 9, seed: str = "side") -> tuple[str, ...]:
    """A ewe's flank close up: blow after blow the wool comes off, and the person with the phone isn't quite still."""
    throws = dice(seed)
    wool = [
        (x, y, lock(x, y, throws.choice(CLEAN), seed))
        for x, y in starmap(_inside, [(throws.random(), throws.random()) for _ in range(120)])
    ]
    count = seconds * A_SECOND
    return tuple(_frame(wool, number / count, seed) for number in range(count))


def followed(page: Callable[..., str], title: str, steps: Sequence[object]) -> tuple[str, ...]:
    """A page of steps followed to the end: a tick per second, and a pencil moving down beside it."""
    seconds = [_followed(page(title, steps, done=done), done) for done in range(len(steps) + 1)]
    return tuple(second for second in seconds for _ in range(A_SECOND))


def _followed(sheet: str, done: int) -> str:
    """The upper part of the page on a table, from above."""
    table = "".join(rect(0, y, WIDE, 84, ("#a58a63", "#9c825c")[y // 90 % 2]) for y in range(0, HIGH, 90))
    lying = sheet.replace("<svg ", '<svg x="170" y="40" ', 1)
    pencil = group(line(0, 0, 190, 150, "#c98a1b", 22), line(0, 0, 14, 11, "#2b2b2b", 12), move=(262, 262 + 58 * done))
    return drawing(WIDE, HIGH, table, lying, pencil, ground="#8c7a5f")


def _inside(turn: float, far: float) -> tuple[float, float]:
    angle, far = tau * turn, far**0.5
    return _MIDDLE + _ACROSS * far * cos(angle), _WAIST + _DOWN * far * sin(angle)


def _frame(wool: list[tuple[float, float, str]], share: float, seed: str) -> str:
    blow, along = divmod(share * _BLOWS, 1)
    edge, y = _LEFT + _BROAD * blow, _FOOT - (_FOOT - _TOP) * along
    floor = "".join(rect(-60, row, WIDE + 120, 58, "#8c7a5f") for row in range(-60, HIGH + 60, 66))
    body = shadow(_MIDDLE, 530, _ACROSS + 40, _DOWN + 30) + oval(_MIDDLE, _WAIST, _ACROSS, _DOWN, "#f3e6da")
    ridges = "".join(
        path(f"M{_LEFT + _BROAD * k} 300 q34 190 0 380", stroke="#dfcbb8", width=6) for k in range(1, int(blow) + 1)
    )
    unshorn = path(f"M{edge} 0 V{y} H{edge + _BROAD} V{HIGH} H{WIDE + 60} V0 Z", "#fff")
    coat = f'<clipPath id="unshorn">{unshorn}</clipPath>' + oval(
        _MIDDLE, _WAIST, _ACROSS, _DOWN, "#d9c9a0", 'clip-path="url(#unshorn)"'
    )
    left = "".join(drawn for x, wy, drawn in wool if x > edge + _BROAD or (x > edge and wy < y))
    sway = (14 * sin(tau * share * 5), 10 * sin(tau * share * 7 + len(seed)))
    held = _handpiece(edge + _BROAD / 2, y)
    return drawing(WIDE, HIGH, group(floor, body, ridges, coat, left, held, move=sway), ground="#75613f")


def _handpiece(x: float, y: float) -> str:
    """A comb, the steel behind it, a hand around that, and the tube that drives it."""
    steel = rect(-34, 40, 68, 230, "#9aa5ab", round=26, more='stroke="#5d686e" stroke-width="4"')
    hand = oval(0, 190, 78, 64, "#b98563") + "".join(circle(-54 + 36 * k, 146, 24, "#c6906d") for k in range(4))
    tube = line(0, 260, 120, 900, "#3b4348", 34)
    return group(tube, steel, group(comb(), scale=0.7), hand, move=(x, y))
