"""A draft as its author sees it: its tree, what is wrong with it, and what there is to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.pathways.models import Equivalence, PathwayVersion
from apps.pathways.queries.trees import Asked, asked, graph_without
from apps.pathways.rules import check

if TYPE_CHECKING:
    from apps.pathways.rules import Finding


def whole_draft(pk: int) -> Asked:
    """A version with all that is asked of it, as it is now."""
    return asked(PathwayVersion.objects.whole().get(pk=pk))


def findings_of(about: Asked) -> list[Finding]:
    """Everything that is wrong with a version, against what others publish today."""
    steps = [leaf.equivalence for leaf in about.tree.leaves if leaf.equivalence is not None]
    in_force = frozenset(Equivalence.objects.in_force().filter(pk__in=steps).values_list("pk", flat=True))
    return check(about.tree, about.names, in_force, graph_without(about.version))
