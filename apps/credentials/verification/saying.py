"""What a verifiable credential says of itself, for people: read from its JSON without believing any of it."""

from __future__ import annotations

from typing import Any

from apps.credentials.verification.report import MOST_SHOWN, Said, text_of


def of_verifiable(document: dict[str, Any]) -> Said:
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    found = subject.get("achievement") if isinstance(subject, dict) else None
    achievement = found if isinstance(found, dict) else {}
    return Said(
        credential_id=text_of(document.get("id")),
        issuer_id=text_of(issuer.get("id") if isinstance(issuer, dict) else issuer),
        issuer_name=text_of(issuer.get("name")) if isinstance(issuer, dict) else "",
        achievement_id=text_of(achievement.get("id")),
        achievement_name=text_of(achievement.get("name")) or text_of(document.get("name")),
        narrative=text_of(subject.get("narrative"))[:MOST_SHOWN] if isinstance(subject, dict) else "",
        valid_from=text_of(document.get("validFrom", document.get("issuanceDate"))),
        valid_until=text_of(document.get("validUntil", document.get("expirationDate"))),
    )
