"""The distance to the end: the fewest steps, and the credits that they bring."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from apps.pathways.rules.evaluating import Standing, fits
from apps.pathways.rules.facts import in_framework
from apps.pathways.rules.tree import GROUPS, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from apps.pathways.rules.evaluating import Progress
    from apps.pathways.rules.facts import Equal, Offer
    from apps.pathways.rules.tree import Rule, Tree


@dataclass(frozen=True, slots=True)
class Forecast:
    """`steps` and the `credits` they bring; `codes` and `badges` are what to do, in the order of the tree.

    `possible` is false if there is no way to the end: something on every way can't be earned any more.
    """

    steps: int = 0
    credits: Decimal = Decimal(0)
    codes: tuple[str, ...] = ()
    badges: tuple[int, ...] = ()
    possible: bool = True

    def __add__(self, other: Forecast) -> Forecast:
        return Forecast(
            self.steps + other.steps,
            self.credits + other.credits,
            self.codes + other.codes,
            self.badges + other.badges,
            self.possible and other.possible,
        )

    @property
    def cost(self) -> tuple[bool, int, Decimal]:
        """A sort key: possible ways first, then fewer steps, then fewer credits' worth of work."""
        return (not self.possible, self.steps, self.credits)


NOTHING = Forecast()
NO_WAY = Forecast(possible=False)


def forecast(
    tree: Tree, progress: Progress, offers: Mapping[int, Offer], framework: str, equals: Sequence[Equal] = ()
) -> Forecast:
    """The fewest steps from a person's standing to the end, with their credits in those of `framework`. `equals` say
    what steps from elsewhere bring.
    """
    found = _Ahead(tree, progress, offers, framework, equals).found
    if len(found.badges) > len(set(found.badges)):
        # Two pools would take the same badge: the first gets it, and the second looks for another.
        found = _Ahead(tree, progress, offers, framework, equals, shared=False).found
    return found


class _Ahead:
    def __init__(
        self,
        tree: Tree,
        progress: Progress,
        offers: Mapping[int, Offer],
        framework: str,
        equals: Sequence[Equal],
        *,
        shared: bool = True,
    ) -> None:
        self._progress, self._offers, self._framework, self._shared = progress, offers, framework, shared
        self._equals = {equal.key: equal for equal in equals}
        # What is named or awarded here, or counts already, feeds no pool.
        self._taken = {one.held.achievement for _at, one in progress.of(progress.root)}
        self._taken |= tree.achievements | tree.awards
        # For each node whose way takes only some of its children, those that it takes.
        self._takes: dict[str, list[Rule]] = {}
        ahead: dict[str, Forecast] = {}
        for rule in tree.upward:
            ahead[rule.code] = self._of(rule, ahead)
        self.found = ahead[tree.root.code]

    def _of(self, rule: Rule, ahead: Mapping[str, Forecast]) -> Forecast:
        if self._progress.standing[rule.code] == Standing.HELD:
            return NOTHING
        if rule.kind not in GROUPS:
            return self._step(rule)
        ways = [ahead[child.code] for child in rule.children]
        if rule.kind in (Kind.ANY, Kind.SOME):
            enough = 1 if rule.kind == Kind.ANY else rule.needed
            done = [child for child in rule.children if self._progress.holds(child.code)]
            open_ = [child for child in rule.children if not self._progress.holds(child.code)]
            wanted = enough - len(done)
            chosen = sorted(open_, key=lambda child: ahead[child.code].cost)[:wanted]
            self._takes[rule.code] = done + chosen
            return _sum([ahead[child.code] for child in chosen], wanted=wanted)
        if rule.kind == Kind.CREDITS:
            return self._credits(rule, ahead)
        return _sum(ways, wanted=len(ways))

    def _credits(self, rule: Rule, ahead: Mapping[str, Forecast]) -> Forecast:
        """The largest first, until there are enough: fewest steps. Pools draw on the catalogue, which names more."""
        missing = rule.credits - self._progress.credits(rule.code, rule.framework)
        ways = [(child, ahead[child.code]) for child in rule.children]
        options = [(self._gain(child, rule.framework), way) for child, way in ways if way.possible and way.steps]
        if rule.draws_on_any:
            options += [self._drawn(rule, offer) for offer in self._offers.values() if self._may_draw(rule, offer)]
        chosen = NOTHING
        for brings, way in sorted(options, key=lambda option: (-option[0], option[1].cost)):
            if missing <= 0 or brings <= 0:
                break
            chosen, missing = chosen + way, missing - brings
        if not self._shared:
            self._taken |= set(chosen.badges)
        return chosen if missing <= 0 else NO_WAY

    def _gain(self, rule: Rule, framework: str) -> Decimal:
        """How much more counts beneath a node once its way is taken; what was half done on another way no longer
        counts.
        """
        total, waiting = Decimal(0), [rule]
        while waiting:
            one = waiting.pop()
            if one.kind not in GROUPS and not self._progress.holds(one.code):
                total += self._brings(one, framework)
            elif one.kind not in GROUPS or self._progress.holds(one.code) or one.kind == Kind.CREDITS:
                total += self._progress.credits(one.code, framework)
            else:
                waiting += self._takes.get(one.code, one.children)
        return total - self._progress.credits(rule.code, framework)

    def _step(self, rule: Rule) -> Forecast:
        brings = self._brings(rule, self._framework)
        if rule.achievement is None:  # from elsewhere: nobody here knows whether it can still be earned
            return Forecast(1, brings, (rule.code,))
        offer = self._offers.get(rule.achievement)
        if offer is None or not offer.open:
            return NO_WAY
        return Forecast(1, brings, (rule.code,), (rule.achievement,))

    def _brings(self, rule: Rule, framework: str) -> Decimal:
        """The credits of a step: as its equivalence says, if that does, else as its badge does."""
        equal = self._equals.get(rule.equivalence) if rule.equivalence is not None else None
        if equal is not None and equal.framework:
            return in_framework(equal.credits, equal.framework, framework)
        badge = equal.theirs if equal is not None else rule.achievement
        offer = self._offers.get(badge) if badge is not None else None
        return in_framework(offer.worth.credits, offer.worth.framework, framework) if offer is not None else Decimal(0)

    def _may_draw(self, rule: Rule, offer: Offer) -> bool:
        return offer.open and offer.achievement not in self._taken and fits(rule, offer.worth)

    def _drawn(self, rule: Rule, offer: Offer) -> tuple[Decimal, Forecast]:
        worth = offer.worth
        brings = in_framework(worth.credits, worth.framework, self._framework)
        way = Forecast(1, brings, (rule.code,), (offer.achievement,))
        return in_framework(worth.credits, worth.framework, rule.framework), way


def _sum(ways: Sequence[Forecast], *, wanted: int) -> Forecast:
    if len(ways) < wanted:
        return NO_WAY
    return sum(ways, NOTHING)
