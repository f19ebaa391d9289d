"""Groups as their mentors see them: the progress of those who agreed, and nothing about anyone else."""

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
    """People with a seat at the pathway's issuer, or further up."""
    seats = Seat.objects.live().filter(issuer__descents_below__descendant=pathway.issuer_id)
    return User.objects.filter(pk__in=seats.values("person"), is_active=True).order_by("name", "pk")


def issuer_fact(pathway: Pathway) -> dict[str, str]:
    """The sender's name for letters about a pathway, if it has an issuer."""
    return {"issuer": pathway.issuer.name} if pathway.issuer is not None else {}


def shown() -> QuerySet[Membership]:
    """Memberships of people who agreed and have not left. The mentor of a plan is nobody's teacher, so a minor is
    seen there only while a guardian agrees to sharing.
    """
    agreed = GuardianConsent.objects.filter(
        person=OuterRef("enrolment__learner"), given_at__isnull=False, ended_at=None
    )
    joined = Membership.objects.filter(agreed_at__isnull=False, ended_at=None)
    return joined.exclude(~Exists(agreed), group__pathway__issuer=None, enrolment__learner__is_minor=True)


def members_of(group: Group) -> QuerySet[Membership]:
    """The group's visible members with their progress; those behind their target day first."""
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
    """A step as a mentor sees it: only its standing, no work and no text."""

    title: str
    standing: str
    why: str


def steps_for_mentor(enrolment: Enrolment) -> list[SeenStep]:
    """A learner's standing on each step of their pathway."""
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
