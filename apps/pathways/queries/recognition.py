"""What counts elsewhere, who asked for credit, and the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.ids import clean_id
from apps.core.shown import Moment
from apps.credentials.models import Credential, ForeignCredential
from apps.issuers.models import Achievement, AchievementVersion, Issuer
from apps.pathways import crediting, tokens
from apps.pathways.models import (
    RECOGNISING,
    Agreement,
    CreditRequest,
    DossierItem,
    Node,
    Pathway,
    PathwayVersion,
    Stack,
)
from apps.pathways.queries.holding import OURS
from apps.pathways.queries.walking import about_version, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.accounts.models import User
    from apps.pathways.models import AgreementQuerySet, CreditRequestQuerySet

_State = CreditRequest.State
# A request that was accepted or waits for an answer leaves no room for another.
LIVE = (_State.ASKED, _State.ACCEPTED, _State.PARTLY)
_OF_A_CREDENTIAL = ("issuer", "earner", "version__achievement")


class Basis(NamedTuple):
    """A credential that a request may rest on: one of ours or one from elsewhere."""

    credential: Credential | None
    foreign: ForeignCredential | None


# --- agreements -------------------------------------------------------------------------------------------------------
def recognition_of(on: Achievement | Pathway) -> list[Agreement]:
    """Where a badge or a pathway counts today, for everyone to read."""
    return list(Agreement.objects.in_force().filter(**_on(on)).with_names().order_by("-credits", "pk"))


def _on(on: Achievement | Pathway, before: str = "") -> dict[str, Achievement | Pathway]:
    """The filter for an agreement's badge or pathway; `before` leads to the agreement."""
    return {f"{before}{'achievement' if isinstance(on, Achievement) else 'pathway'}": on}


def agreements_at(issuer: Issuer, user: User) -> AgreementQuerySet:
    """An organisation's agreements, proposed by it or to it, as far as `user` acts for it."""
    found = Agreement.objects.visible_to(user).filter(Q(issuer=issuer) | Q(partner=issuer))
    return found.with_names().order_by("-proposed_at", "pk")


class Offers(NamedTuple):
    """What an issuer can make an agreement about, each with its name."""

    badges: list[tuple[Achievement, str]]
    pathways: list[tuple[Pathway, str]]


def offers_of(issuer: Issuer) -> Offers:
    """Published badges and pathways of an issuer."""
    versions = AchievementVersion.objects.public().filter(achievement__issuer=issuer).select_related("achievement")
    ways = PathwayVersion.objects.filter(
        state=PathwayVersion.State.PUBLISHED, pathway__issuer=issuer, pathway__archived_at=None
    )
    return Offers(
        [(one.achievement, one.name) for one in versions.order_by("name", "pk")],
        [(one.pathway, one.name) for one in ways.select_related("pathway").order_by("name", "pk")],
    )


def may_recognise(issuer: Issuer) -> list[Issuer]:
    """The possible partners of an issuer: every other organisation."""
    return list(Issuer.objects.exclude(pk=issuer.pk).order_by("name", "pk"))


# --- requests ---------------------------------------------------------------------------------------------------------
def open_to(user: User, on: Achievement | Pathway) -> list[Agreement]:
    """The agreements under which `user` may ask now: those in force under which they haven't asked already."""
    live = CreditRequest.objects.filter(agreement=OuterRef("pk"), learner=user, state__in=LIVE)
    found = Agreement.objects.in_force().filter(**_on(on)).exclude(Exists(live))
    return list(found.with_names().order_by("-credits", "pk"))


def asked_by(user: User, on: Achievement | Pathway) -> list[CreditRequest]:
    """The requests `user` made for a badge or a pathway, newest first."""
    return list(
        CreditRequest.objects.filter(**_on(on, "agreement__"), learner=user).with_names().order_by("-asked_at", "-pk")
    )


def name_of(pathway: Pathway) -> str:
    """The name in its newest readable version."""
    newest = PathwayVersion.objects.readable().filter(pathway=pathway).order_by("-number")
    return newest.values_list("name", flat=True).first() or str(pathway)


def bases_for(user: User, on: Achievement | Pathway) -> list[Basis]:
    """What `user` holds that a request may rest on: the badge, valid now; for a pathway, its award and what counted
    when it was completed, or what replaced or mended that. Empty if they don't hold it, or not any more.
    """
    if isinstance(on, Achievement):
        held = Credential.objects.filter(earner=user, achievement=on).for_its_page()
        newest = next(
            (one for one in held if one.holds and one.is_signed and one.state != Credential.State.DECLINED), None
        )
        return [Basis(newest, None)] if newest else []
    stack = stack_of(user, on)
    if stack is None:
        return []
    award = stack.credential
    counted = _counted(user, stack)
    return [*([Basis(award, None)] if award and award.is_signed else []), *(one for one in counted if _is_there(one))]


def _counted(user: User, stack: Stack) -> list[Basis]:
    """What counted for a stack; for a step whose credential is no longer valid, what counts now, if anything."""
    related = (*(f"credential__{name}" for name in _OF_A_CREDENTIAL), "foreign")
    rests_on = [
        (one.code, Basis(_now(one.credential) if one.credential else None, one.foreign))
        for one in stack.components.select_related(*related)
    ]
    kept = [basis for _code, basis in rests_on if basis.credential is None or basis.credential.holds]
    if len(kept) == len(rests_on):
        return kept
    now = standing_of(user, about_version(stack.version_id)).of(stack.code)
    found: list[Basis] = []
    for code, basis in rests_on:
        anew = [] if basis in kept else [_basis(one.held.key) for at, one in now if at == code]
        found += [one for one in anew if one not in kept and one not in found] if anew else [basis]
    return found


def _basis(key: tuple[int, int]) -> Basis:
    kind, pk = key
    if kind == OURS:
        return Basis(Credential.objects.select_related(*_OF_A_CREDENTIAL).get(pk=pk), None)
    return Basis(None, ForeignCredential.objects.get(pk=pk))


def stack_of(user: User, pathway: Pathway) -> Stack | None:
    """What `user` reached at the end of a pathway, while it stands."""
    root = Node.objects.filter(version=OuterRef("version"), code=OuterRef("code"), parent=None)
    found = Stack.objects.filter(Exists(root), enrolment__learner=user, enrolment__pathway=pathway)
    related = (f"credential__{name}" for name in _OF_A_CREDENTIAL)
    return found.filter(state=Stack.State.STANDING).select_related(*related).first()


def _now(credential: Credential) -> Credential:
    """The credential, or, if it is no longer valid, the one that replaced or renewed it."""
    while not credential.holds:
        newer = Q(supersedes=credential) | Q(renews=credential)
        found = (
            Credential.objects.filter(newer, earner=credential.earner_id)
            .select_related(*_OF_A_CREDENTIAL)
            .order_by("-pk")
        )
        if (first := found.first()) is None:
            break
        credential = first
    return credential


def _is_there(basis: Basis) -> bool:
    """Whether it can be shown: it is signed, and still kept."""
    if basis.credential is not None:
        return basis.credential.is_signed
    return basis.foreign is not None and basis.foreign.state == basis.foreign.State.KEPT


def request_lists(user: User) -> dict[str, CreditRequestQuerySet]:
    """Three lists: requests waiting for partners that `user` answers for, longest first; those answered there; and
    the user's own.
    """
    put = CreditRequest.objects.put_to(user).with_names()
    mine = CreditRequest.objects.filter(learner=user).with_names()
    return {
        "waiting": put.filter(state=_State.ASKED).order_by("asked_at", "pk"),
        "answered": put.filter(state__in=CreditRequest.ANSWERED).order_by("-answered_at", "-pk"),
        "asked": mine.order_by("-asked_at", "-pk"),
    }


def recognises(user: User) -> bool:
    """Whether `user` answers requests for any partner."""
    return Issuer.objects.manned_by(user, *RECOGNISING).exists()


def request_behind(token: str) -> CreditRequest | None:
    """The request that the link in a partner's letter opens. Unknown, ended and withdrawn ones all give None."""
    if not clean_id(token):
        return None
    found = CreditRequest.objects.behind_links(clock.now()).with_names()
    return found.filter(link_sha256=tokens.hash_of(token), learner__erased_at=None).first()


def dossier_of(request: CreditRequest) -> Iterable[DossierItem]:
    related = ("credential__issuer", "credential__earner", "credential__version__achievement", "foreign")
    return request.dossier.select_related(*related).prefetch_related("pieces").order_by("position")


# --- the story --------------------------------------------------------------------------------------------------------
def story_of(credential: Credential) -> list[Moment]:
    """The requests their earner made with a credential and what came of them, oldest first."""
    return _story(CreditRequest.objects.resting_on(credential).filter(learner=credential.earner_id))


def story_on(pathway: Pathway, learner: User) -> list[Moment]:
    """The requests a learner made with a whole pathway and what came of them, oldest first."""
    return _story(CreditRequest.objects.filter(agreement__pathway=pathway, learner=learner))


def _story(requests: CreditRequestQuerySet) -> list[Moment]:
    return [moment for one in requests.with_names().order_by("asked_at", "pk") for moment in moments_of(one)]


def moments_of(request: CreditRequest) -> list[Moment]:
    """The request and its answer, or what is still to come."""
    href = request.get_absolute_url()
    asked = _("You asked %(partner)s for %(credits)s") % {
        "partner": request.agreement.partner_called,
        "credits": crediting.credits_in_words(request.credits_asked, request.agreement.credit_framework),
    }
    moments = [Moment(asked, at=request.asked_at, href=href)]
    if request.state == _State.WITHDRAWN:
        moments.append(Moment(_("You took it back"), tone="back"))
    elif request.is_answered:
        tone = "back" if request.state == _State.DECLINED else "done"
        moments.append(Moment(answer_in_words(request), at=request.answered_at, tone=tone, line=request.reason))
    else:
        moments.append(Moment(_("Its answer"), tone="later"))
    return moments


def answer_in_words(request: CreditRequest) -> str:
    """The answer in words: “Longwater Polytechnic counted 3 of 5 NZQA credits”."""
    asked = crediting.credits_in_words(request.credits_asked, request.agreement.credit_framework)
    values = {"partner": request.agreement.partner_called, "credits": asked}
    if request.state == _State.ACCEPTED:
        return _("%(partner)s counted %(credits)s") % values
    if request.state == _State.PARTLY and request.credits_granted is not None:
        values["n"] = crediting.number(request.credits_granted)
        return _("%(partner)s counted %(n)s of %(credits)s") % values
    if request.state == _State.DECLINED:
        return _("%(partner)s declined to count %(credits)s") % values
    return ""
