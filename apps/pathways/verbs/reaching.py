"""What is reached on a pathway: its end or a milestone, the resulting award, and what becomes of it at risk."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.accounts.policies import same_person
from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.credentials import queries as credentials
from apps.credentials import verbs as awarding
from apps.credentials.models import Credential, ForeignCredential
from apps.credentials.snapshots import ComponentFacts
from apps.issuers.models import AchievementVersion
from apps.pathways import policies, queries, telling
from apps.pathways.models import Component, Enrolment, Stack, StackDecision
from apps.pathways.queries.holding import OURS
from apps.pathways.rules import Kind, evaluate, plain, wanting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from apps.accounts.models import User
    from apps.pathways.queries import Asked
    from apps.pathways.rules import Counted, Progress, Rule

NONE = Decimal(0)


def reach(enrolment: Enrolment, rule: Rule, about: Asked, progress: Progress, now: datetime) -> Stack:
    """Record that a node is reached, with what counted, and award what it gives. The caller locks the enrolment."""
    found = progress.of(rule.code)
    stack = Stack.objects.create(
        enrolment=enrolment,
        version=about.version,
        code=rule.code,
        credits=progress.credits(rule.code, about.framework),
        reached_at=now,
    )
    Component.objects.bulk_create(_component(stack, code, counted) for code, counted in found)
    record("stack.reached", stack, by=None, code=rule.code, version=about.version.number, components=len(found))
    if rule is about.tree.root:
        complete(enrolment, now)
    if not award_what_is_reached(stack, enrolment, about, progress, now):  # an award has its own letter
        telling.reached(stack, enrolment, about)
    return stack


def complete(enrolment: Enrolment, now: datetime) -> None:
    """Mark an enrolment as complete. The caller locks it."""
    enrolment.move(Enrolment.State.COMPLETE)
    enrolment.completed_at = now
    enrolment.save(update_fields=["state", "completed_at"])
    record("pathway.completed", enrolment, by=None)


def _component(stack: Stack, code: str, counted: Counted) -> Component:
    kind, pk = counted.held.key
    return Component(
        stack=stack,
        code=code,
        credential_id=pk if kind == OURS else None,
        foreign_id=None if kind == OURS else pk,
        equivalence_id=counted.by,
        credits=counted.credits,
    )


def award_what_is_reached(stack: Stack, enrolment: Enrolment, about: Asked, progress: Progress, now: datetime) -> bool:
    """Award what a stack gives, once; return whether that happened now. If its badge can't be awarded today, the next
    look tries again.

    If the learner holds the badge already, that one is used, unless it has expired or is about to: then it is
    renewed.
    """
    rule = about.tree.by_code[stack.code]
    badge = about.tree.award if rule is about.tree.root else rule.achievement
    if badge is None or stack.credential_id is not None or enrolment.learner.erased_at is not None:
        return False
    version = (
        AchievementVersion.objects.public().select_related("achievement__issuer").filter(achievement=badge).first()
    )
    if version is None or version.achievement.archived_at is not None:
        return False
    held = credentials.held_by(enrolment.learner, version.achievement)
    award = held
    if award is None:
        total = progress.credits(stack.code, version.credit_framework) if version.credit_framework else NONE
        award = awarding.award_for_components(
            version,
            earner=enrolment.learner,
            components=_facts(progress.of(stack.code)),
            credits_earned=plain(total) if total else "",
            # Not translated: what is signed is the same for every reader.
            narrative=f"Reached on the pathway “{about.version.name}”, version {about.version.number}."
            + _told_of_excuses(rule, enrolment, about, progress),
            at=now,
        )
    stack.credential = award
    stack.save(update_fields=["credential"])
    record("stack.awarded", stack, by=None, credential=award.public_id)
    return held is None


def _facts(found: Sequence[tuple[str, Counted]]) -> list[ComponentFacts]:
    """What the signed award says about each component: its address, badge and issuer, and what it brought."""
    keys = [one.held.key for _code, one in found]
    ours = {
        one.pk: one
        for one in Credential.objects.filter(pk__in=[pk for kind, pk in keys if kind == OURS]).select_related("issuer")
    }
    theirs = ForeignCredential.objects.in_bulk([pk for kind, pk in keys if kind != OURS])
    facts = []
    for _code, one in found:
        kind, pk = one.held.key
        brought = {"credits": plain(one.credits) if one.credits else "", "framework": one.framework}
        if kind == OURS:
            signed = ours[pk].snapshot["achievement"]
            facts.append(
                ComponentFacts(
                    credentials.credential_url(ours[pk].public_id),
                    signed["id"],
                    signed["name"],
                    ours[pk].issuer.name,
                    version=signed["version"],
                    **brought,
                )
            )
        else:
            facts.append(
                ComponentFacts(
                    theirs[pk].credential_id,
                    theirs[pk].achievement_id,
                    theirs[pk].achievement_name,
                    theirs[pk].issuer_name,
                    **brought,
                )
            )
    return facts


def _told_of_excuses(rule: Rule, enrolment: Enrolment, about: Asked, progress: Progress) -> str:
    """The steps of a node that were excused and that no badge holds. Who excused them and why stays with the
    decision: what is signed names no person.
    """
    issuer = enrolment.pathway.issuer
    steps = [one for one in about.tree.leaves if one.code in progress.let_stand]
    steps = [one for one in steps if one is rule or rule in about.tree.above(one.code)]
    if issuer is None or not steps:
        return ""
    with override("en"):
        named = ", ".join(f"“{about.names.of(one)}”" for one in steps)
    return f" Let stand by {issuer.name}, though what counted for it no longer does: {named}."


def end(stack: Stack, enrolment: Enrolment) -> None:
    """End a stack; if it was the end of the pathway, that is under way again. The caller locks both."""
    stack.move(Stack.State.TAKEN_BACK)
    stack.at_risk_since = stack.grace_until = None
    stack.fallen = []
    stack.save(update_fields=["state", "at_risk_since", "grace_until", "fallen"])
    if enrolment.state == Enrolment.State.COMPLETE and _is_the_end(stack):
        enrolment.move(Enrolment.State.ACTIVE)
        enrolment.completed_at = None
        enrolment.save(update_fields=["state", "completed_at"])


def _is_the_end(stack: Stack) -> bool:
    return stack.version.nodes.filter(parent=None, code=stack.code).exists()


@transaction.atomic
def decide(stack: Stack, *, by: User, outcome: str, reason: str) -> StackDecision:
    """Decide on a stack at risk: it stands as it is, gets more time, or is taken back with its award.

    Nobody may decide on their own stack. The earner reads `reason`.
    """
    enrolment = Enrolment.objects.locked(stack.enrolment_id)
    stack = Stack.objects.locked(stack.pk)
    if not policies.can_decide_stack(by, stack):
        raise PermissionDenied
    if same_person(enrolment.learner, by):
        raise Refused(_("You can't decide your own case. Ask a colleague."))
    if stack.state != Stack.State.AT_RISK:
        raise Refused(_("Nothing is at risk here any more."))
    outcome, now = StackDecision.Outcome(outcome), clock.now()
    if not reason.strip():
        raise Refused(_("Say why: the earner reads it."))
    decision = StackDecision.objects.create(stack=stack, outcome=outcome, reason=reason, by=by, decided_at=now)
    if outcome == StackDecision.Outcome.MORE_TIME:
        stack.grace_until = max(now, stack.grace_until or now) + timedelta(days=stack.version.grace_days)
        stack.save(update_fields=["grace_until"])
    elif outcome == StackDecision.Outcome.KEEP:
        stack.move(Stack.State.STANDING)
        stack.excused = sorted(_let_stand(stack, enrolment))
        stack.at_risk_since = stack.grace_until = None
        stack.fallen = []
        stack.save(update_fields=["state", "excused", "at_risk_since", "grace_until", "fallen"])
    else:
        award = stack.credential
        end(stack, enrolment)
        if award is not None and not Stack.objects.live().filter(credential=award).exists():
            awarding.revoke_for_components(award, by=by, note=reason)
    record("stack.decided", stack, by=by, outcome=outcome, reason=digest(reason))
    telling.decided(stack, enrolment, queries.about_version(stack.version_id), decision)
    return decision


def _let_stand(stack: Stack, enrolment: Enrolment) -> set[str]:
    """Every code to excuse so that the next look agrees: what fell, and groups that lack credits because of it. A
    step that fell after someone was asked is not included.
    """
    about = queries.about_version(stack.version_id)
    tree, held = about.tree, queries.held_for(enrolment.learner, about)
    let = {*stack.excused, *stack.fallen}
    rests_on = let | {one.code for one in stack.components.all()}
    ways = rests_on | {above.code for code in rests_on for above in tree.above(code)}
    while True:
        progress = evaluate(tree, held, about.equals, clock.now(), excused=let)
        short = {
            code
            for code in wanting(tree.by_code[stack.code], progress, ways)
            if tree.by_code[code].kind == Kind.CREDITS
        }
        if not short:
            return let
        let |= short
