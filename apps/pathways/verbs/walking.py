"""A person walks a pathway: begin it, set a target day, move to a newer version, leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import record
from apps.core.refused import Refused
from apps.pathways import policies
from apps.pathways.models import Enrolment, Membership, Pathway, PathwayVersion
from apps.pathways.verbs.looking import look_again
from apps.pathways.verbs.reaching import end

if TYPE_CHECKING:
    from datetime import date

    from apps.accounts.models import User


@transaction.atomic
def enrol(pathway: Pathway, *, by: User, target_on: date | None = None) -> Enrolment:
    """Begin a pathway, or resume it on its newest version. What one holds already counts at once.

    If it is under way, that enrolment is returned.
    """
    # Lock the version before its pathway, as archiving does. A version replaced while this waited is not found: the
    # second try finds its successor.
    version = _open_version(pathway) or _open_version(pathway)
    pathway = Pathway.objects.locked(pathway.pk)
    if not Pathway.objects.visible_to(by).filter(pk=pathway.pk).exists():
        raise PermissionDenied
    if version is None or pathway.archived_at is not None:
        raise Refused(_("This pathway can't be begun now."))
    _refuse_past(target_on, by)
    now = clock.now()
    enrolment, made = Enrolment.objects.select_for_update(of=("self",)).get_or_create(
        pathway=pathway, learner=by, defaults={"version": version, "started_at": now, "target_on": target_on}
    )
    if not made:
        if enrolment.state != Enrolment.State.LEFT:
            return enrolment
        enrolment.move(Enrolment.State.ACTIVE)
        enrolment.version, enrolment.started_at, enrolment.left_at = version, now, None
        enrolment.target_on, enrolment.reminded_at = target_on, None
        enrolment.save(update_fields=["state", "version", "started_at", "left_at", "target_on", "reminded_at"])
    record("pathway.begun", enrolment, by=by, version=version.number)
    look_again([enrolment.pk])
    enrolment.refresh_from_db()
    return enrolment


@transaction.atomic
def leave(enrolment: Enrolment, *, by: User) -> Enrolment:
    """Stop walking a pathway. What was earned stays earned, and it can be resumed; mentors no longer see it."""
    return end_walk(_held(enrolment, by), by=by)


def end_walk(enrolment: Enrolment, *, by: User) -> Enrolment:
    """End a walk. The caller locks it."""
    enrolment.move(Enrolment.State.LEFT)
    enrolment.left_at = clock.now()
    enrolment.completed_at = None
    enrolment.save(update_fields=["state", "left_at", "completed_at"])
    Membership.objects.filter(enrolment=enrolment, ended_at=None).update(ended_at=clock.now())
    record("pathway.left", enrolment, by=by)
    return enrolment


@transaction.atomic
def set_target(enrolment: Enrolment, *, by: User, target_on: date | None) -> Enrolment:
    """Set one's target day, or none."""
    enrolment = _held(enrolment, by)
    if enrolment.state == Enrolment.State.LEFT:
        raise Refused(_("You have left this pathway."))
    _refuse_past(target_on, by)
    enrolment.target_on, enrolment.reminded_at = target_on, None
    enrolment.save(update_fields=["target_on", "reminded_at"])
    record("pathway.target_set", enrolment, by=by, target=target_on.isoformat() if target_on else "")
    return enrolment


@transaction.atomic
def move_on(enrolment: Enrolment, *, by: User) -> Enrolment:
    """Move to the newest version: the learner's choice, having seen what differs. What was reached stays reached, by
    the rules of that time.
    """
    enrolment = _held(enrolment, by)
    newest = enrolment.pathway.versions.filter(state=PathwayVersion.State.PUBLISHED).first()
    if newest is None or newest.pk == enrolment.version_id:
        raise Refused(_("There is no newer version. You are on the newest already."))
    if not enrolment.can_move_on:
        raise Refused(_("You are at the end of it: there is nothing to move to."))
    if enrolment.state == Enrolment.State.COMPLETE:  # a plan, which awards nothing: its end is further on now
        for stack in enrolment.stacks.live().filter(
            code__in=enrolment.version.nodes.filter(parent=None).values("code")
        ):
            end(stack, enrolment)
    before, enrolment.version = enrolment.version, newest
    enrolment.save(update_fields=["version"])
    record("pathway.moved_on", enrolment, by=by, before=before.number, version=newest.number)
    look_again([enrolment.pk])
    enrolment.refresh_from_db()
    return enrolment


def _open_version(pathway: Pathway) -> PathwayVersion | None:
    """The version that can be begun, locked so that nobody retires it meanwhile."""
    versions = pathway.versions.select_for_update(of=("self",), no_key=True)
    return versions.filter(state=PathwayVersion.State.PUBLISHED).first()


def _held(enrolment: Enrolment, by: User) -> Enrolment:
    found = Enrolment.objects.locked(enrolment.pk)
    if not policies.can_walk(by, found):
        raise PermissionDenied
    return found


def _refuse_past(day: date | None, by: User) -> None:
    if day is not None and day < clock.now().astimezone(clock.zone(by.time_zone)).date():
        raise Refused(_("That day is over. Choose one that is still to come."))
