"""A draft as its author sees it: its tree, what is wrong with it, and what there is to choose from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Q

from apps.issuers.models import AchievementVersion
from apps.pathways.models import Enrolment, Node, PathwayVersion, Stack
from apps.pathways.queries.trees import Asked, asked, graph_without, offers_among
from apps.pathways.rules import check

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.pathways.models import Equivalence, Pathway
    from apps.pathways.rules import Finding


def whole_draft(pk: int) -> Asked:
    """A version as it is now, with everything its pages need."""
    return asked(PathwayVersion.objects.whole().get(pk=pk))


def findings_of(about: Asked) -> list[Finding]:
    """Everything that is wrong with a version, checked against what others publish today."""
    theirs = [equal.theirs for equal in about.equals if equal.theirs is not None and equal.theirs not in about.offers]
    offers = about.offers | offers_among(AchievementVersion.objects.filter(achievement__in=theirs)) if theirs else None
    names = replace(about.names, offers=offers) if offers is not None else about.names
    return check(about.tree, names, about.equals, graph_without(about.version))


def walkers_of(pathway: Pathway) -> int:
    """The number of people under way on it."""
    return Enrolment.objects.filter(pathway=pathway, state=Enrolment.State.ACTIVE).count()


def touched_by(rule: Equivalence) -> QuerySet[Enrolment]:
    """Enrolments for which a rule may count: on the version being walked, or on one where something was reached."""
    named = Q(nodes__equivalence=rule)
    if rule.counts_as_id is not None:
        named |= Q(nodes__achievement=rule.counts_as_id, nodes__kind=Node.Kind.BADGE)
    versions = PathwayVersion.objects.readable().filter(named).values("pk")
    reached = Stack.objects.live().filter(version__in=versions)
    return Enrolment.objects.watched().filter(Q(version__in=versions) | Q(pk__in=reached.values("enrolment")))
