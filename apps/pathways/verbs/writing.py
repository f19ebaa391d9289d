"""Begin pathways, edit their text, draft new versions and discard drafts."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import record
from apps.core.ids import new_public_id
from apps.core.refused import Refused
from apps.issuers import policies as issuers
from apps.issuers.models import Achievement
from apps.pathways import policies
from apps.pathways.models import Node, Pathway, PathwayVersion
from apps.pathways.verbs.drafts import locked_draft, refuse_archived, saved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.accounts.models import User
    from apps.issuers.models import Issuer

SLUG_LENGTH = 80
ROOT = "n1"
# The fields that `edit` may change.
WORDS = frozenset({"name", "description", "language", "award", "grace_days", "in_order"})


@transaction.atomic
def begin(issuer: Issuer, *, by: User, name: str) -> PathwayVersion:
    """Begin a pathway of an issuer with a name, from which its short name follows. It is empty."""
    if not issuers.can_design(by, issuer):
        raise PermissionDenied
    name = named(name)
    for slug in _slugs(name):
        # Someone else may take a short name at this very moment.
        with contextlib.suppress(IntegrityError), transaction.atomic():
            pathway = Pathway.objects.create(issuer=issuer, slug=slug, created_at=clock.now())
            break
    else:
        raise Refused(_("That name is taken. Choose another."))
    return first_version(pathway, name=name, by=by, kind="pathway.drafted")


@transaction.atomic
def edit(version: PathwayVersion, *, by: User, edition: int | None = None, **words: Any) -> PathwayVersion:
    """Change a draft's text, its award, and whether its steps follow in order."""
    version = locked_draft(version.pk, by=by, edition=edition)
    if unknown := set(words) - WORDS:
        raise Refused(_("A pathway has no “%(word)s”.") % {"word": ", ".join(sorted(unknown))})
    if "name" in words:
        words["name"] = named(words["name"])
    if words.get("award") is not None:
        refuse_award(version.pathway, words["award"])
    if not words.get("grace_days", 1):
        raise Refused(_("Give at least one day of grace."))
    if "in_order" in words:
        version.nodes.filter(parent=None).update(in_order=words.pop("in_order"))
    for name, value in words.items():
        setattr(version, name, value)
    return saved(version, "pathway.edited", by=by)


@transaction.atomic
def draft_next(pathway: Pathway, *, by: User) -> PathwayVersion:
    """Draft the next version, as a copy of the newest. What is published stays as it is."""
    pathway = Pathway.objects.locked(pathway.pk)
    if not policies.can_write(by, pathway):
        raise PermissionDenied
    refuse_archived(pathway)
    if pathway.versions.filter(state=PathwayVersion.State.DRAFT).exists():
        raise Refused(_("A next version is being drafted already."))
    newest = pathway.versions.order_by("-number").first()
    if newest is None:
        raise Refused(_("There is no version to begin from."))
    highest = pathway.versions.aggregate(codes=Max("codes"))["codes"]
    draft = PathwayVersion.objects.create(
        pathway=pathway,
        number=newest.number + 1,
        name=newest.name,
        description=newest.description,
        language=newest.language,
        award=newest.award,
        grace_days=newest.grace_days,
        codes=highest,
        created_at=clock.now(),
    )
    copy_tree(newest, draft)
    record("pathway.drafted", pathway, by=by, number=draft.number)
    return draft


@transaction.atomic
def discard(version: PathwayVersion, *, by: User) -> None:
    """Discard a draft, and with it a pathway that never had another version."""
    version = locked_draft(version.pk, by=by)
    pathway = version.pathway
    record("pathway.discarded", pathway, by=by, number=version.number)
    version.delete()
    if not pathway.versions.exists():
        pathway.delete()


# --- shared helpers ---------------------------------------------------------------------------------------------------
def first_version(pathway: Pathway, *, name: str, by: User, kind: str) -> PathwayVersion:
    version = PathwayVersion.objects.create(pathway=pathway, number=1, name=name, created_at=clock.now())
    Node.objects.create(version=version, code=ROOT, position=0, kind=Node.Kind.ALL)
    record(kind, pathway, by=by, number=version.number)
    return version


def copy_tree(source: PathwayVersion, version: PathwayVersion, *, as_plan: bool = False) -> None:
    """Copy every node, with its code. In a plan nothing is awarded, so a capstone becomes an ordinary badge."""
    new: dict[int, Node] = {}
    for old in in_reading_order(source):
        node = Node(
            version=version,
            parent=new[old.parent_id] if old.parent_id else None,
            **{name: getattr(old, name) for name in COPIED},
        )
        if as_plan and node.kind == Node.Kind.CAPSTONE:
            node.kind = Node.Kind.BADGE
        if as_plan and node.kind == Node.Kind.MILESTONE:
            node.achievement = None
        node.save()
        if issuers_ := list(old.issuers.all()):
            node.issuers.set(issuers_)
        new[old.pk] = node


COPIED = (
    *("code", "position", "kind", "name", "in_order", "needed", "achievement", "equivalence"),
    *("credits", "credit_framework", "level_framework", "level_from", "skills"),
)


def in_reading_order(version: PathwayVersion) -> Iterator[Node]:
    """Every node, parents before children, siblings in order, in two reads."""
    beneath: dict[int | None, list[Node]] = {}
    for node in version.nodes.whole().order_by("position", "pk"):
        beneath.setdefault(node.parent_id, []).append(node)
    waiting = list(beneath.get(None, ()))
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(beneath.get(node.pk, [])))


def refuse_award(pathway: Pathway, badge: Achievement) -> None:
    """Refuse an award that isn't a badge of the pathway's own institution; a plan can't award any."""
    if pathway.issuer is None:
        raise Refused(_("A plan of your own awards nothing: it shows how far you are."))
    if not Achievement.objects.of_house(pathway.issuer).filter(pk=badge.pk).exists():
        raise Refused(_("Choose a badge of your own institution: another's is not yours to award."))
    if not badge.versions.readable().exists():
        raise Refused(_("That badge isn't published yet. Publish it first, then choose it."))


def named(name: str) -> str:
    if not name.strip():
        raise Refused(_("Give it a name."))
    return name.strip()[:200]


def _slugs(name: str) -> Iterator[str]:
    """Short names from the name, in plain letters; then with random ones added, if it is taken or empty."""
    plain = slugify(name)[: SLUG_LENGTH - 7].strip("-")
    if plain and plain not in RESERVED:
        yield plain
    yield f"{plain}-{new_public_id()[:6]}".strip("-")


# Words in addresses where a short name could be.
RESERVED = frozenset({"plans", "groups", "requests", "credit", "stacks", "mine", "begin", "equivalences"})
