"""What is held about a person besides their backpack, as JSON, for requests for access (GDPR, article 15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q

from apps.accounts import queries as people
from apps.backpacks.exporting.journeys import told_of
from apps.backpacks.models import Profile
from apps.core import clock
from apps.core.models import Event
from apps.credentials.models import BulkRow
from apps.issuers.models import Invitation
from apps.notices import queries as notices
from apps.notices.models import Letter, Notice
from apps.pathways.models import CreditRequest
from apps.submissions.models import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from apps.accounts.models import User


def account_json(person: User) -> Iterator[str]:
    """The JSON, in pieces. It has no secrets of tokens or second steps, and only the kinds and times of events."""
    encoder = DjangoJSONEncoder(ensure_ascii=False, indent=2)
    yield from encoder.iterencode(_told(person))
    yield "\n"


def _told(person: User) -> dict[str, Any]:
    addresses = EmailAddress.objects.filter(user=person).order_by("-primary", "pk")
    seats = person.seats.select_related("issuer", "achievement").order_by("pk")
    profile = Profile.objects.filter(person=person).first()
    return {
        "made_at": clock.now(),
        "person": {
            "id": person.public_id,
            "name": person.name,
            "language": person.language,
            "time_zone": person.time_zone,
            "joined_at": person.joined_at,
            "last_signed_in_at": person.last_login,
            "is_operator": person.is_operator,
            "leaving_at": person.leaving_at,
            "is_minor": person.is_minor,
            "former_names": person.former_names,
        },
        "guardians": list(
            person.guardian_consents.order_by("pk").values("address", "asked_at", "given_at", "ended_at")
        ),
        "addresses": list(addresses.values("email", "verified", "primary")),
        "consents": list(person.consents.order_by("pk").values("document", "version", "given_at")),
        "signed_in": list(
            UserSession.objects.filter(user=person)
            .order_by("pk")
            .values("ip", "user_agent", "created_at", "last_seen_at")
        ),
        "ways_in": list(
            Authenticator.objects.filter(user=person).order_by("pk").values("type", "created_at", "last_used_at")
        ),
        "tokens": list(
            person.api_tokens.order_by("pk").values(
                *("name", "scopes", "created_at", "expires_at", "last_used_on", "revoked_at")
            )
        ),
        "preferences": {kind: str(way) for kind, way in notices.ways_of(person).items()},
        "profile": None
        if profile is None
        else {
            name: getattr(profile, name)
            for name in ("handle", "headline", "about", "is_on", "shows_skills", "may_be_found")
        },
        "seats": [
            {
                "issuer": seat.issuer.name,
                "role": seat.role,
                "achievement": seat.achievement.slug if seat.achievement else None,
                "given_at": seat.given_at,
                "until": seat.until,
                "ended_at": seat.ended_at,
            }
            for seat in seats
        ],
        "invitations": list(
            Invitation.objects.filter(email__in=[one.email for one in addresses])
            .order_by("pk")
            .values("issuer__name", "role", "invited_at", "declined_at", "withdrawn_at")
        ),
        "rows": _rows_about(person),
        "messages": [
            {"submission": submission, "text": text, "written_at": at}
            for submission, text, at in Message.objects.filter(author=person)
            .order_by("pk")
            .values_list("submission__public_id", "text", "written_at")
        ],
        "credit_requests": [_asked(one) for one in _requests_of(person)],
        "notices": list(
            Notice.objects.filter(person=person).order_by("pk").values("kind", "facts", "made_at", "read_at")
        ),
        "letters": list(
            Letter.objects.filter(person=person)
            .order_by("pk")
            .values("kind", "to", "subject", "state", "queued_at", "sent_at")
        ),
        "events": list(
            Event.objects.filter(Q(actor_id=person.public_id) | Q(subject_id=person.public_id))
            .exclude(kind="merge.asked")  # it would reveal that the address has an account
            .order_by("pk")
            .values("kind", "subject_type", "subject_id", "happened_at")
        ),
        "holds": person.holds.standing().count(),
        **told_of(person),
    }


def _rows_about(person: User) -> list[dict[str, Any]]:
    """What issuers wrote about them in tables of people, whether it led to a badge or not."""
    mine = Q(credential__earner=person) | Q(address__in=people.verified_addresses_of(person))
    rows = BulkRow.objects.filter(mine).exclude(cells=[]).select_related("bulk__issuer", "bulk__version")
    return [
        {
            "issuer": row.bulk.issuer.name,
            "badge": row.bulk.version.name,
            "given_at": row.bulk.made_at,
            "state": row.state,
            "address": row.address,
            "name": row.name,
            "narrative": row.narrative,
            "evidence": row.evidence,
        }
        for row in rows.order_by("pk")
    ]


def _requests_of(person: User) -> Iterable[CreditRequest]:
    asked = CreditRequest.objects.filter(learner=person).with_names().order_by("pk")
    return asked.prefetch_related("dossier__pieces", "dossier__credential", "dossier__foreign")


def _asked(request: CreditRequest) -> dict[str, Any]:
    """A request for credit, what went with it, and the answer."""
    agreement = request.agreement
    return {
        "partner": agreement.partner_called,
        "counts_towards": agreement.counts_towards,
        "state": request.state,
        "credits_asked": request.credits_asked,
        "credits_granted": request.credits_granted,
        "credit_framework": agreement.credit_framework,
        "note": request.note,
        "reason": request.reason,
        "asked_at": request.asked_at,
        "answered_at": request.answered_at,
        "answered_by": request.answered_name,
        "dossier": [
            {
                "credential": one.held.public_id,
                "shows_result": one.shows_result,
                "evidence": [piece.evidence_id for piece in one.pieces.all()],
            }
            for one in request.dossier.all()
        ],
    }
