"""A learner's own pathway: composed from the catalogue, shared by its address, copied from others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.policies import refuse_sharing
from apps.core import clock
from apps.core.events import record
from apps.core.ids import new_public_id
from apps.core.refused import Refused
from apps.pathways import policies
from apps.pathways.models import Enrolment, Node, Pathway, PathwayVersion
from apps.pathways.verbs.drafts import refuse_archived
from apps.pathways.verbs.nodes import add_node
from apps.pathways.verbs.walking import end_walk
from apps.pathways.verbs.writing import copy_tree, draft_next, first_version, named

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.issuers.models import Achievement

# How many a person can have at once.
MOST_PLANS = 50


@transaction.atomic
def plan(*, by: User, name: str) -> PathwayVersion:
    """Begin a plan of one's own. It is empty, and nobody else sees it."""
    return first_version(_new_plan(by), name=named(name), by=by, kind="pathway.planned")


@transaction.atomic
def copy_plan(pathway: Pathway, *, by: User) -> PathwayVersion:
    """Make a plan of one's own from any pathway that one may read: its awards stay with the issuer."""
    source = (
        PathwayVersion.objects.filter(pathway__in=Pathway.objects.visible_to(by), pathway=pathway)
        .readable()
        .order_by("-number")
        .first()
    )
    if source is None:
        raise PermissionDenied
    mine = _new_plan(by, copied_from=pathway)
    draft = PathwayVersion.objects.create(
        pathway=mine,
        number=1,
        name=source.name,
        description=source.description,
        language=source.language,
        codes=source.codes,
        created_at=clock.now(),
    )
    copy_tree(source, draft, as_plan=True)
    record("pathway.copied", mine, by=by, source=pathway.public_id, number=source.number)
    return draft


@transaction.atomic
def add_to_plan(pathway: Pathway, *, by: User, badge: Achievement) -> PathwayVersion:
    """Add a badge at the end of a plan of one's own: to its draft, or to a new one."""
    pathway = _locked_plan(pathway, by=by)
    draft = pathway.versions.filter(state=PathwayVersion.State.DRAFT).first()
    draft = draft or draft_next(pathway, by=by)
    if draft.nodes.filter(achievement=badge).exists():
        raise Refused(_("That badge is in this plan already."))
    add_node(draft, by=by, into=draft.nodes.get(parent=None).code, kind=Node.Kind.BADGE, achievement=badge)
    return draft


@transaction.atomic
def share(pathway: Pathway, *, by: User) -> Pathway:
    """Let everyone with its address read a plan. Idempotent."""
    pathway = _locked_plan(pathway, by=by)
    refuse_sharing(by)
    refuse_archived(pathway)
    if not pathway.versions.readable().exists():
        raise Refused(_("Use the plan first: then there is something to share."))
    if pathway.shared_at is None:
        pathway.shared_at = clock.now()
        pathway.save(update_fields=["shared_at"])
        record("pathway.shared", pathway, by=by)
    return pathway


@transaction.atomic
def unshare(pathway: Pathway, *, by: User) -> Pathway:
    """Stop sharing a plan: its address shows nothing to others, and those who walked it have left it. Copies stay
    with their owners. Idempotent.
    """
    pathway = _locked_plan(pathway, by=by)
    if pathway.shared_at is not None:
        pathway.shared_at = None
        pathway.save(update_fields=["shared_at"])
        record("pathway.unshared", pathway, by=by)
        for pk in (
            pathway.enrolments.live().exclude(learner=pathway.owner_id).order_by("pk").values_list("pk", flat=True)
        ):
            end_walk(Enrolment.objects.locked(pk), by=by)
    return pathway


def _new_plan(by: User, *, copied_from: Pathway | None = None) -> Pathway:
    if Pathway.objects.filter(owner=by, archived_at=None).count() >= MOST_PLANS:
        raise Refused(_("You have %(most)d plans. Put one away first.") % {"most": MOST_PLANS})
    public_id = new_public_id()
    return Pathway.objects.create(
        owner=by, public_id=public_id, slug=public_id, copied_from=copied_from, created_at=clock.now()
    )


def _locked_plan(pathway: Pathway, *, by: User) -> Pathway:
    pathway = Pathway.objects.locked(pathway.pk)
    if pathway.owner_id is None or not policies.can_write(by, pathway):
        raise PermissionDenied
    return pathway
