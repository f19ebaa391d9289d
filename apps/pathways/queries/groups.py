"""Groups as their mentors see them: how far those are who agreed, and nothing of anybody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from apps.accounts.models import GuardianConsent, User
from apps.issuers.models import Seat
from apps.pathways.models import Enrolment, Membership, Stack
from apps.pathways.queries.trees import asked
from apps.pathways.queries.walking import excused_of, standing_of
from apps.pathways.rules import why_not

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.pathways.models import Group, Pathway


def possible_mentors(pathway: Pathway) -> QuerySet[User]:
    """Who has a part at the pathway's issuer, or further up."""
    seats = Seat.objects.live().filter(issuer__descents_below__descendant=pathway.issuer_id)
    return User.objects.filter(pk__in=seats.values("person"), is_active=True).order_by("name", "pk")


def issuer_fact(pathway: Pathway) -> dict[str, str]:
    """What a letter about a pathway names as its sender, if it has one."""
    return {"issuer": pathway.issuer.name} if pathway.issuer is not None else {}


def shown() -> QuerySet[Membership]:
    """Those who agreed and have not gone. Who mentors on a plan is nobody's teacher: a minor is seen there while a guardian
    agrees that they share.
    """
    agreed = GuardianConsent.objects.filter(
        person=OuterRef("enrolment__learner"), given_at__isnull=False, ended_at=None
    )
    joined = Membership.objects.filter(agreed_at__isnull=False, ended_at=None)
    return joined.exclude(~Exists(agreed), group__pathway__issuer=None, enrolment__learner__is_minor=True)


def members_of(group: Group) -> QuerySet[Membership]:
    """Those who agreed and have not gone, with how far they are; who is behind their day first."""
    at_risk = Stack.objects.filter(enrolment=OuterRef("enrolment"), state=Stack.State.AT_RISK)
    return (
        shown()
        .filter(group=group)
        .exclude(enrolment__state=Enrolment.State.LEFT)
        .select_related("enrolment__learner", "enrolment__version")
        .annotate(is_at_risk=Exists(at_risk))
        .order_by("enrolment__target_on", "enrolment__learner__name", "pk")
    )


@dataclass(frozen=True)
class SeenStep:
    """A step as a mentor sees it: no work, no words, only how it stands."""

    title: str
    standing: str
    why: str


def steps_for_mentor(enrolment: Enrolment) -> list[SeenStep]:
    """How a learner stands on each step of their pathway."""
    about = asked(type(enrolment.version).objects.whole().get(pk=enrolment.version_id))
    progress = standing_of(enrolment.learner, about, excused=excused_of(enrolment, about.tree))
    return [
        SeenStep(
            about.names.of(rule),
            progress.standing[rule.code].value,
            why_not(rule, about.tree, progress, about.names),
        )
        for rule in about.tree.leaves
    ]
