"""Equivalences: propose them, answer for the other side, withdraw and end them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.issuers import policies as seats
from apps.issuers.models import Achievement, AchievementVersion
from apps.notices import verbs as notices
from apps.pathways import policies
from apps.pathways.models import Equivalence

if TYPE_CHECKING:
    from decimal import Decimal

    from apps.accounts.models import User
    from apps.issuers.models import Issuer

State = Equivalence.State
FOREIGN = ("foreign_issuer_id", "foreign_achievement_id", "foreign_issuer_name", "foreign_name")


@transaction.atomic
def propose_equivalence(
    issuer: Issuer,
    *,
    by: User,
    why: str,
    theirs: Achievement | None = None,
    counts_as: Achievement | None = None,
    credits: Decimal | None = None,  # noqa: A002 – the column's name
    credit_framework: str = "",
    **foreign: str,
) -> Equivalence:
    """Say that a badge counts: in place of one of ours, or as a step by itself.

    A badge of another institution here waits for its answer. One of the same institution, or from elsewhere
    (`FOREIGN`), counts at once, on the issuer's own authority.
    """
    if not policies.can_say_what_counts(by, issuer):
        raise PermissionDenied
    facts = {name: foreign.pop(name, "").strip() for name in FOREIGN}
    if foreign:
        raise Refused(_("A rule has no “%(word)s”.") % {"word": ", ".join(sorted(foreign))})
    if not why.strip():
        raise Refused(_("Say why it counts: everybody reads it."))
    if credits is not None and (credits <= 0 or not credit_framework):
        raise Refused(_("Say how many credits it brings, and whose; or leave both empty."))
    _refuse_unfit(issuer, theirs, counts_as, facts)
    now = clock.now()
    waits = theirs is not None and not Achievement.objects.of_house(issuer).filter(pk=theirs.pk).exists()
    if waits and theirs is not None and not seats.publishers_of(theirs.issuer):
        raise Refused(_("Nobody runs %(issuer)s here, so nobody could answer.") % {"issuer": theirs.issuer})
    try:
        with transaction.atomic():
            rule = Equivalence.objects.create(
                issuer=issuer,
                theirs=theirs,
                counts_as=counts_as,
                credits=credits,
                credit_framework=credit_framework if credits is not None else "",
                why=why.strip(),
                proposed_by=by,
                proposed_at=now,
                state=State.PROPOSED if waits else State.ACCEPTED,
                answered_at=None if waits else now,
                **facts,
            )
    except IntegrityError as error:
        raise Refused(_("There is such a rule already.")) from error
    record("equivalence.proposed", rule, by=by, issuer=issuer.public_id, why=digest(rule.why))
    if not waits:
        record("equivalence.accepted", rule, by=by)
    elif theirs is not None:
        for person in seats.publishers_of(theirs.issuer):
            _tell("equivalence_asked", rule, to=person, at=theirs.issuer, why=rule.why)
    return rule


@transaction.atomic
def accept_equivalence(rule: Equivalence, *, by: User, answer: str = "") -> Equivalence:
    """Agree, for the other side, that its badge counts."""
    rule = _locked_to_answer(rule, by=by)
    _answer(rule, State.ACCEPTED, by=by, answer=answer)
    record("equivalence.accepted", rule, by=by, answer=digest(rule.answer))
    _tell_proposer(rule, by=by, outcome="accepted")
    return rule


@transaction.atomic
def decline_equivalence(rule: Equivalence, *, by: User, answer: str) -> Equivalence:
    """Decline, with a reason."""
    rule = _locked_to_answer(rule, by=by)
    if not answer.strip():
        raise Refused(_("Say why not: who proposed it reads it."))
    _answer(rule, State.DECLINED, by=by, answer=answer)
    record("equivalence.declined", rule, by=by, answer=digest(rule.answer))
    _tell_proposer(rule, by=by, outcome="declined")
    return rule


@transaction.atomic
def withdraw_equivalence(rule: Equivalence, *, by: User) -> Equivalence:
    """Withdraw a proposal."""
    rule = Equivalence.objects.locked(rule.pk)
    if not policies.can_say_what_counts(by, rule.issuer):
        raise PermissionDenied
    rule.move(State.WITHDRAWN)
    rule.save(update_fields=["state"])
    record("equivalence.withdrawn", rule, by=by)
    return rule


@transaction.atomic
def end_equivalence(rule: Equivalence, *, by: User) -> Equivalence:
    """End it, for either side: it counts for nobody from now on, and what rested on it is evaluated again."""
    rule = Equivalence.objects.locked(rule.pk)
    ours = policies.can_say_what_counts(by, rule.issuer)
    if not ours and not policies.can_answer_equivalence(by, rule):
        raise PermissionDenied
    rule.move(State.ENDED)
    rule.ended_at = clock.now()
    rule.save(update_fields=["state", "ended_at"])
    record("equivalence.ended", rule, by=by)
    if not ours:
        _tell_proposer(rule, by=by, outcome="ended")
    return rule


# --- shared helpers ---------------------------------------------------------------------------------------------------
def _refuse_unfit(
    issuer: Issuer, theirs: Achievement | None, counts_as: Achievement | None, facts: dict[str, str]
) -> None:
    if counts_as is not None:
        if not Achievement.objects.of_house(issuer).filter(pk=counts_as.pk).exists():
            raise Refused(_("It can only count as a badge of your own institution."))
        _refuse_unread(counts_as)
    if theirs is not None:
        if any(facts.values()):
            raise Refused(_("Choose a badge of this installation, or say which one from elsewhere: not both."))
        if counts_as is not None and theirs.pk == counts_as.pk:
            raise Refused(_("It is the same badge: it counts as itself already."))
        _refuse_unread(theirs)
    elif not (facts["foreign_issuer_id"] and facts["foreign_achievement_id"] and facts["foreign_name"]):
        raise Refused(_("Say which badge: its own id, that of its issuer, and what it is called."))


def _refuse_unread(badge: Achievement) -> None:
    if not badge.versions.readable().exists():
        raise Refused(_("That badge isn't published yet. Publish it first, then choose it."))


def _locked_to_answer(rule: Equivalence, *, by: User) -> Equivalence:
    rule = Equivalence.objects.locked(rule.pk)
    if not policies.can_answer_equivalence(by, rule):
        raise PermissionDenied
    return rule


def _answer(rule: Equivalence, state: Equivalence.State, *, by: User, answer: str) -> None:
    rule.move(state)
    rule.answered_by, rule.answered_at, rule.answer = by, clock.now(), answer.strip()
    rule.save(update_fields=["state", "answered_by", "answered_at", "answer"])


def _tell_proposer(rule: Equivalence, *, by: User, outcome: str) -> None:
    if rule.proposed_by_id != by.pk:
        said = {"who": by.name, "outcome": outcome, "answer": rule.answer}
        _tell("equivalence_answered", rule, to=rule.proposed_by, at=rule.issuer, **said)


def _tell(kind: str, rule: Equivalence, *, to: User, at: Issuer, **facts: Any) -> None:
    theirs = rule.theirs
    facts |= {"badge": name_of(theirs) if theirs else rule.foreign_name, "issuer": rule.issuer.name}
    if rule.counts_as is not None:
        facts["counts_as"] = name_of(rule.counts_as)
    key = f"{kind}:{rule.public_id}:{rule.state}"
    address = reverse("pathways:equivalence", args=[at.slug, rule.public_id])
    notices.write(kind, key=key, to=to, address=address, facts=facts)


def name_of(badge: Achievement) -> str:
    """The badge's name in its newest version that everyone may read."""
    newest = AchievementVersion.objects.filter(achievement=badge).readable().order_by("-number").first()
    return newest.name if newest is not None else badge.slug
