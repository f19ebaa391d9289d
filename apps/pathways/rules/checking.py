"""What is wrong with a tree, in words: found when it is designed, before anyone walks it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.pathways.rules.evaluating import fits
from apps.pathways.rules.facts import in_framework
from apps.pathways.rules.tree import GROUPS, Kind
from apps.pathways.rules.wording import and_, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from apps.pathways.rules.facts import Equal, Offer, Worth
    from apps.pathways.rules.tree import Rule, Tree
    from apps.pathways.rules.wording import Names

MOST_NODES = 500
MOST_LEVELS = 12


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is the node's; `stops`: it has to be mended before the version can be published."""

    code: str
    sentence: str
    stops: bool = True


@dataclass(frozen=True)
class Graph:
    """What precedes what in all other published pathways. `asks`: award -> the badges that it is made of; `waits`:
    capstone -> those without which it stays closed.
    """

    asks: Mapping[int, frozenset[int]] = field(default_factory=dict)
    waits: Mapping[int, frozenset[int]] = field(default_factory=dict)

    @property
    def edges(self) -> list[tuple[int, int]]:
        """Pairs of a badge and one that precedes it."""
        return [
            (one, before) for told in (self.asks, self.waits) for one, several in told.items() for before in several
        ]


def check(tree: Tree, names: Names, equals: Iterable[Equal], graph: Graph) -> list[Finding]:
    """Everything that is wrong with a tree: what stops it first, then in the tree's order. `equals`: those in force.

    `names.offers` has to hold the whole catalogue that its pools draw on, and the badges that `equals` name.
    """
    rules = {equal.key: equal for equal in equals}
    found = [
        *_bounds(tree),
        *_empty(tree, names),
        *_counts(tree, names),
        *_capstones(tree, names),
        *_twice(tree, names, rules),
        *_awarded_twice(tree, names),
        *_circles(tree, names, graph),
        *_made_of(tree, names, graph),
        *_gone(tree, names, rules),
        *_sums(tree, names, rules),
        *_pools(tree, names, rules),
        *_award(tree, names, rules),
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
            deepest.code,
            _("This is more than %(most)d levels deep: nobody will find it there.") % {"most": MOST_LEVELS},
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
        there = len(rule.children)
        if rule.kind == Kind.ANY and there == 1:
            text = _("“%(name)s” leaves no choice: only one thing is in it.") % {"name": names.of(rule)}
            yield Finding(rule.code, text, stops=False)
        if rule.kind != Kind.SOME or not there:
            continue
        if rule.needed > there:
            facts = {"name": names.of(rule), "n": rule.needed, "there": there}
            yield Finding(rule.code, _("“%(name)s” asks for %(n)d of %(there)d: nobody could reach it.") % facts)
        elif rule.needed == there:
            yield Finding(
                rule.code,
                _("“%(name)s” asks for everything in it. Choose “All of these” instead.") % {"name": names.of(rule)},
                stops=False,
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
                _("The capstone “%(name)s” waits for everything else, so nothing can come after it. Put it last.")
                % {"name": names.of(rule)},
            )


def _twice(tree: Tree, names: Names, rules: Mapping[int, Equal]) -> Iterator[Finding]:
    """The same badge in two places that may both be needed: one credential counts for only one of them."""
    first: dict[object, list[Rule]] = {}
    for rule in tree.leaves:
        before = first.setdefault(_asked_of(rule, rules), [])
        other = next((one for one in before if not _alternatives(tree, rule, one)), None)
        if other is not None and {rule.kind, other.kind} & {Kind.EXTERNAL} and rule.equivalence != other.equivalence:
            facts = {"name": names.of(rule), "other": names.of(other)}
            text = _("“%(name)s” and “%(other)s” ask for the same badge, and it counts once. Take one out.") % facts
            yield Finding(rule.code, text)
        elif other is not None:
            text = _("“%(name)s” is here twice, and would count twice. Take one out.") % {"name": names.of(rule)}
            yield Finding(rule.code, text)
        before.append(rule)


def _asked_of(rule: Rule, rules: Mapping[int, Equal]) -> object:
    """The badge that a step needs, whatever the step is called."""
    equal = rules.get(rule.equivalence) if rule.equivalence is not None else None
    if equal is not None:
        return equal.theirs if equal.theirs is not None else equal.foreign
    return rule.achievement if rule.achievement is not None else f"by {rule.equivalence}"


def _awarded_twice(tree: Tree, names: Names) -> Iterator[Finding]:
    """Badges awarded twice on the way, or used as a step beside what they are awarded for."""
    steps = {leaf.achievement: leaf for leaf in tree.leaves if leaf.achievement is not None}
    given = {tree.award: tree.root} if tree.award is not None else {}
    for rule in tree.rules:
        if rule.kind != Kind.MILESTONE or rule.achievement is None:
            continue
        facts = {"name": _called(rule.achievement, names), "milestone": names.of(rule)}
        if rule.achievement in given:
            yield Finding(
                rule.code,
                _("“%(name)s” is already awarded elsewhere in this pathway: “%(milestone)s” would award it again.")
                % facts,
            )
        given[rule.achievement] = rule
        step = steps.get(rule.achievement)
        if step is not None and rule not in tree.above(step.code):
            yield Finding(
                step.code,
                _("“%(name)s” is awarded at the milestone “%(milestone)s”, so it can't be asked for outside it.")
                % facts,
            )


def _alternatives(tree: Tree, one: Rule, other: Rule) -> bool:
    """Whether they are in different branches of a node that needs only one branch."""
    above = {rule.code for rule in tree.above(one.code)}
    shared = next(rule for rule in tree.above(other.code) if rule.code in above)
    return shared.kind == Kind.ANY


def _circles(tree: Tree, names: Names, graph: Graph) -> Iterator[Finding]:
    """Badges that lead back to themselves through other pathways."""
    ends = [(tree.root, tree.award, tree.achievements)] if tree.award is not None else []
    ends += [
        (rule, rule.achievement, _beneath(rule))
        for rule in tree.rules
        if rule.kind == Kind.MILESTONE and rule.achievement is not None
    ]
    capstone = tree.capstone
    if capstone is not None and capstone.achievement is not None:
        ends.append((capstone, capstone.achievement, tree.achievements - {capstone.achievement}))
    if not ends:
        return
    import networkx as nx  # large, and only authors need it

    net = nx.DiGraph(graph.edges)
    net.add_edges_from((end, asked) for _rule, end, several in ends for asked in several)
    told: set[str] = set()
    for rule, end, several in ends:
        for asked in sorted(several):
            if asked != end and not nx.has_path(net, asked, end):
                continue
            at = next((leaf.code for leaf in tree.leaves if leaf.achievement == asked), rule.code)
            if at in told:
                continue
            told.add(at)
            facts = {"award": _called(end, names), "name": _called(asked, names)}
            if asked == end:
                text = _("“%(award)s” is what this leads to, so it can't be a step towards it.") % facts
            else:
                text = _("“%(name)s” itself needs “%(award)s” in another pathway, so it would be a circle.") % facts
            yield Finding(at, text)


def _made_of(tree: Tree, names: Names, graph: Graph) -> Iterator[Finding]:
    """A badge beside the parts that it is made of, if both may be needed: the parts would count twice."""
    parts: dict[int, frozenset[int]] = {}

    def made_of(badge: int, above: frozenset[int]) -> frozenset[int]:
        if badge not in parts and badge not in above:
            beneath = graph.asks.get(badge, frozenset())
            parts[badge] = beneath.union(*(made_of(one, above | {badge}) for one in beneath))
        return parts.get(badge, frozenset())

    for rule in tree.leaves:
        if rule.kind != Kind.BADGE or rule.achievement is None or rule.achievement not in graph.asks:
            continue
        within = made_of(rule.achievement, frozenset())
        for other in tree.leaves:
            if other.kind == Kind.CAPSTONE or other is rule:  # whatever waits for the capstone makes a circle
                continue
            if other.achievement in within and not _alternatives(tree, rule, other):
                facts = {"whole": names.of(rule), "part": names.of(other)}
                yield Finding(
                    other.code,
                    _("“%(part)s” is part of “%(whole)s”, which is here too: it would count twice.") % facts,
                )


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


def _gone(tree: Tree, names: Names, rules: Mapping[int, Equal]) -> Iterator[Finding]:
    """Steps that nobody can earn any more: an error if there is no way around them."""
    closed = [rule for rule in tree.leaves if rule.achievement is not None and not _is_open(rule, names.offers)]
    stops = bool(closed) and not _can_be_reached(tree, names, rules)
    for rule in closed:
        yield Finding(
            rule.code,
            _("Nobody can begin “%(name)s” now: it is not published. Choose another.") % {"name": names.of(rule)},
            stops=stops or rule.kind == Kind.CAPSTONE,
        )
    for rule in tree.leaves:
        if rule.equivalence is not None and rule.equivalence not in rules:
            yield Finding(
                rule.code,
                _("“%(name)s” does not count here yet: the rule for it is not accepted.") % {"name": names.of(rule)},
            )


def _is_open(rule: Rule, offers: Mapping[int, Offer]) -> bool:
    offer = offers.get(rule.achievement) if rule.achievement is not None else None
    return offer is not None and offer.open


def _can_be_reached(tree: Tree, names: Names, rules: Mapping[int, Equal]) -> bool:
    """Whether some way to the end avoids what is closed."""
    reached: dict[str, bool] = {}
    for rule in tree.upward:
        if rule.kind not in GROUPS:
            reached[rule.code] = rule.equivalence in rules if rule.achievement is None else _is_open(rule, names.offers)
            continue
        open_ = sum(reached[child.code] for child in rule.children)
        if rule.kind == Kind.ANY:
            reached[rule.code] = open_ >= 1
        elif rule.kind == Kind.SOME:
            reached[rule.code] = open_ >= rule.needed
        elif rule.kind == Kind.CREDITS:
            most = Amounts(tree, names, rules, rule.framework, within=reached).most
            reached[rule.code] = most[rule.code] >= rule.credits
        else:
            reached[rule.code] = open_ == len(rule.children)
    return reached[tree.root.code]


def _sums(tree: Tree, names: Names, rules: Mapping[int, Equal]) -> Iterator[Finding]:
    """Nodes that ask for more credits than what is beneath them brings."""
    for rule in tree.rules:
        if rule.kind != Kind.CREDITS or not (rule.children or rule.draws_on_any):
            continue
        most = Amounts(tree, names, rules, rule.framework).most[rule.code]
        if most < rule.credits:
            facts = {
                "name": names.of(rule),
                "asked": names.amount(rule.credits, rule.framework),
                "most": plain(most),
            }
            if rule.draws_on_any:
                text = _("“%(name)s” asks for %(asked)s; beside what is named here, it can draw on %(most)s at most.")
            else:
                text = _("“%(name)s” asks for %(asked)s; what is in it brings %(most)s at most.")
            yield Finding(rule.code, text % facts)


def _pools(tree: Tree, names: Names, rules: Mapping[int, Equal]) -> Iterator[Finding]:
    """Pools that all have to be filled and draw on the same badges, although each badge fills only one."""
    needed = [rule for rule in tree.rules if rule.draws_on_any and _is_needed(tree, rule)]
    if not needed:
        return
    import networkx as nx

    for framework in sorted({rule.framework for rule in needed}):
        pools = [rule for rule in needed if rule.framework == framework]
        if len(pools) <= 1:  # one pool has no other to share with
            continue
        amounts = Amounts(tree, names, rules, framework)
        net, wanted = nx.DiGraph(), 0
        for rule in pools:
            beneath = sum((amounts.most[child.code] for child in rule.children), Decimal(0))
            short = int(max(rule.credits - beneath, Decimal(0)) * 10)
            wanted += short
            net.add_edge(rule.code, "filled", capacity=short)
            for badge in amounts.pool(rule):
                net.add_edge("all", badge, capacity=int(amounts.brought(names.offers[badge].worth) * 10))
                net.add_edge(badge, rule.code)
        if "all" in net and int(nx.maximum_flow_value(net, "all", "filled")) < wanted:
            text = _("%(list)s draw on the same badges, and each counts once: there aren't enough for all.")
            yield Finding(
                pools[-1].code, text % {"list": and_([_("“%(name)s”") % {"name": names.of(one)} for one in pools])}
            )


def _is_needed(tree: Tree, rule: Rule) -> bool:
    """Whether there is no way around it."""
    return all(
        one.kind in (Kind.ALL, Kind.MILESTONE) or (one.kind == Kind.SOME and one.needed >= len(one.children))
        for one in tree.above(rule.code)
    )


class Amounts:
    """For each node, the most and the least credits of a framework that count beneath it once it is reached.

    `within`: only what can still be reached (by code, as far as it is known).
    """

    def __init__(
        self,
        tree: Tree,
        names: Names,
        rules: Mapping[int, Equal],
        framework: str,
        *,
        within: Mapping[str, bool] | None = None,
    ) -> None:
        self._tree, self._offers, self._rules, self._framework = tree, names.offers, rules, framework
        self.most: dict[str, Decimal] = {}
        self.least: dict[str, Decimal] = {}
        for rule in tree.upward:
            if within is not None and not within.get(rule.code, True):
                self.most[rule.code] = self.least[rule.code] = Decimal(0)
            elif rule.kind not in GROUPS:
                ways = self._ways(rule)
                self.most[rule.code], self.least[rule.code] = max(ways), min(ways)
            else:
                self._add(rule)

    def brought(self, worth: Worth) -> Decimal:
        return in_framework(worth.credits, worth.framework, self._framework)

    def pool(self, rule: Rule) -> list[int]:
        """The badges it may draw on: what is named or awarded here counts there, and nowhere else."""
        here = self._tree.achievements | self._tree.awards
        fitting = (badge for badge, offer in self._offers.items() if offer.open and fits(rule, offer.worth))
        return [badge for badge in fitting if badge not in here]

    def _ways(self, rule: Rule) -> list[Decimal]:
        """What a step brings, for each way of holding it: its own badge, or what counts as it."""
        own = self._offers.get(rule.achievement) if rule.achievement is not None else None
        ways = [self.brought(own.worth)] if own is not None else []
        if rule.equivalence is not None and rule.equivalence in self._rules:
            ways.append(self._by(self._rules[rule.equivalence]))
        elif rule.kind != Kind.CAPSTONE and rule.achievement is not None:
            ways += [self._by(equal) for equal in self._rules.values() if equal.counts_as == rule.achievement]
        return ways or [Decimal(0)]

    def _by(self, equal: Equal) -> Decimal:
        if equal.framework:
            return in_framework(equal.credits, equal.framework, self._framework)
        theirs = self._offers.get(equal.theirs) if equal.theirs is not None else None
        return self.brought(theirs.worth) if theirs is not None else Decimal(0)

    def _add(self, rule: Rule) -> None:
        most = sorted((self.most[child.code] for child in rule.children), reverse=True)
        least = sorted(self.least[child.code] for child in rule.children)
        if rule.kind in (Kind.ANY, Kind.SOME):
            enough = 1 if rule.kind == Kind.ANY else rule.needed
            most, least = most[:enough], least[:enough]
        self.most[rule.code], self.least[rule.code] = sum(most, Decimal(0)), sum(least, Decimal(0))
        if rule.kind == Kind.CREDITS:
            if rule.draws_on_any:
                drawn = (self.brought(self._offers[badge].worth) for badge in self.pool(rule))
                self.most[rule.code] += sum(drawn, Decimal(0))
            self.least[rule.code] = in_framework(rule.credits, rule.framework, self._framework)


def _award(tree: Tree, names: Names, rules: Mapping[int, Equal]) -> Iterator[Finding]:
    """Awards that can't be given, or that say more credits than were worked for."""
    for rule in tree.rules:
        award = tree.award if rule is tree.root else rule.achievement if rule.kind == Kind.MILESTONE else None
        if award is None:
            continue
        offer = names.offers.get(award)
        if offer is None or not offer.open:
            yield Finding(
                rule.code, _("“%(name)s” is not published, so it can't be awarded.") % {"name": _called(award, names)}
            )
        elif offer.worth.credits and rule.children:
            yield from _award_sum(tree, names, rules, rule, offer)


def _award_sum(tree: Tree, names: Names, rules: Mapping[int, Equal], rule: Rule, offer: Offer) -> Iterator[Finding]:
    said = offer.worth
    amounts = Amounts(tree, names, rules, said.framework)
    most, least = amounts.most[rule.code], amounts.least[rule.code]
    facts = {"name": offer.name, "said": names.amount(said.credits, said.framework)}
    if said.credits > most:
        unknown = any(
            leaf.kind == Kind.EXTERNAL and not amounts.most[leaf.code] and rule in tree.above(leaf.code)
            for leaf in tree.leaves
        )
        yield Finding(
            rule.code,
            _("“%(name)s” claims %(said)s, but the steps bring %(most)s at most.") % (facts | {"most": plain(most)}),
            stops=not unknown,
        )
    elif said.credits > least:
        yield Finding(
            rule.code,
            _("“%(name)s” claims %(said)s, but anyone who takes the lightest route has earned only %(least)s.")
            % (facts | {"least": plain(least)}),
            stops=False,
        )
