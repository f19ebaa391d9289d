"""When accounts are merged, move walked pathways, plans and requests for credit. What then counts is worked out
afterwards (`tasks.follow_merge`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.credentials.models import Credential
from apps.pathways.models import CreditRequest, Enrolment, Group, Membership, Pathway, Stack, StackDecision

if TYPE_CHECKING:
    from apps.accounts.models import User

_State = CreditRequest.State
_LIVE = (_State.ASKED, _State.ACCEPTED, _State.PARTLY)


def refuse(taker: User, giver: User) -> list[str]:
    """Reasons against a merge: things both reached or asked for that a person may have only once, and decisions that
    one of them made about the other.
    """
    reasons = [
        _("Both accounts reached something on “%(pathway)s”. Ask %(issuer)s to take one of them back.")
        % {"pathway": theirs.version.name, "issuer": theirs.pathway.issuer or theirs.pathway}
        for theirs, mine in _both_walk(taker, giver)
        if any(_is_awarded(one) and _is_awarded(other) for one, other in _reached_twice(theirs, mine))
    ]
    asked = CreditRequest.objects.filter(state__in=_LIVE)
    twice = asked.filter(learner=giver, agreement__in=asked.filter(learner=taker).values("agreement"))
    reasons += [
        _("Both accounts asked %(partner)s for the same credit. Take one of the requests back.")
        % {"partner": one.agreement.partner_called}
        for one in twice.select_related("agreement__partner").order_by("pk")
    ]
    for one, other in ((taker, giver), (giver, taker)):
        decided = StackDecision.objects.filter(by=one, stack__enrolment__learner=other)
        if decided.exists() or CreditRequest.objects.filter(answered_by=one, learner=other).exists():
            reasons.append(_("One of the accounts decided what the other reached, or what credit it was given."))
            break
    return reasons


def moves(giver: User) -> list[str]:
    walked = Enrolment.objects.live().filter(learner=giver).count()
    plans = giver.plans.count()
    asked = giver.credit_requests.count()
    said = [
        (walked, ngettext("%(n)d pathway", "%(n)d pathways", walked)),
        (plans, ngettext("%(n)d plan of your own", "%(n)d plans of your own", plans)),
        (asked, ngettext("%(n)d request for credit", "%(n)d requests for credit", asked)),
    ]
    return [words % {"n": n} for n, words in said if n]


def hold(*people: int) -> None:
    """Lock both people's walks: a look locks the walk first, and then the person who gets its award."""
    list(Enrolment.objects.filter(learner__in=people).order_by("pk").select_for_update(of=("self",)))


def bring(taker: User, giver: User) -> None:
    """Move everything. A pathway is walked once: of two walks, the one under way stays, else the one with something
    reached. What was reached on the other moves too; if both reached the same, the awarded one stays.
    """
    for theirs, mine in _both_walk(taker, giver):
        stays, goes = (theirs, mine) if _weight(theirs) > _weight(mine) else (mine, theirs)
        for other, one in _reached_twice(goes, stays):
            over = one if _is_awarded(other) else other
            Stack.objects.filter(pk=over.pk).update(
                state=Stack.State.TAKEN_BACK, at_risk_since=None, grace_until=None, fallen=[]
            )
        goes.stacks.update(enrolment=stays)
        led = Membership.objects.filter(enrolment=stays, ended_at=None).values("group")
        Membership.objects.filter(enrolment=goes).exclude(ended_at=None, group__in=led).update(enrolment=stays)
        goes.delete()
    Enrolment.objects.filter(learner=giver).update(learner=taker)
    Pathway.objects.filter(owner=giver).update(owner=taker)
    CreditRequest.objects.filter(learner=giver).update(learner=taker)
    Group.objects.filter(mentor=giver).update(mentor=taker)


def _both_walk(taker: User, giver: User) -> list[tuple[Enrolment, Enrolment]]:
    """The giver's and the taker's walk of each pathway that both are on."""
    walks = Enrolment.objects.select_related("version", "pathway__issuer")
    mine = {walk.pathway_id: walk for walk in walks.filter(learner=taker)}
    theirs = walks.filter(learner=giver, pathway__in=mine).order_by("pk")
    return [(walk, mine[walk.pathway_id]) for walk in theirs]


def _reached_twice(one: Enrolment, other: Enrolment) -> list[tuple[Stack, Stack]]:
    """The pairs of stacks for what was reached on both walks."""
    there = {stack.code: stack for stack in other.stacks.live().select_related("credential")}
    return [
        (stack, there[stack.code])
        for stack in one.stacks.live().filter(code__in=there).select_related("credential").order_by("pk")
    ]


def _is_awarded(stack: Stack) -> bool:
    """Whether it led to an award that still stands."""
    return stack.credential is not None and stack.credential.status in Credential.IN_FORCE


def _weight(walk: Enrolment) -> tuple[bool, bool]:
    return walk.state != Enrolment.State.LEFT, walk.stacks.live().exists()
