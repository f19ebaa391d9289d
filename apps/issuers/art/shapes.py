"""Outlines of badges on the canvas of 240, at any size around its centre, and points along them."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MIDDLE = 120.0
RADIUS = 112.0
_ROUND = 0.5522847498  # a quarter circle as a cubic curve


class Point(NamedTuple):
    x: float
    y: float


class Piece(NamedTuple):
    """A command of an SVG path with its absolute points: M, L, Q or C."""

    command: str
    points: tuple[Point, ...]


def number(value: float) -> str:
    """Two decimals, without trailing zeros or minus zero, so that equal words give equal bytes."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _pieces(text: str) -> list[Piece]:
    pieces = []
    for part in text.replace("M", "|M").replace("L", "|L").replace("Q", "|Q").replace("C", "|C").split("|")[1:]:
        values = [float(value) for value in part[1:].replace(",", " ").split()]
        pieces.append(Piece(part[0], tuple(Point(*pair) for pair in zip(values[::2], values[1::2], strict=True))))
    return pieces


def _disc() -> list[Piece]:
    k = _ROUND
    return _pieces(f"M-1 0C-1 {-k} {-k} -1 0 -1C{k} -1 1 {-k} 1 0C1 {k} {k} 1 0 1C{-k} 1 -1 {k} -1 0")


def _polygon(corners: int, turn: float, radius: float, soft: float) -> list[Piece]:
    """A regular polygon whose corners are rounded off over the share `soft` of each side."""
    ring = [
        Point(radius * math.cos(turn + 2 * math.pi * n / corners), radius * math.sin(turn + 2 * math.pi * n / corners))
        for n in range(corners)
    ]
    pieces: list[Piece] = []
    for n, corner in enumerate(ring):
        before, after = ring[n - 1], ring[(n + 1) % corners]
        start = Point(corner.x + (before.x - corner.x) * soft, corner.y + (before.y - corner.y) * soft)
        end = Point(corner.x + (after.x - corner.x) * soft, corner.y + (after.y - corner.y) * soft)
        pieces += [Piece("L" if pieces else "M", (start,)), Piece("Q", (corner, end))]
    return [*pieces, Piece("L", pieces[0].points)]


def _scallop() -> list[Piece]:
    """Sixteen petals."""
    petals, step = 16, 2 * math.pi / 16

    def at(angle: float, radius: float) -> Point:
        return Point(radius * math.cos(angle), radius * math.sin(angle))

    start = -math.pi / 2 - step / 2
    pieces = [Piece("M", (at(start, 0.94),))]
    for n in range(petals):
        angle = start + n * step
        controls = at(angle + step * 0.12, 1.045), at(angle + step * 0.88, 1.045)
        pieces.append(Piece("C", (*controls, at(angle + step, 0.94))))
    return pieces


def _shield() -> list[Piece]:
    return _pieces(
        "M-.75 -.964Q0 -.893 .75 -.964Q.875 -.964 .884 -.821L.884 .036C.884 .554 .411 .857 0 1.018"
        "C-.411 .857 -.884 .554 -.884 .036L-.884 -.821Q-.875 -.964 -.75 -.964"
    )


def _arch() -> list[Piece]:
    r, top, k = 0.84, -0.16, _ROUND * 0.84
    return _pieces(
        f"M{-r} {top}C{-r} {top - k} {-k} {top - r} 0 {top - r}C{k} {top - r} {r} {top - k} {r} {top}"
        f"L{r} .82Q{r} .98 {r - 0.16} .98L{-r + 0.16} .98Q{-r} .98 {-r} .82L{-r} {top}"
    )


_UNIT: dict[str, list[Piece]] = {
    "disc": _disc(),
    "hexagon": _polygon(6, -math.pi / 2, 1.03, 0.14),
    "octagon": _polygon(8, math.pi / 8, 1.03, 0.12),
    "shield": _shield(),
    "arch": _arch(),
    "scallop": _scallop(),
}


class Outline:
    """The outline of a shape at a share of the full size."""

    def __init__(self, shape: str, share: float) -> None:
        size = RADIUS * share
        self._pieces = [
            Piece(command, tuple(Point(MIDDLE + x * size, MIDDLE + y * size) for x, y in points))
            for command, points in _UNIT[shape]
        ]

    @property
    def path(self) -> str:
        words = [
            piece.command + " ".join(f"{number(point.x)} {number(point.y)}" for point in piece.points)
            for piece in self._pieces
        ]
        return "".join(words) + "Z"

    def _flat(self) -> list[Point]:
        here = self._pieces[0].points[0]
        line = [here]
        for command, points in self._pieces[1:]:
            steps = 1 if command == "L" else 24
            line += [_on_curve((here, *points), n / steps) for n in range(1, steps + 1)]
            here = points[-1]
        return line

    def length(self) -> float:
        line = self._flat()
        return sum(math.dist(a, b) for a, b in itertools.pairwise(line))

    def points(self, count: int) -> Iterator[tuple[Point, Point]]:
        """`count` points at equal distances along it, each with the unit vector that points outwards there."""
        line = self._flat()
        gap = self.length() / count
        due = gap / 2
        for a, b in itertools.pairwise(line):
            side = math.dist(a, b)
            while side and due <= side:
                along = Point((b.x - a.x) / side, (b.y - a.y) / side)
                yield Point(a.x + along.x * due, a.y + along.y * due), Point(along.y, -along.x)
                due += gap
            due -= side


def _on_curve(points: tuple[Point, ...], t: float) -> Point:
    """De Casteljau: a point on a line, a quadratic or a cubic curve."""
    while len(points) > 1:
        points = tuple(Point(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t) for a, b in itertools.pairwise(points))
    return points[0]
