"""Where people stand on pathways, and which capstones are open to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.searching import having
from apps.pathways.models import Enrolment, Node, PathwayVersion, Stack
from apps.pathways.queries.holding import held_by
from apps.pathways.queries.trees import Asked, asked, draws_on_any, equals_for, names_for, offers_for, trees_of
from apps.pathways.rules import Progress, Standing, evaluate, plain, why_not
from apps.pathways.rules.wording import and_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from apps.accounts.models import User
    from apps.issuers.models import Achievement
    from apps.pathways.models import StackDecision
    from apps.pathways.rules import Held, Tree


def standing_of(person: User | None, about: Asked, *, excused: Sequence[str] = ()) -> Progress:
    """Where a person would stand on a version today, enrolled or not; None stands for someone who holds nothing."""
    held = held_for(person, about) if person else []
    return evaluate(about.tree, held, about.equals, clock.now(), excused=excused)


def excused_of(enrolment: Enrolment, tree: Tree) -> list[str]:
    """Steps of the walked version that a person excused although what counted has fallen."""
    stacks = [stack for stack in enrolment.stacks.live() if stack.excused]
    earlier = {stack.version_id for stack in stacks} - {enrolment.version_id}
    trees = trees_of(PathwayVersion.objects.filter(pk__in=earlier)) if earlier else {}
    return excused_on(tree, stacks, trees | {enrolment.version_id: tree})


def excused_on(tree: Tree, stacks: Iterable[Stack], trees: Mapping[int, Tree]) -> list[str]:
    """The excused steps that `tree` asks for in the same way as the version on which they were excused. `trees`: by
    version.
    """
    return [
        code
        for stack in stacks
        for code in stack.excused
        if tree.by_code.get(code) == trees[stack.version_id].by_code.get(code)
    ]


def held_for(person: User, about: Asked) -> list[Held]:
    """What a person holds that may count on this version."""
    return held_by([person.pk], skills=draws_on_any([about.tree])).get(person.pk, [])


def why_capstone_is_closed(person: User, achievement: Achievement) -> str:
    """Why this person can't hand in work for a badge that closes a pathway, in words; empty if they can.

    Worked out from what they hold at this moment: nothing recorded earlier opens it.
    """
    closing = Q(nodes__kind=Node.Kind.CAPSTONE, nodes__achievement=achievement)
    walked = Q(pk__in=Enrolment.objects.live().filter(learner=person).values("version"))
    versions = list(
        PathwayVersion.objects.filter(closing & (Q(state=PathwayVersion.State.PUBLISHED) | walked)).distinct()
    )
    if not versions:
        return ""
    mine = {one.version_id: one for one in Enrolment.objects.live().filter(learner=person, version__in=versions)}
    trees = trees_of([version for version in versions if version.pk in mine])
    offers, equals = offers_for(trees.values()), equals_for(trees.values())
    held = held_by([person.pk], skills=draws_on_any(trees.values())).get(person.pk, [])
    names, reasons = names_for(trees.values(), offers), []
    for pk, tree in trees.items():
        progress = evaluate(tree, held, equals, clock.now(), excused=excused_of(mine[pk], tree))
        for leaf in tree.leaves:
            if leaf.kind == Node.Kind.CAPSTONE and leaf.achievement == achievement.pk:
                if progress.standing[leaf.code] != Standing.LOCKED:
                    return ""
                reasons.append(why_not(leaf, tree, progress, names))
    return reasons[0] if reasons else _begin_first(versions[0])


def _begin_first(version: PathwayVersion) -> str:
    return _("This badge completes the pathway “%(name)s”. Begin the pathway first.") % {"name": version.name}


@dataclass(frozen=True)
class AtRisk:
    """Something reached that rests on what no longer stands: its name, the fallen steps, and until when to mend them."""

    stack: Stack
    name: str
    steps: str


def at_risk_in_words(stacks: Sequence[Stack], about: Asked) -> list[AtRisk]:
    """What a person has at risk on a pathway, in the active language. `about` is the version that they walk."""
    fallen = [stack for stack in stacks if stack.state == Stack.State.AT_RISK]
    then = _when_reached(fallen, about)
    return [
        AtRisk(stack, _reached(stack, then[stack.version_id]), _fallen(stack, then[stack.version_id]))
        for stack in fallen
    ]


def _when_reached(stacks: Iterable[Stack], about: Asked) -> dict[int, Asked]:
    """The versions on which these were reached, by key: a later one may rename a step, or lack it."""
    earlier = {stack.version_id for stack in stacks} - {about.version.pk}
    return {about.version.pk: about} | {pk: about_version(pk) for pk in earlier}


def _reached(stack: Stack, about: Asked) -> str:
    rule = about.tree.by_code[stack.code]
    return about.version.name if rule is about.tree.root else about.names.of(rule)


def _fallen(stack: Stack, about: Asked) -> str:
    return and_([about.names.of(about.tree.by_code[code]) for code in stack.fallen])


@dataclass(frozen=True)
class Decided:
    """A person's decision on something at risk, and the name of that."""

    decision: StackDecision
    name: str


def decided_in_words(stacks: Sequence[Stack], about: Asked) -> list[Decided]:
    """The decisions on these stacks, newest first."""
    settled = [stack for stack in stacks if stack.decisions.all()]
    then = _when_reached(settled, about)
    found = [
        Decided(decision, _reached(stack, then[stack.version_id]))
        for stack in settled
        for decision in stack.decisions.all()
    ]
    return sorted(found, key=lambda one: one.decision.decided_at, reverse=True)


@dataclass(frozen=True)
class ToldComponent:
    """What counted for a step when it was reached: the names of step, badge and issuer, and whether it has fallen."""

    step: str
    badge: str
    issuer: str
    credits: str
    fallen: bool
    foreign: bool


@dataclass(frozen=True)
class ToldStack:
    """A stack in words: what it is for, what it rests on, the steps that have fallen."""

    name: str
    pathway: str
    components: list[ToldComponent]
    fallen: str


def stack_in_words(stack: Stack) -> ToldStack:
    """The stack for the person who decides on it: names of badges and issuers, and no evidence."""
    about = about_version(stack.version_id)
    return ToldStack(
        name=_reached(stack, about),
        pathway=about.version.name,
        components=[
            ToldComponent(
                step=about.names.of(about.tree.by_code[one.code]),
                badge=one.badge,
                issuer=one.issuer,
                credits=plain(one.credits) if one.credits else "",
                fallen=one.code in stack.fallen,
                foreign=one.credential is None,
            )
            for one in stack.components.named()
        ],
        fallen=_fallen(stack, about),
    )


def leading_through(achievement: Achievement) -> list[PathwayVersion]:
    """The pathways open to everyone that name this badge: as a step, or as their award."""
    named = Node.objects.filter(achievement=achievement).values("version")
    return list(listed().filter(Q(pk__in=named) | Q(award=achievement)))


def listed(asked_for: str = "") -> QuerySet[PathwayVersion]:
    """The public list: issuers' pathways that can be begun, by name. All words asked for must be in the name, the
    description or the issuer's name.
    """
    found = PathwayVersion.objects.filter(
        state=PathwayVersion.State.PUBLISHED, pathway__issuer__isnull=False, pathway__archived_at=None
    ).select_related("pathway__issuer", "award")
    if asked_for:
        found = having(found, asked_for, "name", "description", "pathway__issuer__name")
    return found.order_by("name", "pk")


def about_version(version_id: int) -> Asked:
    """Everything about the version that someone walks."""
    return asked(PathwayVersion.objects.whole().get(pk=version_id))
