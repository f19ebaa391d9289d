"""The tree of a draft: add, change, move, remove and put back nodes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.refused import Refused
from apps.issuers.models import Achievement, AchievementVersion, Issuer
from apps.pathways.models import Equivalence, Node
from apps.pathways.rules.checking import MOST_LEVELS, MOST_NODES
from apps.pathways.verbs.drafts import locked_draft, saved
from apps.pathways.verbs.writing import COPIED, in_reading_order, refuse_award

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from apps.accounts.models import User
    from apps.pathways.models import Pathway, PathwayVersion

Kind = Node.Kind
# The settings of each kind of node; a node that becomes another kind loses the rest.
SAYS: dict[str, frozenset[str]] = {
    Kind.ALL: frozenset({"name", "in_order"}),
    Kind.ANY: frozenset({"name"}),
    Kind.SOME: frozenset({"name", "needed"}),
    Kind.CREDITS: frozenset(
        {"name", "credits", "credit_framework", "level_framework", "level_from", "skills", "issuers"}
    ),
    Kind.MILESTONE: frozenset({"name", "in_order", "achievement"}),
    Kind.BADGE: frozenset({"achievement"}),
    Kind.EXTERNAL: frozenset({"equivalence"}),
    Kind.CAPSTONE: frozenset({"achievement"}),
}
EMPTY: dict[str, Any] = {
    "name": "",
    "in_order": False,
    "needed": None,
    "achievement": None,
    "equivalence": None,
    "credits": None,
    "credit_framework": "",
    "level_framework": "",
    "level_from": None,
}
# How many removals can be undone, the last first.
MOST_KEPT = 20


@transaction.atomic
def add_node(
    version: PathwayVersion,
    *,
    by: User,
    into: str,
    kind: str,
    position: int | None = None,
    edition: int | None = None,
    **facts: Any,
) -> Node:
    """Add a node beneath another, at its end or at a position. `facts`: see `SAYS`."""
    version = locked_draft(version.pk, by=by, edition=edition)
    nodes = _by_code(version)
    parent = _group(nodes, into)
    if len(nodes) >= MOST_NODES:
        raise Refused(_("A pathway has up to %(most)d nodes.") % {"most": MOST_NODES})
    version.codes += 1
    node = Node(version=version, code=f"n{version.codes}", parent=parent)
    _say(node, version.pathway, kind, facts)
    siblings = _beneath(nodes, parent)
    at = len(siblings) if position is None else max(0, min(position, len(siblings)))
    node.position = len(siblings)
    _refuse_depth(nodes, parent, 0)
    node.save()
    _set_issuers(node, facts)
    _renumber([*siblings[:at], node, *siblings[at:]])
    saved(version, "pathway.node_added", by=by, node=node.code)
    return node


@transaction.atomic
def change_node(
    version: PathwayVersion, *, by: User, code: str, edition: int | None = None, kind: str = "", **facts: Any
) -> Node:
    """Change a node's settings, or its kind."""
    version = locked_draft(version.pk, by=by, edition=edition)
    nodes = _by_code(version)
    node = _node(nodes, code)
    if node.parent_id is None and kind not in ("", Kind.ALL):
        raise Refused(_("The whole pathway asks for all that is in it."))
    kept = {name: getattr(node, name) for name in SAYS[node.kind] - {"issuers"}}
    if "issuers" in SAYS[node.kind]:
        kept["issuers"] = list(node.issuers.all())
    kind = kind or node.kind
    if kind not in Node.GROUPS and _beneath(nodes, node):
        raise Refused(_("It still contains others. Move them out first."))
    facts = {name: value for name, value in kept.items() if name in SAYS.get(kind, ())} | facts
    _say(node, version.pathway, kind, facts)
    node.save()
    _set_issuers(node, facts)
    saved(version, "pathway.node_changed", by=by, node=node.code)
    return node


@transaction.atomic
def move_node(
    version: PathwayVersion, *, by: User, code: str, into: str, position: int, edition: int | None = None
) -> Node:
    """Move a node, with everything beneath it, into another at a position among its children (without itself, from
    0).
    """
    version = locked_draft(version.pk, by=by, edition=edition)
    nodes = _by_code(version)
    node, parent = _node(nodes, code), _group(nodes, into)
    if node.parent_id is None:
        raise Refused(_("The whole pathway stays where it is."))
    if any(one.pk == node.pk for one in _line(nodes, parent)):
        raise Refused(_("It can't contain itself."))
    _refuse_depth(nodes, parent, _height(nodes, node))
    left = [one for one in _beneath(nodes, _parent_of(nodes, node)) if one.pk != node.pk]
    siblings = left if parent.pk == node.parent_id else _beneath(nodes, parent)
    at = max(0, min(position, len(siblings)))
    if parent.pk != node.parent_id:
        _renumber(left)
    node.parent, node.position = parent, -1
    _renumber([*siblings[:at], node, *siblings[at:]])
    saved(version, "pathway.node_moved", by=by, node=node.code, into=parent.code)
    return node


@transaction.atomic
def remove_node(version: PathwayVersion, *, by: User, code: str, edition: int | None = None) -> PathwayVersion:
    """Remove a node with everything beneath it. The draft remembers it, so that it can be put back."""
    version = locked_draft(version.pk, by=by, edition=edition)
    nodes = _by_code(version)
    node = _node(nodes, code)
    if node.parent_id is None:
        raise Refused(_("The whole pathway stays. Throw the draft away instead."))
    parent = _parent_of(nodes, node)
    gone = [one for one in in_reading_order(version) if any(above.pk == node.pk for above in _line(nodes, one))]
    rows = [_kept(one, nodes) for one in gone]
    version.removed = [*version.removed, {"into": parent.code, "position": node.position, "nodes": rows}][-MOST_KEPT:]
    siblings = [one for one in _beneath(nodes, parent) if one.pk != node.pk]
    node.delete()
    _renumber(siblings)
    return saved(version, "pathway.node_removed", by=by, node=code)


@transaction.atomic
def put_back(version: PathwayVersion, *, by: User, edition: int | None = None) -> Node:
    """Put back what was removed last: where it was, or at the end of the whole if its group is gone."""
    version = locked_draft(version.pk, by=by, edition=edition)
    if not version.removed:
        raise Refused(_("Nothing is left to put back."))
    nodes = _by_code(version)
    *rest, last = version.removed
    if len(nodes) + len(last["nodes"]) > MOST_NODES:
        raise Refused(_("A pathway has up to %(most)d nodes.") % {"most": MOST_NODES})
    found = nodes.get(last["into"])
    root = next(one for one in nodes.values() if one.parent_id is None)
    parent = found if found is not None and found.is_group else root
    if len(_line(nodes, parent)) + _levels(last["nodes"]) > MOST_LEVELS + 1:
        parent = root
    siblings = _beneath(nodes, parent)
    at = min(last["position"], len(siblings)) if parent is found else len(siblings)
    made: dict[str, Node] = {}
    for row in last["nodes"]:
        _restore(version, row, made, siblings, parent)
    first = made[last["nodes"][0]["code"]]
    _renumber([*siblings[:at], first, *siblings[at:]])
    version.removed = rest
    saved(version, "pathway.node_put_back", by=by, node=first.code)
    return first


# --- the settings of a node
# -------------------------------------------------------------------------------------------
def _say(node: Node, pathway: Pathway, kind: str, facts: Mapping[str, Any]) -> None:
    if kind not in SAYS:
        raise Refused(_("There is no such kind of node."))
    told = {name: value for name, value in facts.items() if value not in (None, "", False)}
    if strange := set(told) - SAYS[kind] - {"issuers", "skills"}:
        raise Refused(_("Such a node has no “%(word)s”.") % {"word": ", ".join(sorted(strange))})
    node.kind = kind
    for name, empty in EMPTY.items():
        setattr(node, name, told.get(name, empty) if name in SAYS[kind] else empty)
    node.name = node.name.strip()[:200]
    node.skills = list(told.get("skills") or []) if "skills" in SAYS[kind] else []
    _check_said(node, pathway)


def _check_said(node: Node, pathway: Pathway) -> None:
    if node.kind in (Kind.BADGE, Kind.CAPSTONE):
        _check_badge(node, pathway)
    elif node.kind == Kind.MILESTONE:
        if not node.name:
            raise Refused(_("Give the milestone a name."))
        if node.achievement is not None:
            refuse_award(pathway, node.achievement)
    elif node.kind == Kind.EXTERNAL:
        _check_equivalence(node, pathway)
    elif node.kind == Kind.SOME:
        if node.needed is None or node.needed < 1:
            raise Refused(_("Say how many of them: one at least."))
    elif node.kind == Kind.CREDITS:
        _check_credits(node)


def _check_badge(node: Node, pathway: Pathway) -> None:
    badge = node.achievement
    if badge is None:
        raise Refused(_("Choose a badge."))
    house = pathway.issuer
    if not badge.versions.readable().exists():
        raise Refused(_("That badge isn't published yet. Publish it first, then choose it."))
    if node.kind != Kind.CAPSTONE:
        return
    if house is None:
        raise Refused(_("A plan of your own has no capstone. Add it as a badge."))
    if not Achievement.objects.of_house(house).filter(pk=badge.pk).exists():
        raise Refused(
            _(
                "A capstone is closed to everyone who hasn't come that far, so it must be a badge of your own institution."
            )
        )


def _check_equivalence(node: Node, pathway: Pathway) -> None:
    rule = node.equivalence
    if rule is None:
        raise Refused(_("Choose what counts: a badge for which there is a rule."))
    if rule.state not in (Equivalence.State.ACCEPTED, Equivalence.State.PROPOSED):
        raise Refused(_("That badge doesn't count here any more."))
    if pathway.issuer is None:
        return
    house = Issuer.objects.filter(descents_above__ancestor__in=pathway.issuer.descents_above.values("ancestor"))
    if not house.filter(pk=rule.issuer_id).exists():
        raise Refused(_("Another institution's rule counts in its own pathways alone."))


def _check_credits(node: Node) -> None:
    if node.credits is None or node.credits <= 0:
        raise Refused(_("Say how many credits."))
    if node.credit_framework not in AchievementVersion.CreditFramework.values:
        raise Refused(_("Say whose credits these are."))
    node.credits = Decimal(node.credits).quantize(Decimal("0.1"))
    if not node.level_framework or not node.level_from:
        node.level_framework, node.level_from = "", None
        return
    most = AchievementVersion.LEVELS[AchievementVersion.LevelFramework(node.level_framework)]
    if node.level_from > most:
        called = node.get_level_framework_display()
        raise Refused(_("%(framework)s has no level %(n)s.") % {"framework": called, "n": node.level_from})


def _set_issuers(node: Node, facts: Mapping[str, Any]) -> None:
    node.issuers.set(facts.get("issuers") or () if node.kind == Kind.CREDITS else ())


# --- the tree ---------------------------------------------------------------------------------------------------------
def _by_code(version: PathwayVersion) -> dict[str, Node]:
    return {node.code: node for node in version.nodes.order_by("position", "pk")}


def _node(nodes: Mapping[str, Node], code: str) -> Node:
    if code not in nodes:
        raise Refused(_("That has since been taken out. Load the page to see what is there."))
    return nodes[code]


def _group(nodes: Mapping[str, Node], code: str) -> Node:
    node = _node(nodes, code)
    if not node.is_group:
        raise Refused(_("A badge can't contain anything. Choose a group."))
    return node


def _beneath(nodes: Mapping[str, Node], parent: Node) -> list[Node]:
    return [one for one in nodes.values() if one.parent_id == parent.pk]


def _parent_of(nodes: Mapping[str, Node], node: Node) -> Node:
    return next(one for one in nodes.values() if one.pk == node.parent_id)


def _line(nodes: Mapping[str, Node], node: Node) -> list[Node]:
    """The node itself and all above it."""
    by_key = {one.pk: one for one in nodes.values()}
    line = [by_key[node.pk]]
    while line[-1].parent_id is not None:
        line.append(by_key[line[-1].parent_id])
    return line


def _height(nodes: Mapping[str, Node], node: Node) -> int:
    """The number of levels beneath a node."""
    level, height = _beneath(nodes, node), 0
    while level:
        keys = {one.pk for one in level}
        level, height = [one for one in nodes.values() if one.parent_id in keys], height + 1
    return height


def _refuse_depth(nodes: Mapping[str, Node], parent: Node, height: int) -> None:
    if len(_line(nodes, parent)) + height > MOST_LEVELS:
        raise Refused(_("Nobody would find it more than %(most)d levels deep.") % {"most": MOST_LEVELS})


def _renumber(siblings: Iterable[Node]) -> None:
    """Renumber siblings from 0 in this order. The database checks positions only at the end of the transaction."""
    moved = []
    for at, one in enumerate(siblings):
        if one.position != at:
            one.position = at
            moved.append(one)
    Node.objects.bulk_update(moved, ("parent", "position"))


# --- what was removed
# -------------------------------------------------------------------------------------------------
def _kept(node: Node, nodes: Mapping[str, Node]) -> dict[str, Any]:
    """A node as data, until it is put back or the version is published."""
    row: dict[str, Any] = {name: getattr(node, name) for name in COPIED if name not in ("achievement", "equivalence")}
    row["credits"] = str(node.credits) if node.credits is not None else None
    row |= {"achievement": node.achievement_id, "equivalence": node.equivalence_id}
    row["issuers"] = [one.pk for one in node.issuers.all()]
    row["parent"] = next(one.code for one in nodes.values() if one.pk == node.parent_id)
    return row


def _levels(rows: Iterable[Mapping[str, Any]]) -> int:
    depth: dict[str, int] = {}
    for row in rows:
        depth[row["code"]] = depth.get(row["parent"], 0) + 1
    return max(depth.values())


def _restore(
    version: PathwayVersion, row: Mapping[str, Any], made: dict[str, Node], siblings: list[Node], parent: Node
) -> None:
    facts = {name: row[name] for name in COPIED if name not in ("achievement", "equivalence", "credits")}
    node = Node(
        version=version,
        parent=made.get(row["parent"], parent),
        achievement_id=row["achievement"],
        equivalence_id=row["equivalence"],
        credits=Decimal(row["credits"]) if row["credits"] is not None else None,
        **facts,
    )
    if not made:
        node.position = len(siblings)
    node.save()
    node.issuers.set(row["issuers"])
    made[node.code] = node
