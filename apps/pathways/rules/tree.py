"""A pathway as a tree of rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Kind(StrEnum):
    ALL = "all"
    ANY = "any"
    SOME = "some"
    CREDITS = "credits"
    MILESTONE = "milestone"
    BADGE = "badge"
    EXTERNAL = "external"
    CAPSTONE = "capstone"


GROUPS = frozenset({Kind.ALL, Kind.ANY, Kind.SOME, Kind.CREDITS, Kind.MILESTONE})


@dataclass(frozen=True, slots=True)
class Rule:
    """One node. `achievement`, `equivalence` and `issuers` are keys; `skills` are web addresses of skills.

    `needed`: how many of its children, for SOME. `credits` of `framework`, for CREDITS: from its children, and from
    any badge that meets all that is set of `level_from` in `level_framework`, `skills` (one is enough) and `issuers`.
    """

    code: str
    kind: Kind
    name: str = ""
    children: tuple[Rule, ...] = ()
    in_order: bool = False
    needed: int = 0
    achievement: int | None = None
    equivalence: int | None = None
    credits: Decimal = Decimal(0)
    framework: str = ""
    level_framework: str = ""
    level_from: int = 0
    skills: frozenset[str] = frozenset()
    issuers: frozenset[int] = frozenset()

    @property
    def is_leaf(self) -> bool:
        return self.kind not in GROUPS

    @property
    def draws_on_any(self) -> bool:
        """Whether it counts badges that no node names."""
        return self.kind == Kind.CREDITS and bool(self.level_framework or self.skills or self.issuers)


@dataclass(frozen=True)
class Tree:
    """The rules of one version. `award` is the key of the badge that completing it awards."""

    root: Rule
    award: int | None = None
    _walked: tuple[Rule, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_walked", tuple(_walk(self.root)))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every node, parents before children, in reading order."""
        return self._walked

    @cached_property
    def upward(self) -> tuple[Rule, ...]:
        """Every node, children before their parents, otherwise in reading order."""
        return tuple(reversed(tuple(_walk(self.root, backwards=True))))

    @cached_property
    def by_code(self) -> dict[str, Rule]:
        return {rule.code: rule for rule in self._walked}

    @cached_property
    def leaves(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self._walked if rule.kind not in GROUPS)

    @cached_property
    def parents(self) -> dict[str, Rule]:
        """The parent of each node except the root, by the node's code."""
        return {child.code: rule for rule in self._walked for child in rule.children}

    @cached_property
    def achievements(self) -> frozenset[int]:
        """The keys of all badges that it names as something to hold."""
        return frozenset(rule.achievement for rule in self.leaves if rule.achievement is not None)

    @cached_property
    def awards(self) -> frozenset[int]:
        """The keys of all badges that it awards, at its end and at milestones."""
        given = {rule.achievement for rule in self._walked if rule.kind == Kind.MILESTONE} | {self.award}
        return frozenset(one for one in given if one is not None)

    @cached_property
    def capstone(self) -> Rule | None:
        return next((rule for rule in self.leaves if rule.kind == Kind.CAPSTONE), None)

    def above(self, code: str) -> Iterator[Rule]:
        """The nodes above one, the nearest first."""
        while code in self.parents:
            rule = self.parents[code]
            yield rule
            code = rule.code


def _walk(root: Rule, *, backwards: bool = False) -> Iterator[Rule]:
    """Walk the tree without recursion: until the design check sets a limit, it may be as deep as its author likes."""
    waiting = [root]
    while waiting:
        rule = waiting.pop()
        yield rule
        waiting.extend(rule.children if backwards else reversed(rule.children))
