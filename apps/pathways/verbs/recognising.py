"""Recognition of credit: propose, answer and end agreements; ask for credit and answer requests."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.policies import refuse_sharing, same_person
from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.core.text import is_plain
from apps.credentials.queries import evidence_of
from apps.issuers import policies as seats
from apps.issuers.models import Achievement, AchievementVersion
from apps.notices import verbs as notices
from apps.pathways import crediting, policies, queries, tokens
from apps.pathways.models import Agreement, CreditRequest, DossierItem, DossierPiece

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from apps.accounts.models import User
    from apps.credentials.models import Credential, ForeignCredential
    from apps.issuers.models import Issuer
    from apps.pathways.models import Pathway

# How long a partner without an account can answer by the link in its letter.
LINK_FOR = timedelta(days=60)
_A = Agreement.State
_R = CreditRequest.State


@dataclass(frozen=True)
class Terms:
    """What the partner counts towards, how much, and under which conditions."""

    counts_towards: str
    credits: Decimal
    credit_framework: str
    starts_on: date
    ends_on: date | None = None
    level_framework: str = ""
    level_number: int | None = None
    conditions: str = ""
    cost: str = ""


class Outsider(NamedTuple):
    """A partner that has no organisation here: its name, its web address, and its address for letters."""

    name: str
    url: str
    email: str


class Chosen(NamedTuple):
    """A credential that goes into a dossier, whether its rubric result does, and which pieces of its evidence (public
    ids).
    """

    basis: queries.Basis
    shows_result: bool = True
    evidence: tuple[str, ...] = ()


# --- agreements -------------------------------------------------------------------------------------------------------
@transaction.atomic
def propose_agreement(
    issuer: Issuer, *, by: User, on: Achievement | Pathway, partner: Issuer | Outsider, terms: Terms
) -> Agreement:
    """Ask a partner here to count a badge or a pathway; if it is not here, the issuer states that it agreed."""
    if not policies.can_propose_agreement(by, issuer):
        raise PermissionDenied
    _refuse_unfit(issuer, on, terms)
    now = clock.now()
    agreement = Agreement(issuer=issuer, proposed_by=by, proposed_at=now, **asdict(terms))
    agreement.achievement, agreement.pathway = _split(on)
    if isinstance(partner, Outsider):
        agreement.partner_name, agreement.partner_url, agreement.partner_email = partner
        agreement.state, agreement.answered_by, agreement.answered_at = _A.AGREED, by, now
    else:
        _refuse_partner(issuer, partner)
        agreement.partner = partner
    agreement.save()
    agreement = Agreement.objects.locked(agreement.pk)
    record("agreement.proposed", agreement, by=by, issuer=issuer.public_id, on=on.public_id, state=agreement.state)
    if agreement.partner is not None:
        for person in seats.recognisers_of(agreement.partner).exclude(pk=by.pk):
            _tell_of(agreement, "agreement_asked", to=person, who=by.name, slug=agreement.partner.slug)
    return agreement


@transaction.atomic
def accept_agreement(agreement: Agreement, *, by: User, words: str = "") -> Agreement:
    """Promise to count it."""
    return _answer_agreement(agreement, _A.AGREED, by=by, words=words)


@transaction.atomic
def decline_agreement(agreement: Agreement, *, by: User, words: str) -> Agreement:
    """Decline to count it, with a reason for the proposer."""
    if not words.strip():
        raise Refused(_("Say in a sentence why."))
    return _answer_agreement(agreement, _A.DECLINED, by=by, words=words)


@transaction.atomic
def withdraw_agreement(agreement: Agreement, *, by: User) -> Agreement:
    """Withdraw a proposal before it is answered."""
    agreement = Agreement.objects.locked(agreement.pk)
    if not policies.can_propose_agreement(by, agreement.issuer):
        raise PermissionDenied
    agreement.move(_A.WITHDRAWN)
    agreement.save(update_fields=["state"])
    record("agreement.withdrawn", agreement, by=by)
    return agreement


@transaction.atomic
def end_agreement(agreement: Agreement, *, by: User) -> Agreement:
    """End an agreement: nobody can ask for credit under it from now on. Earlier requests still get their answer."""
    agreement = Agreement.objects.locked(agreement.pk)
    if not policies.can_end_agreement(by, agreement):
        raise PermissionDenied
    agreement.move(_A.ENDED)
    agreement.ended_at = clock.now()
    agreement.save(update_fields=["state", "ended_at"])
    record("agreement.ended", agreement, by=by)
    return agreement


def _answer_agreement(agreement: Agreement, to: Agreement.State, *, by: User, words: str) -> Agreement:
    agreement = Agreement.objects.locked(agreement.pk)
    if not policies.can_answer_agreement(by, agreement):
        raise PermissionDenied
    if same_person(by, agreement.proposed_by):
        raise Refused(_("You proposed this yourself. Someone else at %(partner)s has to answer.") % _partner(agreement))
    agreement.move(to)
    agreement.answer, agreement.answered_by, agreement.answered_at = _plain(words), by, clock.now()
    agreement.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    kind = "agreement.accepted" if to == _A.AGREED else "agreement.declined"
    record(kind, agreement, by=by, answer=digest(agreement.answer))
    facts = {"outcome": str(to), "answer": agreement.answer, "slug": agreement.issuer.slug}
    _tell_of(agreement, "agreement_answered", to=agreement.proposed_by, **facts)
    return agreement


def _refuse_unfit(issuer: Issuer, on: Achievement | Pathway, terms: Terms) -> None:
    if on.issuer_id != issuer.pk:
        raise Refused(_("That badge or pathway is not one of %(issuer)s.") % {"issuer": issuer})
    if terms.credits <= 0:
        raise Refused(_("Say how many credits it counts for."))
    if terms.ends_on is not None and terms.ends_on < terms.starts_on:
        raise Refused(_("It ends before it begins."))
    most = {str(name): number for name, number in AchievementVersion.LEVELS.items()}.get(terms.level_framework, 0)
    if bool(terms.level_framework) != bool(terms.level_number) or (terms.level_number or 0) > most:
        raise Refused(_("A level needs a framework and a number: NZQF and AQF go up to 10, EQF up to 8."))


def _refuse_partner(issuer: Issuer, partner: Issuer) -> None:
    if partner.pk == issuer.pk:
        raise Refused(_("A partner is another organisation."))
    if not seats.recognisers_of(partner).exists():
        raise Refused(
            _("Nobody answers for %(partner)s here. Name it as an outside institution, with its address.")
            % {"partner": partner}
        )


# --- requests ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def request_credit(
    agreement: Agreement, *, by: User, credits_asked: Decimal, chosen: Sequence[Chosen], note: str = ""
) -> CreditRequest:
    """Ask a partner to count what one holds. What the partner may see is settled now and never changes."""
    agreement = Agreement.objects.locked(agreement.pk)
    if not agreement.holds:
        raise Refused(_("This agreement is not in force now, so you can't ask for credit under it."))
    refuse_sharing(by)
    bases = queries.bases_for(by, agreement.on)
    if not bases:
        raise Refused(_("Ask once you hold it: a badge that is valid today, or a whole pathway."))
    if agreement not in queries.open_to(by, agreement.on):
        raise Refused(_("You have asked %(partner)s for this already.") % _partner(agreement))
    if not 0 < credits_asked <= agreement.credits or credits_asked != round(credits_asked, 1):
        most = crediting.number(agreement.credits)
        raise Refused(_("Ask for %(most)s credits, or fewer.") % {"most": most})
    chosen = _in_order(chosen, bases)
    now = clock.now()
    request = CreditRequest(
        agreement=agreement, learner=by, credits_asked=credits_asked, note=_plain(note), asked_at=now
    )
    if agreement.partner is None:
        if policies.is_sent_to_oneself(agreement, by):
            raise Refused(_("The letter to %(partner)s would come to you. Ask the issuer.") % _partner(agreement))
        request.link_sha256 = tokens.hash_of(tokens.token_of(request.public_id))
        request.link_until = now + LINK_FOR
    request.save()
    _freeze(request, chosen)
    request = CreditRequest.objects.locked(request.pk)
    record(
        "credit.requested",
        request,
        by=by,
        agreement=agreement.public_id,
        credits=str(credits_asked),
        credentials=[_id_of(one.basis) for one in chosen],
        evidence=[piece for one in chosen for piece in one.evidence],
    )
    _put(request)
    return request


@transaction.atomic
def withdraw_credit_request(request: CreditRequest, *, by: User) -> CreditRequest:
    """Withdraw a request before it is answered: the partner no longer sees anything of it."""
    request = CreditRequest.objects.locked(request.pk)
    if request.learner_id != by.pk:
        raise PermissionDenied
    request.move(_R.WITHDRAWN)
    request.save(update_fields=["state"])
    record("credit.withdrawn", request, by=by)
    return request


@transaction.atomic
def withdraw_waiting_requests(person: User) -> None:
    """Withdraw the requests of someone who may not share now, so that no partner sees anything of theirs."""
    for one in CreditRequest.objects.filter(learner=person, state=_R.ASKED):
        withdraw_credit_request(one, by=person)


@transaction.atomic
def answer_credit(request: CreditRequest, *, by: User, counted: Decimal, reason: str = "") -> CreditRequest:
    """Count all of it, part of it or none. The learner reads the reason."""
    request = CreditRequest.objects.locked(request.pk)
    if not policies.can_answer_credit(by, request):
        raise PermissionDenied
    return _answer(request, by=by, name="", counted=counted, reason=reason)


@transaction.atomic
def answer_credit_by_link(
    token: str, *, by: User | None, name: str, counted: Decimal, reason: str = ""
) -> CreditRequest | None:
    """Answer by the letter to a partner without an account; None if the link opens nothing.

    `by` is the person who happens to be signed in: nobody may answer their own request.
    """
    found = queries.request_behind(token)
    if found is None:
        return None
    request = CreditRequest.objects.locked(found.pk)
    if queries.request_behind(token) is None:  # withdrawn while this waited
        return None
    if not name.strip():
        raise Refused(_("Say who answers: the learner reads it."))
    if policies.is_sent_to_oneself(request.agreement, request.learner):
        raise Refused(_("You can't answer your own request."))
    return _answer(request, by=by, name=_plain(name), counted=counted, reason=reason)


def _answer(request: CreditRequest, *, by: User | None, name: str, counted: Decimal, reason: str) -> CreditRequest:
    if by is not None and policies.answers_oneself(by, request):
        raise Refused(_("You can't answer your own request."))
    if not 0 <= counted <= request.credits_asked or counted != round(counted, 1):
        most = crediting.number(request.credits_asked)
        raise Refused(_("Count between 0 and %(most)s credits.") % {"most": most})
    reason = _plain(reason)
    if counted < request.credits_asked and not reason:
        raise Refused(_("Say why not all of it counts: the learner reads it."))
    request.move(_outcome(counted, request.credits_asked))
    request.credits_granted = counted or None
    request.reason, request.answered_at, request.answered_name = reason, clock.now(), name
    # By a link it is the partner that answers, whoever else the reader is here.
    request.answered_by = None if name else by
    answered = ["state", "credits_granted", "reason", "answered_at", "answered_name", "answered_by"]
    request.save(update_fields=answered)
    record(
        "credit.answered",
        request,
        by=request.answered_by,
        state=request.state,
        credits=str(counted),
        reason=digest(reason),
    )
    _tell_learner(request)
    return request


def _outcome(counted: Decimal, asked: Decimal) -> CreditRequest.State:
    if counted == asked:
        return _R.ACCEPTED
    return _R.PARTLY if counted else _R.DECLINED


def _in_order(chosen: Sequence[Chosen], bases: Sequence[queries.Basis]) -> list[Chosen]:
    """Everything that the request rests on, in its order, as it was chosen; refused if anything else was chosen."""
    asked = {one.basis: one for one in chosen}
    if not asked.keys() <= set(bases):
        raise Refused(_("The badges that this request rests on have changed. Look at it again."))
    ordered = [asked.get(basis, Chosen(basis)) for basis in bases]
    for one in ordered:
        pieces = set(evidence_of(one.basis.credential)) if one.basis.credential else set()
        if not set(one.evidence) <= pieces:
            raise Refused(_("That piece of evidence is not part of this badge."))
    return ordered


def _freeze(request: CreditRequest, chosen: Sequence[Chosen]) -> None:
    for position, one in enumerate(chosen):
        item = DossierItem.objects.create(
            request=request,
            position=position,
            credential=one.basis.credential,
            foreign=one.basis.foreign,
            shows_result=one.shows_result,
        )
        pieces = [DossierPiece(item=item, evidence_id=piece) for piece in dict.fromkeys(one.evidence)]
        DossierPiece.objects.bulk_create(pieces)


# --- who is told
# ------------------------------------------------------------------------------------------------------
def _put(request: CreditRequest) -> None:
    """Tell everyone who answers for the partner; a partner without an account gets a letter with a link."""
    agreement = request.agreement
    facts = _facts(request) | {"learner": request.learner.name}
    if agreement.partner is not None:
        readers = seats.recognisers_of(agreement.partner).exclude(pk=request.learner_id)
        for person in readers:
            notices.write(
                "credit_asked",
                key=f"credit_asked:{request.public_id}",
                to=person,
                address=request.get_absolute_url(),
                facts=facts,
            )
        return
    path = reverse("backpacks:credit_by_link", args=[tokens.token_of(request.public_id)])
    notices.write_to_address(
        "credit_by_link",
        key=f"credit_by_link:{request.public_id}",
        to=agreement.partner_email,
        person=None,
        language=request.learner.language,
        time_zone=agreement.issuer.time_zone,
        facts=facts | {"until": request.link_until},
        address=f"{settings.PUBLIC_URL}{path}",
    )


def _tell_learner(request: CreditRequest) -> None:
    granted = request.credits_granted
    facts = _facts(request) | {
        "outcome": str(request.state),
        "granted": crediting.number(granted) if granted else "",
        "reason": request.reason,
    }
    notices.write(
        "credit_answered",
        key=f"credit_answered:{request.public_id}",
        to=request.learner,
        address=request.get_absolute_url(),
        facts=facts,
    )


def _facts(request: CreditRequest) -> dict[str, Any]:
    """The facts for texts about a request, as plain values."""
    agreement = request.agreement
    return {
        "issuer": agreement.issuer.name,
        "partner": agreement.partner_called,
        "subject": request.named,
        "towards": agreement.counts_towards,
        "asked": crediting.number(request.credits_asked),
    }


def _tell_of(agreement: Agreement, kind: str, *, to: User, slug: str, **facts: Any) -> None:
    facts |= {
        "issuer": agreement.issuer.name,
        "partner": agreement.partner_called,
        "subject": agreement.named,
        "towards": agreement.counts_towards,
        "credits": crediting.number(agreement.credits),
    }
    path = reverse("pathways:agreement", args=[slug, agreement.public_id])
    notices.write(kind, key=f"{kind}:{agreement.public_id}", to=to, address=path, facts=facts)


def _split(on: Achievement | Pathway) -> tuple[Achievement | None, Pathway | None]:
    return (on, None) if isinstance(on, Achievement) else (None, on)


def _id_of(basis: queries.Basis) -> str:
    held: Credential | ForeignCredential | None = basis.credential or basis.foreign
    return held.public_id if held else ""


def _partner(agreement: Agreement) -> dict[str, str]:
    return {"partner": agreement.partner_called}


def _plain(words: str) -> str:
    words = words.strip()
    if not is_plain(words):
        raise Refused(_("This holds a control character that can't be kept. Type the text again."))
    return words
