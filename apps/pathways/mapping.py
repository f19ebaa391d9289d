"""A pathway as a picture: each step's column, and the threads between steps. Left to right, in pixels."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from apps.pathways.rules import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from apps.pathways.rules import Rule, Tree

WIDTH, HEIGHT = 216, 92
# Room for the threads between columns, and between cards.
ACROSS, DOWN = 56, 16
# The badge on a card, and its and the text's distance from the card's edge.
PICTURE, EDGE = 44, 10
# How many characters per line and lines a title may have: in a picture the browser can't wrap text.
SIGNS, LINES = 19, 3
END = "end"


@dataclass(frozen=True)
class Card:
    """A step in the picture: its place, and the lines of its title. `mirrored`: right to left."""

    code: str
    x: int
    y: int
    title: tuple[str, ...]
    mirrored: bool = False

    @property
    def middle(self) -> int:
        return self.y + HEIGHT // 2

    @property
    def picture_x(self) -> int:
        return self.x + (WIDTH - EDGE - PICTURE if self.mirrored else EDGE)

    @property
    def words_x(self) -> int:
        """The start of the text beside the badge: its left end, or its right end if read from right to left."""
        return self._words_after(EDGE + PICTURE + 8)

    @property
    def alone_x(self) -> int:
        """The start of the text if there is no badge."""
        return self._words_after(EDGE)

    def _words_after(self, inset: int) -> int:
        return self.x + (WIDTH - inset if self.mirrored else inset)

    @property
    def lines(self) -> list[tuple[int, str]]:
        """The lines of the title with their places, beside the badge."""
        return [(self.y + 24 + 18 * number, line) for number, line in enumerate(self.title)]


@dataclass(frozen=True)
class Thread:
    """The line from one step to the one that it opens: an SVG path, and whether it was walked."""

    path: str
    walked: bool


@dataclass(frozen=True)
class Map:
    width: int = 0
    height: int = 0
    cards: tuple[Card, ...] = ()
    threads: tuple[Thread, ...] = ()

    @property
    def by_code(self) -> dict[str, Card]:
        return {card.code: card for card in self.cards}


@dataclass
class _Net:
    """Which step leads to which, in reading order."""

    codes: list[str] = field(default_factory=list)
    leads: set[tuple[str, str]] = field(default_factory=set)

    def join(self, before: Iterable[str], after: Iterable[str]) -> None:
        self.leads |= {(one, other) for one in before for other in after}


def draw(tree: Tree, titles: Mapping[str, str], holds: Callable[[str], bool], *, mirrored: bool = False) -> Map:
    """The picture of a tree. `titles`: by each step's code, and by `END` if the pathway awards something. `mirrored`:
    from right to left.
    """
    import networkx as nx  # large, and only these pages need it

    net = _net(tree, ends=END in titles)
    graph = nx.DiGraph()
    graph.add_nodes_from(net.codes)
    graph.add_edges_from(sorted(net.leads))
    place = {code: number for number, code in enumerate(net.codes)}
    columns = [sorted(several, key=place.__getitem__) for several in nx.topological_generations(graph)]
    width = len(columns) * (WIDTH + ACROSS) - ACROSS if columns else 0
    cards: dict[str, Card] = {}
    for at, several in enumerate(columns):
        left = at * (WIDTH + ACROSS)
        x = width - left - WIDTH if mirrored else left
        for code, y in _rows(several, {code: [cards[one].y for one in graph.predecessors(code)] for code in several}):
            cards[code] = Card(code, x, y, _broken(titles.get(code, "")), mirrored=mirrored)
    return Map(
        width=width,
        height=max((card.y + HEIGHT for card in cards.values()), default=0),
        cards=tuple(cards[code] for code in net.codes),
        # Those that were walked are drawn above the others.
        threads=tuple(
            Thread(_path(cards[one], cards[other], mirrored=mirrored), holds(one))
            for one, other in sorted(net.leads, key=lambda pair: (holds(pair[0]), *pair))
        ),
    )


def _rows(column: Sequence[str], before: Mapping[str, Sequence[int]]) -> Iterator[tuple[str, int]]:
    """The y of each card in a column: in the middle of those that lead to it, so that their threads pass the others;
    else beneath the one above.
    """
    wanted = {code: sum(before[code]) // len(before[code]) if before[code] else 0 for code in column}
    free = 0
    for code in sorted(column, key=wanted.__getitem__):
        y = max(wanted[code], free)
        free = y + HEIGHT + DOWN
        yield code, y


def shown(rule: Rule) -> bool:
    """Whether a node is a step of its own in the picture; groups show only in how the threads run."""
    return rule.is_leaf or rule.kind == Kind.MILESTONE or rule.draws_on_any


def _net(tree: Tree, *, ends: bool) -> _Net:
    net = _Net([rule.code for rule in tree.upward if shown(rule)])
    first: dict[str, list[str]] = {}  # for each node, what in it can be begun at once
    last: dict[str, list[str]] = {}  # and what comes last in it
    for rule in tree.upward:
        if rule.is_leaf:
            first[rule.code] = last[rule.code] = [rule.code]
            continue
        beneath = list(rule.children)
        capstones = [child for child in beneath if child.kind == Kind.CAPSTONE] if not rule.in_order else []
        others = [child for child in beneath if child not in capstones]
        if rule.in_order:
            for before, after in pairwise(beneath):
                net.join(last[before.code], first[after.code])
            first[rule.code] = first[beneath[0].code] if beneath else []
            last[rule.code] = last[beneath[-1].code] if beneath else []
        else:
            first[rule.code] = [code for child in others for code in first[child.code]]
            last[rule.code] = [code for child in others for code in last[child.code]]
            for capstone in capstones:
                net.join(last[rule.code], [capstone.code])
                last[rule.code] = [capstone.code]
        if shown(rule):
            net.join(last[rule.code], [rule.code])
            first[rule.code] = first[rule.code] or [rule.code]
            last[rule.code] = [rule.code]
    if ends:
        net.codes.append(END)
        net.join(last[tree.root.code], [END])
    return net


def _path(one: Card, other: Card, *, mirrored: bool) -> str:
    """The SVG path: out of one card, along the gap before the other, into it."""
    start, stop = (one.x, other.x + WIDTH) if mirrored else (one.x + WIDTH, other.x)
    turn = stop + ACROSS // 2 if mirrored else stop - ACROSS // 2
    return f"M{start} {one.middle}H{turn}V{other.middle}H{stop}"


def _broken(title: str) -> tuple[str, ...]:
    lines = textwrap.wrap(title, SIGNS)
    if len(lines) <= LINES:
        return tuple(lines)
    return (*lines[: LINES - 1], f"{lines[LINES - 1][: SIGNS - 1].rstrip()}…")
