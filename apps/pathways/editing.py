"""A draft as the tree editor shows it: its nodes, what each asks for, what is wrong with it, and where it can be
moved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from apps.pathways.rules import Held, Kind, evaluate, forecast, why_not
from apps.pathways.rules.facts import in_framework
from apps.pathways.rules.wording import plain, pool

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime
    from decimal import Decimal

    from apps.pathways.queries import Asked
    from apps.pathways.rules import Finding, Forecast, Progress, Rule, Tree

ICONS: dict[str, str] = {
    Kind.ALL: "list-check",
    Kind.ANY: "signpost-split",
    Kind.SOME: "check2-square",
    Kind.CREDITS: "clock-fill",
    Kind.MILESTONE: "flag",
    Kind.BADGE: "award",
    Kind.EXTERNAL: "box-arrow-in-down",
    Kind.CAPSTONE: "patch-check-fill",
}
# How many badges that a pool may draw on can be tried out.
MOST_TRIED = 40


class Place(NamedTuple):
    """The node to move into, and the position among its children, not counting the moved node."""

    into: str
    position: int


@dataclass
class Row:
    """One node in the editor. `moves`: which of up, down, in and out are possible."""

    code: str
    kind: str
    icon: str
    name: str
    asks: str
    is_group: bool
    moves: frozenset[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)
    children: list[Row] = field(default_factory=list)


def rows(about: Asked, findings: Iterable[Finding]) -> Row:
    """The root with everything beneath it."""
    found: dict[str, list[Finding]] = {}
    for one in findings:
        found.setdefault(one.code, []).append(one)
    made: dict[str, Row] = {}
    for rule in about.tree.upward:
        made[rule.code] = Row(
            code=rule.code,
            kind=rule.kind,
            icon=ICONS[rule.kind],
            name=about.names.of(rule),
            asks=asks(rule, about),
            is_group=not rule.is_leaf,
            moves=frozenset(do for do in ("up", "down", "in", "out") if place_after(about.tree, rule.code, do)),
            findings=found.get(rule.code, []),
            children=[made[child.code] for child in rule.children],
        )
    return made[about.tree.root.code]


def asks(rule: Rule, about: Asked) -> str:
    """The quiet line beneath the name."""
    return " · ".join(_of_step(rule, about) if rule.is_leaf else _of_group(rule, about))


def _of_step(rule: Rule, about: Asked) -> Iterator[str]:
    if rule.kind == Kind.CAPSTONE:
        yield _("Capstone, when all the rest is held")
    if rule.kind == Kind.EXTERNAL:
        yield _("From elsewhere")
    offer = about.offers.get(rule.achievement) if rule.achievement is not None else None
    if offer is not None:
        yield offer.issuer_name
        if offer.worth.credits:
            yield about.names.amount(offer.worth.credits, offer.worth.framework)


def _of_group(rule: Rule, about: Asked) -> Iterator[str]:
    if rule.kind == Kind.MILESTONE:
        yield _("Milestone")
        if rule.achievement in about.offers:
            yield _("awards “%(name)s”") % {"name": about.offers[rule.achievement].name}
        if rule.in_order:
            yield _("one after the other")
    elif rule.name:
        yield about.names.kind(rule)
    if rule.draws_on_any:
        yield _("from %(what)s") % {"what": pool(rule, about.names)}


def place_after(tree: Tree, code: str, do: str) -> Place | None:
    """Where a step up, down, in or out leads from the node's place, or None if it isn't possible."""
    parent = tree.parents.get(code)
    if parent is None:
        return None
    at = next(place for place, child in enumerate(parent.children) if child.code == code)
    before = parent.children[at - 1] if at else None
    after = parent.children[at + 1] if at + 1 < len(parent.children) else None
    above = tree.parents.get(parent.code)
    places = {
        "up": Place(parent.code, at - 1) if before else None,
        "down": Place(parent.code, at + 1) if after else None,
        "in": _into(before, after),
        "out": Place(above.code, above.children.index(parent) + 1) if above else None,
    }
    return places.get(do)


def _into(before: Rule | None, after: Rule | None) -> Place | None:
    """The end of the group before it, else the beginning of the one after it."""
    if before is not None and not before.is_leaf:
        return Place(before.code, len(before.children))
    return Place(after.code, 0) if after is not None and not after.is_leaf else None


# --- trying it out ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Tick:
    """A badge that can be ticked as held while trying out."""

    value: str
    name: str
    about: str
    is_chosen: bool


@dataclass(frozen=True)
class Stood:
    """A node as a learner would find it, `depth` levels below the top."""

    code: str
    icon: str
    name: str
    standing: str
    why: str
    depth: int


@dataclass(frozen=True)
class Tried:
    ticks: list[Tick]
    nodes: list[Stood]
    progress: Progress
    ahead: Forecast
    credits: str
    left: str


def try_out(about: Asked, chosen: Collection[str], now: datetime) -> Tried:
    """The standing of a person who holds what is chosen. Nothing is saved."""
    ticks = list(_ticks(about, chosen))
    held = [*_held(about, {tick.value for tick in ticks if tick.is_chosen})]
    progress = evaluate(about.tree, held, about.equals, now)
    ahead = forecast(about.tree, progress, about.offers, about.framework, about.equals)
    nodes = [
        Stood(
            code=rule.code,
            icon=ICONS[rule.kind],
            name=about.names.of(rule),
            standing=progress.standing[rule.code],
            why=why_not(rule, about.tree, progress, about.names),
            depth=len(list(about.tree.above(rule.code))),
        )
        for rule in about.tree.rules
    ]
    total = progress.credits(about.tree.root.code, about.framework)
    return Tried(
        ticks=ticks,
        nodes=nodes,
        progress=progress,
        ahead=ahead,
        credits=_amount(about, total),
        left=_amount(about, ahead.credits),
    )


def _amount(about: Asked, credits_: Decimal) -> str:
    return about.names.amount(credits_, about.framework) if plain(credits_) != "0" else ""


def _ticks(about: Asked, chosen: Collection[str]) -> Iterable[Tick]:
    seen = set()
    for leaf in about.tree.leaves:
        value = f"b{leaf.achievement}" if leaf.achievement is not None else leaf.code
        value = _slug(about, leaf) or value
        if value not in seen:
            seen.add(value)
            yield Tick(value, about.names.of(leaf), asks(leaf, about), value in chosen)
    for badge in _drawn(about):
        offer = about.offers[badge]
        brings = about.names.amount(offer.worth.credits, offer.worth.framework)
        yield Tick(offer.slug, offer.name, f"{offer.issuer_name} · {brings}", offer.slug in chosen)


def _slug(about: Asked, leaf: Rule) -> str:
    offer = about.offers.get(leaf.achievement) if leaf.achievement is not None else None
    return offer.slug if offer is not None else ""


def _drawn(about: Asked) -> Sequence[int]:
    """The badges that its pools may draw on, by name."""
    from apps.pathways.rules.evaluating import fits

    pools = [rule for rule in about.tree.rules if rule.draws_on_any]
    here = about.tree.achievements | about.tree.awards
    found = [
        badge
        for badge, offer in about.offers.items()
        if badge not in here
        and any(
            fits(rule, offer.worth) and in_framework(offer.worth.credits, offer.worth.framework, rule.framework)
            for rule in pools
        )
    ]
    return sorted(found, key=lambda badge: (about.offers[badge].name, badge))[:MOST_TRIED]


def _held(about: Asked, chosen: Collection[str]) -> Iterable[Held]:
    equals = {equal.key: equal for equal in about.equals}
    for at, (badge, offer) in enumerate(sorted(about.offers.items())):
        if offer.slug in chosen:
            yield Held((0, at), offer.worth, achievement=badge)
    for at, leaf in enumerate(about.tree.leaves):
        if leaf.equivalence is not None and leaf.code in chosen and leaf.equivalence in equals:
            equal = equals[leaf.equivalence]
            yield Held((1, at), achievement=equal.theirs, foreign=equal.foreign)
