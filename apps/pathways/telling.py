"""Notices about pathways: for learners, what they reach; for those who run an issuer, what they have to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import override

from apps.issuers.policies import publishers_of
from apps.notices import verbs as notices
from apps.pathways.models import StackDecision
from apps.pathways.rules.wording import and_

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User
    from apps.pathways.models import Enrolment, PathwayVersion, Stack
    from apps.pathways.queries import Asked


def _facts(enrolment: Enrolment, about: Asked, code: str) -> dict[str, Any]:
    issuer = enrolment.pathway.issuer
    rule = about.tree.by_code[code]
    whole = rule is about.tree.root
    return {
        "badge": about.version.name if whole else about.names.of(rule),
        "pathway": about.version.name,
        **({"issuer": issuer.name} if issuer is not None else {}),
    }


def reached(stack: Stack, enrolment: Enrolment, about: Asked) -> None:
    notices.write(
        "pathway_reached",
        key=f"pathway_reached:{stack.public_id}",
        to=enrolment.learner,
        address=enrolment.get_absolute_url(),
        facts=_facts(enrolment, about, stack.code),
    )


def capstone_opens(enrolment: Enrolment, about: Asked, now: datetime) -> None:
    """Tell the learner, once for each time that it opens: it may close and open again."""
    capstone = about.tree.capstone
    if capstone is not None:
        notices.write(
            "capstone_open",
            key=f"capstone_open:{enrolment.public_id}:{now.isoformat()}",
            to=enrolment.learner,
            address=enrolment.get_absolute_url(),
            facts=_facts(enrolment, about, capstone.code),
        )


def at_risk(stack: Stack, enrolment: Enrolment, about: Asked) -> None:
    """Tell the earner, who may mend it, and those who will have to decide."""
    key = f"{stack.public_id}:{stack.at_risk_since}"
    facts = _facts(enrolment, about, stack.code) | _fallen(stack, about, enrolment.learner)
    notices.write(
        "stack_at_risk",
        key=f"stack_at_risk:{key}",
        to=enrolment.learner,
        address=enrolment.get_absolute_url(),
        facts=facts | {"day": _day(stack)},
    )
    _tell_deciders(stack, enrolment, about, key=key, over=False)


def grace_is_over(stack: Stack, enrolment: Enrolment, about: Asked) -> None:
    _tell_deciders(stack, enrolment, about, key=f"{stack.public_id}:over:{stack.grace_until}", over=True)


def _tell_deciders(stack: Stack, enrolment: Enrolment, about: Asked, *, key: str, over: bool) -> None:
    issuer = enrolment.pathway.issuer
    for person in publishers_of(issuer) if issuer is not None else ():
        notices.write(
            "stack_waits",
            key=f"stack_waits:{key}",
            to=person,
            address=reverse("pathways:stack", args=[stack.public_id]),
            facts=_facts(enrolment, about, stack.code)
            | _fallen(stack, about, person)
            | {"day": _day(stack), "over": over, "person": str(enrolment.learner)},
        )


def _fallen(stack: Stack, about: Asked, reader: User) -> dict[str, str]:
    """The steps that no longer stand, as one phrase in the reader's language."""
    with override(reader.language):
        return {"steps": and_([about.names.of(about.tree.by_code[code]) for code in stack.fallen])}


def stands_again(stack: Stack, enrolment: Enrolment, about: Asked, now: datetime) -> None:
    notices.write(
        "stack_stands",
        key=f"stack_stands:{stack.public_id}:{now.isoformat()}",
        to=enrolment.learner,
        address=enrolment.get_absolute_url(),
        facts=_facts(enrolment, about, stack.code),
    )


def decided(stack: Stack, enrolment: Enrolment, about: Asked, decision: StackDecision) -> None:
    notices.write(
        "stack_decided",
        key=f"stack_decided:{stack.public_id}:{decision.decided_at.isoformat()}",
        to=enrolment.learner,
        address=enrolment.get_absolute_url(),
        facts=_facts(enrolment, about, stack.code)
        | {
            "outcome": decision.outcome,
            "reason": decision.reason,
            "day": _day(stack) if decision.outcome == StackDecision.Outcome.MORE_TIME else "",
        },
    )


def day_is_near(enrolment: Enrolment, *, days: int) -> None:
    issuer = enrolment.pathway.issuer
    notices.write(
        "pathway_near",
        key=f"pathway_near:{enrolment.public_id}:{enrolment.target_on}:{days}",
        to=enrolment.learner,
        address=enrolment.get_absolute_url(),
        facts={
            "badge": enrolment.version.name,
            "day": enrolment.target_on.isoformat() if enrolment.target_on else "",
            "done": enrolment.steps_done,
            "total": enrolment.steps_total,
            **({"issuer": issuer.name} if issuer is not None else {}),
        },
    )


def is_newer(enrolment: Enrolment, version: PathwayVersion) -> None:
    issuer = enrolment.pathway.issuer
    notices.write(
        "pathway_newer",
        key=f"pathway_newer:{enrolment.public_id}:{version.number}",
        to=enrolment.learner,
        address=enrolment.get_absolute_url(),
        facts={"badge": version.name, "number": version.number, **({"issuer": issuer.name} if issuer else {})},
    )


def _day(stack: Stack) -> str:
    day = stack.grace_day
    return day.isoformat() if day is not None else ""
