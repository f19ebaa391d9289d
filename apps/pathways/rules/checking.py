"""What is wrong with a tree before anybody walks it: refused at design time, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.pathways.rules.evaluating import Progress, Standing, fits
from apps.pathways.rules.facts import in_framework
from apps.pathways.rules.forecasting import forecast
from apps.pathways.rules.tree import Kind
from apps.pathways.rules.wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from apps.pathways.rules.facts import Offer
    from apps.pathways.rules.tree import Rule, Tree
    from apps.pathways.rules.wording import Names

MOST_NODES = 500
MOST_LEVELS = 12


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is the node's; `stops` whether it has to be mended before the version can be published."""

    code: str
    sentence: str
    stops: bool = True


@dataclass(frozen=True)
class Graph:
    """Which badge is awarded for which others by every other published pathway: award -> what it asks for."""

    asks: Mapping[int, frozenset[int]] = field(default_factory=dict)


def check(tree: Tree, names: Names, equals: frozenset[int], graph: Graph) -> list[Finding]:
    """Everything that is wrong with a tree, in its order. `equals`: keys of the equivalences in force.

    `names.offers` has to hold the whole catalogue that its pools draw on.
    """
    found = [
        *_bounds(tree),
        *_empty(tree, names),
        *_counts(tree, names),
        *_capstones(tree, names),
        *_twice(tree, names),
        *_circles(tree, names, graph),
        *_gone(tree, names, equals),
        *_sums(tree, names),
        *_award(tree, names),
    ]
    place = {rule.code: at for at, rule in enumerate(tree.rules)}
    return sorted(found, key=lambda one: (not one.stops, place.get(one.code, 0)))


def _bounds(tree: Tree) -> Iterator[Finding]:
    if len(tree.rules) > MOST_NODES:
        yield Finding(
            tree.root.code,
            _("This pathway has %(n)d nodes; %(most)d is the most that can be read.")
            % {"n": len(tree.rules), "most": MOST_NODES},
        )
    deepest = max(tree.rules, key=lambda rule: len(list(tree.above(rule.code))))
    if len(list(tree.above(deepest.code))) > MOST_LEVELS:
        yield Finding(
            deepest.code, _("It lies more than %(most)d levels deep: nobody finds it there.") % {"most": MOST_LEVELS}
        )


def _empty(tree: Tree, names: Names) -> Iterator[Finding]:
    for rule in tree.rules:
        if rule.is_leaf or rule.children or rule.draws_on_any:
            continue
        if rule is tree.root:
            yield Finding(rule.code, _("Nothing is in this pathway yet. Add its first badge."))
        elif rule.kind in (Kind.ALL, Kind.MILESTONE):
            yield Finding(
                rule.code,
                _("“%(name)s” holds nothing, so everybody would reach it at once. Put something in, or take it out.")
                % {"name": names.of(rule)},
            )
        else:
            yield Finding(
                rule.code,
                _("“%(name)s” holds nothing, so nobody could reach it. Put something in, or take it out.")
                % {"name": names.of(rule)},
            )


def _counts(tree: Tree, names: Names) -> Iterator[Finding]:
    for rule in tree.rules:
        if rule.kind != Kind.SOME or not rule.children:
            continue
        there = len(rule.children)
        if rule.needed > there:
            facts = {"name": names.of(rule), "n": rule.needed, "there": there}
            yield Finding(rule.code, _("“%(name)s” asks for %(n)d of %(there)d: nobody could reach it.") % facts)
        elif rule.needed == there:
            yield Finding(
                rule.code, _("“%(name)s” asks for all of them: say so.") % {"name": names.of(rule)}, stops=False
            )


def _capstones(tree: Tree, names: Names) -> Iterator[Finding]:
    capstones = [rule for rule in tree.leaves if rule.kind == Kind.CAPSTONE]
    for rule in capstones[1:]:
        yield Finding(
            rule.code,
            _("A pathway has one capstone. Make “%(name)s” a badge, or take it out.") % {"name": names.of(rule)},
        )
    for rule in capstones[:1]:
        parent = tree.parents[rule.code]
        if parent is not tree.root:
            yield Finding(
                rule.code,
                _("The capstone “%(name)s” closes the whole pathway: move it out of “%(group)s”.")
                % {"name": names.of(rule), "group": names.of(parent)},
            )
        elif len(parent.children) == 1:
            yield Finding(
                rule.code,
                _("Nothing comes before the capstone “%(name)s”, so it would be open at once.")
                % {"name": names.of(rule)},
            )
        elif parent.in_order and parent.children[-1] is not rule:
            yield Finding(
                rule.code,
                _("The capstone “%(name)s” waits for all others, and those after it wait for it: put it last.")
                % {"name": names.of(rule)},
            )


def _twice(tree: Tree, names: Names) -> Iterator[Finding]:
    """The same badge in two places where both may be needed: it would count twice."""
    first: dict[tuple[str, int], list[Rule]] = {}
    for rule in tree.leaves:
        key = ("equal", rule.equivalence) if rule.equivalence is not None else ("badge", rule.achievement or 0)
        for other in first.setdefault((key[0], key[1] or 0), []):
            if not _alternatives(tree, rule, other):
                yield Finding(
                    rule.code,
                    _("“%(name)s” stands here twice, and would count twice. Take one out.") % {"name": names.of(rule)},
                )
                break
        first[key[0], key[1] or 0].append(rule)
    for rule in tree.rules:
        if rule.kind == Kind.MILESTONE and rule.achievement is not None:
            again = next((leaf for leaf in tree.leaves if leaf.achievement == rule.achievement), None)
            if again is not None:
                yield Finding(
                    again.code,
                    _("“%(name)s” is awarded at the milestone “%(milestone)s”, and can't be asked for beside it.")
                    % {"name": names.of(again), "milestone": names.of(rule)},
                )


def _alternatives(tree: Tree, one: Rule, other: Rule) -> bool:
    """Whether they are in different branches of a node that needs one branch only."""
    above = {rule.code for rule in tree.above(one.code)}
    shared = next(rule for rule in tree.above(other.code) if rule.code in above)
    return shared.kind == Kind.ANY


def _circles(tree: Tree, names: Names, graph: Graph) -> Iterator[Finding]:
    """Awards that lead, over other pathways, back to themselves."""
    import networkx as nx  # large, and only authors need it

    net = nx.DiGraph([(award, asked) for award, several in graph.asks.items() for asked in several])
    awards = [(tree.root, tree.award, tree.achievements)] if tree.award is not None else []
    awards += [
        (rule, rule.achievement, _beneath(rule))
        for rule in tree.rules
        if rule.kind == Kind.MILESTONE and rule.achievement is not None
    ]
    net.add_edges_from((award, asked) for _rule, award, several in awards for asked in several)
    for rule, award, several in awards:
        for asked in sorted(several):
            if asked == award or nx.has_path(net, asked, award):
                facts = {"award": _called(award, names), "name": _called(asked, names)}
                if asked == award:
                    text = _("“%(award)s” is what this leads to, so it can't be a step towards it.") % facts
                else:
                    text = (
                        _("“%(name)s” is itself awarded for “%(award)s”, by another pathway: it would be a circle.")
                        % facts
                    )
                at = next((leaf.code for leaf in tree.leaves if leaf.achievement == asked), rule.code)
                yield Finding(at, text)


def _beneath(rule: Rule) -> frozenset[int]:
    waiting, found = list(rule.children), set()
    while waiting:
        one = waiting.pop()
        if one.is_leaf and one.achievement is not None:
            found.add(one.achievement)
        waiting.extend(one.children)
    return frozenset(found)


def _called(badge: int, names: Names) -> str:
    return names.offers[badge].name if badge in names.offers else "?"


def _gone(tree: Tree, names: Names, equals: frozenset[int]) -> Iterator[Finding]:
    """What nobody can earn any more: an error where no way leads round it."""
    nowhere = Progress(root=tree.root.code, standing={rule.code: Standing.OPEN for rule in tree.rules})
    closed = [rule for rule in tree.leaves if rule.achievement is not None and not _is_open(rule, names.offers)]
    way = forecast(tree, nowhere, names.offers, "") if closed else None
    for rule in closed:
        yield Finding(
            rule.code,
            _("Nobody can begin “%(name)s” now: it is not published. Choose another.") % {"name": names.of(rule)},
            stops=way is None or not way.possible or rule.kind == Kind.CAPSTONE,
        )
    for rule in tree.leaves:
        if rule.equivalence is not None and rule.equivalence not in equals:
            yield Finding(
                rule.code,
                _("“%(name)s” does not count here yet: the rule for it is not accepted.") % {"name": names.of(rule)},
            )


def _is_open(rule: Rule, offers: Mapping[int, Offer]) -> bool:
    offer = offers.get(rule.achievement) if rule.achievement is not None else None
    return offer is not None and offer.open


def _sums(tree: Tree, names: Names) -> Iterator[Finding]:
    """Nodes that ask for more credits than what is beneath them brings."""
    for rule in tree.rules:
        if rule.kind != Kind.CREDITS or not (rule.children or rule.draws_on_any):
            continue
        most = _most(rule, names.offers, rule.framework)
        if most < rule.credits:
            facts = {
                "name": names.of(rule),
                "asked": names.amount(rule.credits, rule.framework),
                "most": plain(most),
            }
            yield Finding(
                rule.code, _("“%(name)s” asks for %(asked)s; what it draws on brings %(most)s at most.") % facts
            )


def _most(rule: Rule, offers: Mapping[int, Offer], framework: str) -> Decimal:
    """The most credits that can count beneath a node, each badge once."""
    badges: set[int] = set()
    waiting = [rule]
    while waiting:
        one = waiting.pop()
        if one.is_leaf and one.achievement is not None and one.achievement in offers:
            badges.add(one.achievement)
        if one.draws_on_any:
            badges |= {badge for badge, offer in offers.items() if offer.open and fits(one, offer.worth)}
        waiting.extend(one.children)
    worths = [offers[badge].worth for badge in badges]
    return sum((in_framework(worth.credits, worth.framework, framework) for worth in worths), Decimal(0))


def _award(tree: Tree, names: Names) -> Iterator[Finding]:
    """What the end gives: it can be given, and says no more credits than were worked for."""
    for rule in tree.rules:
        award = tree.award if rule is tree.root else rule.achievement if rule.kind == Kind.MILESTONE else None
        if award is None:
            continue
        offer = names.offers.get(award)
        if offer is None or not offer.open:
            yield Finding(
                rule.code, _("“%(name)s” is not published, so it can't be awarded.") % {"name": _called(award, names)}
            )
            continue
        said = offer.worth
        if not said.credits or any(one.kind == Kind.EXTERNAL for one in tree.leaves):
            continue
        most = _most(rule, names.offers, said.framework)
        if said.credits > most:
            facts = {
                "name": offer.name,
                "said": names.amount(said.credits, said.framework),
                "most": plain(most),
            }
            yield Finding(
                rule.code, _("“%(name)s” says that it is %(said)s; the steps bring %(most)s at most.") % facts
            )
