"""What the pathways app deletes when a person leaves. How much was asked and counted stays; who, why and for what
goes.
"""

from __future__ import annotations

from django.db.models import Case, Q, Value, When
from django.db.models.functions import Lower

from apps.accounts import queries as people
from apps.accounts.models import User
from apps.core import clock, erasing
from apps.core.erasing import NOTHING, Names
from apps.notices import leaving as notices
from apps.pathways.models import (
    Agreement,
    CreditRequest,
    DossierPiece,
    Enrolment,
    Equivalence,
    Group,
    Membership,
    Node,
    Pathway,
    PathwayVersion,
    StackDecision,
)

_State = CreditRequest.State


def forget(person_id: int) -> None:
    person = User.objects.get(pk=person_id)
    names = Names.of(people.names_of(person), notices.addresses_of(person))
    _forget_walks(person)
    _forget_plans(person)
    _forget_requests(person, names)
    _forget_agreements(person, names)
    answered = Equivalence.objects.filter(Q(proposed_by=person) | Q(answered_by=person))
    names.take_out_of_theirs(answered, "why", "answer")
    names.take_out(Equivalence.objects.all(), "why", "answer")
    in_them = Membership.objects.filter(enrolment__learner=person).values("group")
    names.take_out_of_theirs(Group.objects.filter(Q(mentor=person) | Q(pk__in=in_them)), "name")
    names.take_out(Group.objects.all(), "name")


def _forget_walks(person: User) -> None:
    """End their walks, and those on their plans, which nobody can read any more. They still count in a pathway's
    figures, but mentors can't see them, and decisions lose their reasons.
    """
    now = clock.now()
    walked = Enrolment.objects.filter(Q(learner=person) | Q(pathway__owner=person))
    ended = Q(enrolment__in=walked) | Q(group__mentor=person)
    Membership.objects.filter(ended, ended_at=None).update(ended_at=now)
    Group.objects.filter(mentor=person, ended_at=None).update(ended_at=now)
    walked.exclude(state=Enrolment.State.LEFT).update(
        state=Enrolment.State.LEFT, left_at=now, completed_at=None, target_on=None
    )
    StackDecision.objects.filter(stack__enrolment__learner=person).update(reason=NOTHING)


def _forget_plans(person: User) -> None:
    """Unshare their plans. Others may have walked them, so the steps stay, without the owner's text."""
    plans = Pathway.objects.filter(owner=person)
    plans.update(shared_at=None)
    Node.objects.filter(version__pathway__in=plans).exclude(name="").exclude(kind=Node.Kind.MILESTONE).update(name="")
    Node.objects.filter(version__pathway__in=plans, kind=Node.Kind.MILESTONE).update(name=NOTHING)
    versions = PathwayVersion.objects.filter(pathway__in=plans)
    versions.update(name=NOTHING, description="")
    versions.filter(state=PathwayVersion.State.DRAFT).update(removed=[])


def _forget_requests(person: User, names: Names) -> None:
    """Close their dossiers, so that links in letters open nothing. Remove their addresses from other people's
    requests, and their name where they answered.
    """
    asked = CreditRequest.objects.filter(learner=person)
    DossierPiece.objects.filter(item__request__in=asked).delete()
    asked.filter(state=_State.ASKED).update(state=_State.WITHDRAWN)
    says_why = Q(state__in=(_State.PARTLY, _State.DECLINED))
    asked.update(
        note="",
        reason=Case(When(says_why, then=Value(NOTHING)), default=Value("")),
        answered_name="",
        link_sha256="",
        link_until=None,
    )
    others = CreditRequest.objects.exclude(learner=person)
    theirs = Q(answered_by=person) | Q(agreement__proposed_by=person) | Q(agreement__answered_by=person)
    names.take_out_of_theirs(others.filter(theirs), "note", "reason", "answered_name")
    names.take_out(others, "note", "reason", "answered_name")


def _forget_agreements(person: User, names: Names) -> None:
    """Remove what agreements say about them, whether they asked under one or made it; the agreements stand. Letters
    to an address of theirs reach nobody.
    """
    columns = ("partner_name", "counts_towards", "conditions", "cost", "answer")
    written_to = Agreement.objects.annotate(low=Lower("partner_email")).filter(low__in=names.addresses)
    asked = CreditRequest.objects.filter(learner=person).values("agreement")
    whose = Q(pk__in=asked) | Q(pk__in=written_to.values("pk")) | Q(proposed_by=person) | Q(answered_by=person)
    names.take_out_of_theirs(Agreement.objects.filter(whose), *columns)
    names.take_out(Agreement.objects.all(), *columns)
    for one in written_to.only("pk", "public_id"):
        Agreement.objects.filter(pk=one.pk).update(partner_email=erasing.unheard_address(one.public_id))
