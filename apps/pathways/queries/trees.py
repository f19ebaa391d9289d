"""From rows to rules: the tree of a version, and everything needed to evaluate it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext

from apps.issuers.models import AchievementVersion, Alignment, Issuer
from apps.pathways.models import Equivalence, Node, PathwayVersion
from apps.pathways.rules import Equal, Graph, Kind, Names, Offer, Rule, Tree, Worth

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from django.db.models import QuerySet

NO_CREDITS = Decimal(0)


def trees_of(versions: Iterable[PathwayVersion]) -> dict[int, Tree]:
    """The tree of each version by its key, in two reads, whatever their number and size."""
    wanted = {version.pk: version for version in versions}
    nodes: dict[int, list[Node]] = defaultdict(list)
    found = Node.objects.filter(version__in=wanted).order_by("version", "position", "pk")
    for node in found.prefetch_related("issuers"):
        nodes[node.version_id].append(node)
    return {pk: tree_from(version, nodes[pk]) for pk, version in wanted.items() if nodes[pk]}


def tree_of(version: PathwayVersion) -> Tree:
    """The tree of one version, from its prefetched nodes if there are any (`PathwayVersionQuerySet.whole`)."""
    return tree_from(version, sorted(version.nodes.all(), key=lambda node: (node.position, node.pk)))


def tree_from(version: PathwayVersion, nodes: Sequence[Node]) -> Tree:
    """The tree; `nodes` are in order of position."""
    beneath: dict[int | None, list[Node]] = defaultdict(list)
    for node in nodes:
        beneath[node.parent_id].append(node)
    rules: dict[int, Rule] = {}
    waiting = [(beneath[None][0], False)]
    while waiting:
        node, known = waiting.pop()
        if known:
            rules[node.pk] = _rule(node, tuple(rules[child.pk] for child in beneath[node.pk]))
        else:
            waiting += [(node, True), *((child, False) for child in beneath[node.pk])]
    return Tree(rules[beneath[None][0].pk], award=version.award_id)


def _rule(node: Node, children: tuple[Rule, ...]) -> Rule:
    return Rule(
        code=node.code,
        kind=Kind(node.kind),
        name=node.name,
        children=children,
        in_order=node.in_order,
        needed=node.needed or 0,
        achievement=node.achievement_id,
        equivalence=node.equivalence_id,
        credits=node.credits or NO_CREDITS,
        framework=node.credit_framework,
        level_framework=node.level_framework,
        level_from=node.level_from or 0,
        skills=frozenset(one["url"] for one in node.skills),
        issuers=frozenset(one.pk for one in node.issuers.all()),
    )


# --- what rules are evaluated on --------------------------------------------------------------------------------------
def worths_of(versions: Collection[int], *, skills: bool) -> dict[int, Worth]:
    """What each version of a badge brings, in one read, plus a second if skills are asked for."""
    aligned: dict[int, set[str]] = defaultdict(set)
    if skills:
        rows = Alignment.objects.filter(version__in=versions, level=None).values_list("version_id", "target_url")
        for version_id, url in rows:
            aligned[version_id].add(url)
    return {
        row[0]: Worth(
            credits=row[1] or NO_CREDITS,
            framework=row[2],
            hours=row[3] or 0,
            level_framework=row[4],
            level=row[5] or 0,
            skills=frozenset(aligned.get(row[0], ())),
            issuer=row[6],
            whole=row[7] == AchievementVersion.Kind.STACK,
        )
        for row in AchievementVersion.objects.filter(pk__in=versions).values_list(
            *("pk", "credits", "credit_framework", "hours", "level_framework", "level_number"),
            *("achievement__issuer_id", "kind"),
        )
    }


def draws_on_any(trees: Iterable[Tree]) -> bool:
    """Whether any of them counts badges that it doesn't name: then the whole catalogue matters."""
    return any(rule.draws_on_any for tree in trees for rule in tree.rules)


def offers_for(trees: Collection[Tree]) -> dict[int, Offer]:
    """The badges that the trees name, and those that their pools may draw on, by the badge's key."""
    named = {tree.award for tree in trees if tree.award is not None}
    for tree in trees:
        named |= {rule.achievement for rule in tree.rules if rule.achievement is not None}
    wanted = Q(achievement__in=named)
    for rule in (rule for tree in trees for rule in tree.rules if rule.draws_on_any):
        wanted |= _fitting(rule)
    return offers_among(AchievementVersion.objects.filter(wanted), skills=draws_on_any(trees))


def _fitting(rule: Rule) -> Q:
    """What a pool draws on, as far as the catalogue can filter; `rules.fits` decides."""
    wanted = Q(state=AchievementVersion.State.PUBLISHED, credits__isnull=False)
    if rule.level_framework:
        wanted &= Q(level_framework=rule.level_framework, level_number__gte=rule.level_from)
    if rule.skills:
        aligned = Alignment.objects.filter(target_url__in=rule.skills, level=None)
        wanted &= Q(pk__in=aligned.values("version"))
    if rule.issuers:
        wanted &= Q(achievement__issuer__in=rule.issuers)
    return wanted


def offers_among(versions: QuerySet[AchievementVersion], *, skills: bool = False) -> dict[int, Offer]:
    """The badges of these versions as the catalogue knows them, by the newest version that everyone may read."""
    rows = (
        versions.exclude(state__in=AchievementVersion.UNSEEN)
        .order_by("achievement", "-number")
        .distinct("achievement")
        .values_list(
            *("achievement_id", "pk", "name", "state", "achievement__slug", "achievement__issuer__name"),
            *("achievement__archived_at", "number"),
        )
    )
    found = list(rows)
    worths = worths_of([row[1] for row in found], skills=skills)
    return {
        row[0]: Offer(
            achievement=row[0],
            name=row[2],
            slug=row[4],
            worth=worths[row[1]],
            issuer_name=row[5],
            open=row[3] == AchievementVersion.State.PUBLISHED and row[6] is None,
            number=row[7],
        )
        for row in found
    }


def equals_for(trees: Collection[Tree]) -> list[Equal]:
    """The equivalences in force that matter to these trees: for badges that they name, or named as steps."""
    badges = frozenset().union(*(tree.achievements for tree in trees)) if trees else frozenset()
    steps = {leaf.equivalence for tree in trees for leaf in tree.leaves if leaf.equivalence is not None}
    rows = Equivalence.objects.in_force().filter(Q(counts_as__in=badges) | Q(pk__in=steps)).order_by("pk")
    return [
        Equal(
            key=one.pk,
            theirs=one.theirs_id,
            foreign=(one.foreign_issuer_id, one.foreign_achievement_id) if one.theirs_id is None else None,
            counts_as=one.counts_as_id,
            credits=one.credits or NO_CREDITS,
            framework=one.credit_framework,
        )
        for one in rows
    ]


def names_for(trees: Collection[Tree], offers: Mapping[int, Offer]) -> Names:
    """The names for what these trees reference by key."""
    steps = {leaf.equivalence for tree in trees for leaf in tree.leaves if leaf.equivalence is not None}
    houses = {issuer for tree in trees for rule in tree.rules for issuer in rule.issuers}
    equals = Equivalence.objects.filter(pk__in=steps).select_related("theirs") if steps else ()
    theirs = offers_among(
        AchievementVersion.objects.filter(achievement__in=[one.theirs_id for one in equals if one.theirs_id])
    )
    skills = {}
    if any(rule.skills for tree in trees for rule in tree.rules):
        urls = {url for tree in trees for rule in tree.rules for url in rule.skills}
        skills = dict(Alignment.objects.filter(target_url__in=urls).values_list("target_url", "target_name"))
    return Names(
        offers=offers,
        equals={
            one.pk: theirs[one.theirs_id].name if one.theirs_id in theirs else one.foreign_name or gettext("A badge")
            for one in equals
        },
        issuers=dict(Issuer.objects.filter(pk__in=houses).values_list("pk", "name")) if houses else {},
        skills=skills,
        levels=dict(_labels(AchievementVersion.LevelFramework)),
    )


def _labels(choices: type[AchievementVersion.CreditFramework | AchievementVersion.LevelFramework]) -> dict[str, str]:
    return {one.value: str(one.label) for one in choices}


@dataclass(frozen=True)
class Asked:
    """A version with everything its pages need: rules, what they name, and what counts as what."""

    version: PathwayVersion
    tree: Tree
    offers: dict[int, Offer]
    equals: list[Equal]
    names: Names

    @property
    def framework(self) -> str:
        """The framework for its credits: its award's, else that of most of its badges."""
        award = self.offers.get(self.tree.award) if self.tree.award is not None else None
        if award is not None and award.worth.framework:
            return award.worth.framework
        told = [self.offers[one].worth.framework for one in sorted(self.tree.achievements) if one in self.offers]
        told = [one for one in told if one]
        return max(sorted(set(told)), key=told.count) if told else AchievementVersion.CreditFramework.NZQA


def asked(version: PathwayVersion) -> Asked:
    """Everything about one version, in a number of reads that doesn't grow with it."""
    tree = tree_of(version)
    offers = offers_for([tree])
    return Asked(version, tree, offers, equals_for([tree]), names_for([tree], offers))


def graph_without(version: PathwayVersion) -> Graph:
    """What every other published pathway awards and for which badges, and what its capstone waits for."""
    others = PathwayVersion.objects.filter(state=PathwayVersion.State.PUBLISHED).exclude(pathway=version.pathway_id)
    asks: dict[int, set[int]] = defaultdict(set)
    # A plan has neither award nor capstone: what people compose for themselves is not read here.
    leaves = Node.objects.filter(
        version__in=others.filter(pathway__owner=None), kind__in=(Node.Kind.BADGE, Node.Kind.CAPSTONE)
    )
    waits: dict[int, set[int]] = defaultdict(set)
    steps: dict[int, set[int]] = defaultdict(set)
    for key, award, badge, kind in leaves.values_list("version", "version__award", "achievement", "kind").order_by(
        "version", "kind"
    ):
        if award is not None:
            asks[award].add(badge)
        if kind == Node.Kind.CAPSTONE:
            waits[badge] |= steps[key]
        steps[key].add(badge)
    milestones = others.filter(nodes__kind=Node.Kind.MILESTONE, nodes__achievement__isnull=False).distinct()
    for tree in trees_of(milestones).values():
        for rule in tree.rules:
            if rule.kind == Kind.MILESTONE and rule.achievement is not None:
                asks[rule.achievement] |= beneath(rule)
    return Graph(*({badge: frozenset(several) for badge, several in told.items()} for told in (asks, waits)))


def beneath(rule: Rule) -> frozenset[int]:
    """The keys of all badges to be held at or beneath a node."""
    found = {rule.achievement} if rule.is_leaf and rule.achievement is not None else set()
    for child in rule.children:
        found |= beneath(child)
    return frozenset(found)
