"""Where a person stands on a pathway: the steps they hold, the steps open to them, and what counts for what."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from apps.pathways.rules.facts import in_framework
from apps.pathways.rules.tree import GROUPS, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from apps.pathways.rules.facts import Equal, Held, Worth
    from apps.pathways.rules.tree import Rule, Tree

Key = tuple[int, int]
NONE: frozenset[Key] = frozenset()


class Standing(StrEnum):
    HELD = "held"
    OPEN = "open"
    LOCKED = "locked"
    SPARED = "spared"  # another way was taken: it isn't needed any more


@dataclass(frozen=True, slots=True)
class Counted:
    """A credential that counts for a step, what it brings, and the equivalence by which it counts, if any."""

    held: Held
    credits: Decimal
    framework: str
    by: int | None = None


@dataclass
class Progress:
    """The result of `evaluate`. Everything is by the code of a node.

    `counted`: for each step held, the credential. `counts`: for each node, the keys of what counts beneath it, each
    once. `pooled`: for each node that draws on any badge, those that it took. `let_stand`: what is held only because
    a person excused it. `until`: when the first of what counts for the end or a milestone expires.
    """

    standing: dict[str, Standing] = field(default_factory=dict)
    counted: dict[str, Counted] = field(default_factory=dict)
    counts: dict[str, frozenset[Key]] = field(default_factory=dict)
    pooled: dict[str, tuple[Counted, ...]] = field(default_factory=dict)
    let_stand: set[str] = field(default_factory=set)
    until: datetime | None = None
    root: str = ""

    @property
    def complete(self) -> bool:
        return self.standing[self.root] == Standing.HELD

    @property
    def steps_done(self) -> int:
        """How many credentials hold steps, or were drawn into a pool."""
        return len(self.counted) + sum(len(several) for several in self.pooled.values())

    def holds(self, code: str) -> bool:
        return self.standing.get(code) == Standing.HELD

    def of(self, code: str) -> list[tuple[str, Counted]]:
        """The components beneath a node: (step, what counts for it), each credential once."""
        wanted, found = self.counts.get(code, NONE), []
        seen: set[Key] = set()
        steps = [*self.counted.items(), *((at, one) for at, several in self.pooled.items() for one in several)]
        for at, one in steps:
            if one.held.key in wanted and one.held.key not in seen:
                seen.add(one.held.key)
                found.append((at, one))
        return found

    def runs_out(self, *codes: str) -> datetime | None:
        """When the first of what counts beneath these nodes expires."""
        counting = (one.held.until for code in codes for _at, one in self.of(code))
        return min((until for until in counting if until is not None), default=None)

    def credits(self, code: str, framework: str) -> Decimal:
        """The total of what counts beneath a node, in the credits of a framework."""
        return sum((in_framework(one.credits, one.framework, framework) for _at, one in self.of(code)), Decimal(0))


def evaluate(
    tree: Tree,
    held: Iterable[Held],
    equals: Sequence[Equal],
    now: datetime,
    *,
    excused: Collection[str] = (),
) -> Progress:
    """Where a person stands. `held` are their credentials that stand, expired or not; each counts at most once.

    A step is held first by a credential for its own badge, then by equivalence with what is left. `excused` are steps
    that a person let stand although what counted has fallen. Time: nearly linear in nodes and credentials.
    """
    valid = sorted((one for one in held if one.until is None or one.until > now), key=_longest)
    progress = Progress(root=tree.root.code)
    progress.counted = _assign(tree, valid, equals)
    _settle_pools(tree, valid, progress, frozenset(excused))
    _unlock(tree, progress)
    reached = (rule.code for rule in tree.rules if rule is tree.root or rule.kind == Kind.MILESTONE)
    progress.until = progress.runs_out(*reached)
    return progress


def wanting(rule: Rule, progress: Progress, ways: Collection[str] = ()) -> list[str]:
    """Why a node is not held: the steps beneath it that are not, and the groups that need more than theirs. In a
    choice, only those among the `ways` that were taken, if any.
    """
    waiting, found = [rule], []
    while waiting:
        one = waiting.pop()
        if progress.holds(one.code):
            continue
        if one.kind in (Kind.ALL, Kind.MILESTONE):
            waiting.extend(one.children)
        elif one.kind in (Kind.ANY, Kind.SOME) and (taken := [child for child in one.children if child.code in ways]):
            waiting.extend(taken)
        else:
            found.append(one.code)
    return found


def _longest(held: Held) -> tuple[bool, float, Key]:
    """A sort key: of two that would do, the one that lasts longer, then the older."""
    return (held.until is not None, -held.until.timestamp() if held.until is not None else 0.0, held.key)


def _assign(tree: Tree, valid: Sequence[Held], equals: Sequence[Equal]) -> dict[str, Counted]:
    """Which credential counts for which step."""
    by_badge: dict[int, Held] = {}
    for one in valid:
        if one.achievement is not None:
            by_badge.setdefault(one.achievement, one)
    counted: dict[str, Counted] = {}
    wanting: list[Rule] = []
    for rule in tree.leaves:
        own = by_badge.get(rule.achievement) if rule.achievement is not None else None
        if own is not None:
            counted[rule.code] = Counted(own, own.worth.credits, own.worth.framework)
        else:
            wanting.append(rule)
    if not equals or not wanting:
        return counted
    used = {one.held.key for one in counted.values()}
    candidates = _candidates(tree, wanting, [one for one in valid if one.key not in used], equals)
    for code, (one, equal) in _match(candidates).items():
        own_worth = (one.worth.credits, one.worth.framework)
        credits_, framework = (equal.credits, equal.framework) if equal.framework else own_worth
        counted[code] = Counted(one, credits_, framework, equal.key)
    order = {rule.code: at for at, rule in enumerate(tree.leaves)}
    return dict(sorted(counted.items(), key=lambda item: order[item[0]]))


def _candidates(
    tree: Tree, wanting: Sequence[Rule], free: Sequence[Held], equals: Sequence[Equal]
) -> dict[str, list[tuple[Held, Equal]]]:
    """For each step, what is left that may count for it: by its own equivalence, or by one for its badge."""
    by_key = {equal.key: equal for equal in equals}
    standing_for: dict[int, list[Equal]] = {}
    for equal in equals:
        if equal.counts_as is not None:
            standing_for.setdefault(equal.counts_as, []).append(equal)
    found: dict[str, list[tuple[Held, Equal]]] = {}
    for rule in wanting:
        rules: list[Equal] = []
        if rule.equivalence is not None and rule.equivalence in by_key:
            rules = [by_key[rule.equivalence]]
        elif rule.achievement is not None and rule.kind != Kind.CAPSTONE:
            rules = standing_for.get(rule.achievement, [])
        fitting = [(one, equal) for one in free for equal in rules if equal.covers(one)]
        if fitting:
            found[rule.code] = fitting
    return found


def _match(candidates: Mapping[str, list[tuple[Held, Equal]]]) -> dict[str, tuple[Held, Equal]]:
    """The most steps that can be held at once, each credential for one (Kuhn's augmenting paths); earlier steps
    first.
    """
    holder: dict[Key, str] = {}
    chosen: dict[str, tuple[Held, Equal]] = {}

    def seat(code: str, tried: set[Key]) -> bool:
        for one, equal in candidates[code]:
            if one.key in tried:
                continue
            tried.add(one.key)
            if one.key not in holder or seat(holder[one.key], tried):
                holder[one.key] = code
                chosen[code] = (one, equal)
                return True
        return False

    for code in candidates:
        seat(code, set())
    return chosen


def _settle_pools(tree: Tree, valid: Sequence[Held], progress: Progress, excused: frozenset[str]) -> None:
    """Fill the pools. What feeds one that isn't needed, since another way was taken, goes to those that lack some."""
    pools = [rule for rule in tree.rules if rule.draws_on_any]
    free, idle = _free(tree, valid, progress, pools), frozenset[str]()
    _settle(tree, free, progress, excused, idle)
    while hungry := [rule for rule in pools if rule.code not in idle and not progress.holds(rule.code)]:
        more = _dispensable(tree, pools, progress) - idle
        if not more:
            return
        _settle(tree, free, progress, excused, idle | more)
        if sum(not progress.holds(rule.code) for rule in hungry) == len(hungry):
            _settle(tree, free, progress, excused, idle)  # it helped none of them: leave it as it was
            return
        idle |= more


def _dispensable(tree: Tree, pools: Sequence[Rule], progress: Progress) -> frozenset[str]:
    """Pools on ways beside the one taken; else one on a way that could be dropped for another that is held too."""
    counting = progress.counts[tree.root.code]
    fed = [rule for rule in pools if progress.pooled.get(rule.code)]
    beside = {rule.code for rule in fed if progress.pooled[rule.code][0].held.key not in counting}
    beside = {code for code in beside if any(progress.holds(one.code) for one in tree.above(code))}
    if beside:
        return frozenset(beside)
    for rule in reversed(fed):
        below = rule
        for above in tree.above(rule.code):
            done = sum(progress.holds(child.code) for child in above.children if child is not below)
            if above.kind in (Kind.ANY, Kind.SOME) and done >= (1 if above.kind == Kind.ANY else above.needed):
                return frozenset({rule.code})
            below = above
    return frozenset()


def _free(tree: Tree, valid: Sequence[Held], progress: Progress, pools: Sequence[Rule]) -> list[Held]:
    """What may feed a pool: each badge once, and none that is named, awarded or counted in this tree. Badges that fit
    fewer pools come first, so that those that fit several are left for pools with nothing else.
    """
    if not pools:
        return []
    here = tree.achievements | tree.awards | {one.held.achievement for one in progress.counted.values()}
    each: dict[int, Held] = {}
    for one in valid:
        if one.achievement is not None and one.achievement not in here:
            each.setdefault(one.achievement, one)
    if len(pools) == 1:
        return list(each.values())
    return sorted(each.values(), key=lambda one: sum(fits(rule, one.worth) for rule in pools))


def _settle(
    tree: Tree, free: Sequence[Held], progress: Progress, excused: frozenset[str], idle: frozenset[str]
) -> None:
    """From the leaves up, what is held and what counts for it. Pools draw on what is `free`, except `idle` ones."""
    taken = {one.held.key for one in progress.counted.values()}
    credits_of = {one.held.key: one for one in progress.counted.values()}
    standing, counts = progress.standing, progress.counts
    progress.let_stand.clear()
    for rule in tree.upward:
        code = rule.code
        if rule.kind not in GROUPS:
            one = progress.counted.get(code)
            counts[code] = frozenset({one.held.key}) if one else NONE
            _stand(code, progress, excused, holds=one is not None)
            continue
        done = [child for child in rule.children if standing[child.code] == Standing.HELD]
        if rule.kind in (Kind.ANY, Kind.SOME):
            enough = 1 if rule.kind == Kind.ANY else rule.needed
            reached = len(done) >= enough
            best = _best(rule.children, enough, progress, credits_of)
            counts[code] = NONE.union(*(counts[child.code] for child in best)) if best else NONE
        elif rule.kind == Kind.CREDITS:
            reached = _pool(rule, () if code in idle else free, progress, taken, credits_of)
        else:
            reached = len(done) == len(rule.children)
            counts[code] = NONE.union(*(counts[child.code] for child in rule.children))
        _stand(code, progress, excused, holds=reached)


def _stand(code: str, progress: Progress, excused: frozenset[str], *, holds: bool) -> None:
    progress.standing[code] = Standing.HELD if holds or code in excused else Standing.OPEN
    if not holds and code in excused:
        progress.let_stand.add(code)


def _best(
    children: Sequence[Rule], enough: int, progress: Progress, credits_of: Mapping[Key, Counted]
) -> Sequence[Rule]:
    """The children that count if only some are needed: held before half done, then by credits, then in order."""

    def merit(child: Rule) -> tuple[bool, Decimal]:
        keys = progress.counts[child.code]
        total = sum((credits_of[key].credits for key in keys), Decimal(0))
        return (progress.standing[child.code] == Standing.HELD, total)

    return sorted(children, key=merit, reverse=True)[:enough]


def _pool(
    rule: Rule,
    free: Sequence[Held],
    progress: Progress,
    taken: set[Key],
    credits_of: dict[Key, Counted],
) -> bool:
    """Add up the credits beneath a node, then from whatever else fits, until there are enough."""
    keys = NONE.union(*(progress.counts[child.code] for child in rule.children)) if rule.children else NONE
    total = sum(
        (in_framework(credits_of[key].credits, credits_of[key].framework, rule.framework) for key in keys), Decimal(0)
    )
    if rule.draws_on_any:
        drawn: list[Counted] = []
        for one in free:
            if total >= rule.credits:
                break
            if one.key in taken or not fits(rule, one.worth):
                continue
            brings = in_framework(one.worth.credits, one.worth.framework, rule.framework)
            if not brings:
                continue
            taken.add(one.key)
            counted = Counted(one, one.worth.credits, one.worth.framework)
            credits_of[one.key] = counted
            drawn.append(counted)
            total += brings
        progress.pooled[rule.code] = tuple(drawn)
        keys |= {one.held.key for one in drawn}
    progress.counts[rule.code] = keys
    return total >= rule.credits


def fits(rule: Rule, worth: Worth) -> bool:
    """Whether a badge has the level, skills and issuer that a node asks for, and credits of its own."""
    if worth.whole:
        return False
    if rule.level_framework and (worth.level_framework != rule.level_framework or worth.level < rule.level_from):
        return False
    if rule.skills and not rule.skills & worth.skills:
        return False
    return not rule.issuers or worth.issuer in rule.issuers


def _unlock(tree: Tree, progress: Progress) -> None:
    """From the root down, mark what waits for something before it, and what isn't needed any more."""
    standing = progress.standing
    for rule in tree.rules:
        mine = standing[rule.code]
        waits = mine == Standing.LOCKED
        for child in rule.children:
            if standing[child.code] == Standing.HELD:
                continue
            if mine in (Standing.SPARED, Standing.HELD):
                standing[child.code] = Standing.SPARED
            elif waits or (child.kind == Kind.CAPSTONE and not _rest_is_held(rule, child, standing)):
                standing[child.code] = Standing.LOCKED
            waits = waits or rule.in_order


def _rest_is_held(rule: Rule, capstone: Rule, standing: Mapping[str, Standing]) -> bool:
    return all(standing[child.code] == Standing.HELD for child in rule.children if child is not capstone)
