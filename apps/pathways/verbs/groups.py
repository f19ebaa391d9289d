"""Groups on a pathway: learners let a mentor see their progress, for as long as they like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.policies import refuse_sharing
from apps.core import clock
from apps.core.events import record
from apps.core.refused import Refused
from apps.notices import verbs as notices
from apps.pathways import policies, queries
from apps.pathways.models import Group, Membership, Pathway, PathwayVersion
from apps.pathways.verbs.walking import enrol

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User


@transaction.atomic
def make_group(pathway: Pathway, *, by: User, name: str, mentor: User) -> Group:
    """Begin a group with a mentor, who has a seat at the issuer, or is the asker. Learners join by its link."""
    pathway = Pathway.objects.locked(pathway.pk)
    if not policies.can_lead(by, pathway):
        raise PermissionDenied
    if pathway.archived_at is not None or not pathway.versions.filter(state=PathwayVersion.State.PUBLISHED).exists():
        raise Refused(_("This pathway can't be begun now."))
    if not name.strip():
        raise Refused(_("Give the group a name."))
    _refuse_mentor(mentor, pathway, by=by)
    group = Group.objects.create(pathway=pathway, name=name.strip(), mentor=mentor, made_by=by, made_at=clock.now())
    record("group.made", group, by=by, mentor=mentor.public_id)
    _tell_mentor(group, by=by, key=f"group_given:{group.public_id}")
    return group


@transaction.atomic
def hand_on_group(group: Group, *, by: User, mentor: User) -> Group:
    """Give a group another mentor. Its members agreed to be seen by the previous one, so they have to agree again. If
    it is the same mentor, nothing changes.
    """
    group = Group.objects.locked(group.pk)
    if not policies.can_lead(by, group.pathway):
        raise PermissionDenied
    if group.ended_at is not None:
        raise Refused(_("This group has ended."))
    if mentor.pk == group.mentor_id:
        return group
    _refuse_mentor(mentor, group.pathway, by=by)
    members = Membership.objects.filter(group=group, ended_at=None).select_related("enrolment__learner")
    if members.filter(enrolment__learner=mentor).exists():
        raise Refused(_("They are in this group themselves. Choose somebody else, or ask them to leave it first."))
    now = clock.now()
    asked = list(members.order_by("pk"))
    former = _with_former_mentor(group, now)
    group.mentor = mentor
    group.save(update_fields=["mentor"])
    Membership.objects.bulk_create(Membership(group=group, enrolment=one.enrolment, asked_at=now) for one in asked)
    record(
        "group.handed_on",
        group,
        by=by,
        mentor=mentor.public_id,
        before=former.mentor.public_id,
        former=former.public_id,
    )
    key = f"{group.public_id}:{now.isoformat()}"
    _tell_mentor(group, by=by, key=f"group_given:{key}")
    facts = {"badge": group.name, "who": mentor.name, **queries.issuer_fact(group.pathway)}
    there = reverse("pathways:join_group", args=[group.public_id])
    notices.write_many(
        "group_handed_on",
        [notices.Telling(f"group_handed_on:{key}", one.enrolment.learner, there, facts) for one in asked],
    )
    return group


def _with_former_mentor(group: Group, now: datetime) -> Group:
    """Keep a copy of the group as it was, ended: reviews ask who was whose mentor, and until when. The group itself
    goes on with its link.
    """
    former = Group.objects.create(
        pathway=group.pathway,
        name=group.name,
        mentor=group.mentor,
        made_by=group.made_by,
        made_at=group.made_at,
        ended_at=now,
    )
    Membership.objects.filter(group=group).update(group=former)
    Membership.objects.filter(group=former, ended_at=None).update(ended_at=now)
    return former


def _refuse_mentor(mentor: User, pathway: Pathway, *, by: User) -> None:
    if mentor.pk != by.pk and not queries.possible_mentors(pathway).filter(pk=mentor.pk).exists():
        raise Refused(_("A mentor has a part at the organisation. Give them one first."))


def _tell_mentor(group: Group, *, by: User, key: str) -> None:
    if group.mentor_id != by.pk:
        notices.write(
            "group_given",
            key=key,
            to=group.mentor,
            address=group.get_absolute_url(),
            facts={"badge": group.name, "who": by.name, **queries.issuer_fact(group.pathway)},
        )


@transaction.atomic
def join_group(group: Group, *, by: User, mentor: str) -> Membership:
    """Let the mentor see one's progress, beginning the pathway if need be. Idempotent.

    `mentor` is the public id of the mentor whom they were shown: they agree to nobody else.
    """
    group = Group.objects.locked(group.pk)
    if group.ended_at is not None:
        raise Refused(_("This group has ended."))
    if mentor != group.mentor.public_id:
        raise Refused(_("This group has a new mentor now. Check who it is before you join."))
    if group.mentor_id == by.pk:
        raise Refused(_("You mentor this group yourself."))
    if not Group.objects.seen().filter(pk=group.pk).exists():
        raise Refused(_("Its mentor has no part there any more. Ask whoever sent you the link."))
    if group.pathway.issuer is None:  # its mentor is nobody's teacher
        refuse_sharing(by)
    enrolment = enrol(group.pathway, by=by)
    now = clock.now()
    membership, made = Membership.objects.get_or_create(
        group=group, enrolment=enrolment, ended_at=None, defaults={"asked_at": now, "agreed_at": now}
    )
    if membership.agreed_at is None:  # another mentor asks again
        membership.agreed_at = now
        membership.save(update_fields=["agreed_at"])
        made = True
    if made:
        record("group.joined", group, by=by, membership=membership.public_id)
    return membership


@transaction.atomic
def leave_group(membership: Membership, *, by: User) -> Membership:
    """Leave, or as the mentor let a member go: the mentor sees nothing more from this moment."""
    group = Group.objects.locked(membership.group_id)
    membership = Membership.objects.select_related("enrolment").select_for_update(of=("self",)).get(pk=membership.pk)
    if by.pk not in (membership.enrolment.learner_id, group.mentor_id):
        raise PermissionDenied
    if membership.ended_at is None:
        membership.ended_at = clock.now()
        membership.save(update_fields=["ended_at"])
        record("group.left", group, by=by, membership=membership.public_id)
    return membership


@transaction.atomic
def end_group(group: Group, *, by: User) -> Group:
    """End a group: nobody can join it any more, and the mentor sees nothing more."""
    group = Group.objects.locked(group.pk)
    if by.pk != group.mentor_id and not policies.can_lead(by, group.pathway):
        raise PermissionDenied
    if group.ended_at is None:
        group.ended_at = clock.now()
        group.save(update_fields=["ended_at"])
        Membership.objects.filter(group=group, ended_at=None).update(ended_at=group.ended_at)
        record("group.ended", group, by=by)
    return group
