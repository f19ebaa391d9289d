"""What a credential says about itself, for people: read from its JSON without trusting any of it."""

from __future__ import annotations

from typing import Any

from apps.credentials.verification.report import Said, name_of, text_of
from apps.credentials.verification.values import id_of


def of_verifiable(document: dict[str, Any]) -> Said:
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    found = subject.get("achievement") if isinstance(subject, dict) else None
    achievement = found if isinstance(found, dict) else {}
    return Said(
        credential_id=text_of(document.get("id")),
        issuer_id=id_of(issuer),
        issuer_name=name_of(issuer.get("name")) if isinstance(issuer, dict) else "",
        achievement_id=text_of(achievement.get("id")),
        achievement_name=name_of(achievement.get("name")) or name_of(document.get("name")),
        narrative=name_of(subject.get("narrative")) if isinstance(subject, dict) else "",
        valid_from=text_of(document.get("validFrom", document.get("issuanceDate"))),
        valid_until=text_of(document.get("validUntil", document.get("expirationDate"))),
    )


def of_assertion(body: dict[str, Any]) -> Said:
    """The same for Open Badges 2.1 and older, where most facts about badge and issuer are in other documents."""
    badge = body.get("badge")
    carried = badge if isinstance(badge, dict) else {}
    issuer = carried.get("issuer")
    return Said(
        credential_id=text_of(body.get("id")),
        issuer_id=text_of(issuer.get("id", issuer.get("origin")) if isinstance(issuer, dict) else issuer),
        issuer_name=name_of(issuer.get("name")) if isinstance(issuer, dict) else "",
        achievement_id=id_of(badge),
        achievement_name=name_of(carried.get("name")),
        # Tables in the narrative are for other pages than a single line.
        narrative=name_of(text_of(body.get("narrative")).partition("\n|")[0].partition("| ")[0]),
        valid_from=text_of(body.get("issuedOn", body.get("issued_on"))),
        valid_until=text_of(body.get("expires")),
    )
