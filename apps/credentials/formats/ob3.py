"""Open Badges 3.0 on the VC Data Model 2.0: the unsigned credential, built from a snapshot alone.

Arrays where the canonical schema has arrays, ids wherever allowed, no nulls, no empty lists, nothing relative:
whatever doesn't canonicalise the same everywhere is left out (Open Badges 3.0, section "Data Models").
"""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apps.credentials.formats.snapshot import (
        AchievementFacts,
        AlignmentFacts,
        AwardSnapshot,
        ComponentFacts,
        CriterionFacts,
        EvidenceFacts,
        IdentifierFacts,
        IssuerFacts,
        RelatedFacts,
        StatusFacts,
    )

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)


def build(snapshot: AwardSnapshot) -> dict[str, Any]:
    """The credential without its proof."""
    return filled(
        {
            "@context": list(CONTEXTS),
            "id": snapshot.id,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": snapshot.achievement.name,
            "image": _picture(snapshot.achievement),
            "issuer": profile(snapshot.issuer),
            "awardedDate": moment(snapshot.awarded_at or snapshot.valid_from),
            "validFrom": moment(snapshot.valid_from),
            "validUntil": moment(snapshot.valid_until) if snapshot.valid_until else None,
            "credentialStatus": status_entry(snapshot.status) if snapshot.status else None,
            "credentialSubject": _subject(snapshot),
            "evidence": [
                *(evidence(one) for one in snapshot.evidence),
                *(component(number, one) for number, one in enumerate(snapshot.components, start=1)),
            ],
        }
    )


def profile(issuer: IssuerFacts) -> dict[str, Any]:
    return filled(
        {
            "id": issuer.id,
            "type": ["Profile"],
            "name": issuer.name,
            "url": issuer.url,
            "description": issuer.description,
            "image": {"id": issuer.image, "type": "Image"} if issuer.image else None,
            "otherIdentifier": [_identifier(one) for one in issuer.other_identifiers],
            "endorsement": list(issuer.endorsements),
        }
    )


def achievement(facts: AchievementFacts, issuer: IssuerFacts) -> dict[str, Any]:
    return filled(
        {
            "id": facts.id,
            "type": ["Achievement"],
            "achievementType": facts.type,
            "name": facts.name,
            "description": facts.description,
            "criteria": {"id": f"{facts.id}#criteria", "narrative": facts.criteria_narrative},
            "image": _picture(facts),
            # The issuer's endorsements are embedded once, in the credential's issuer.
            "creator": profile(replace(issuer, endorsements=())),
            "creditsAvailable": _credits(facts),
            "humanCode": facts.human_code,
            "fieldOfStudy": facts.field_of_study,
            "inLanguage": facts.language,
            "tag": list(facts.tags),
            "version": facts.version,
            "alignment": [_alignment(one) for one in facts.alignments],
            "related": [_related(one) for one in facts.related],
            "otherIdentifier": [_identifier(one) for one in facts.other_identifiers],
            "endorsement": list(facts.endorsements),
            "resultDescription": [_result_description(one) for one in facts.criteria],
        }
    )


def moment(at: datetime) -> str:
    """An RFC 3339 moment in UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def status_entry(facts: StatusFacts) -> dict[str, str]:
    """The credential's place in a revocation list (W3C Bitstring Status List 1.0, section 2.1)."""
    entry = {
        "id": f"{facts.list_url}#{facts.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(facts.index),
        "statusListCredential": facts.list_url,
    }
    if facts.suspension_url:
        entry["statusReference"] = f"{facts.suspension_url}#{facts.index}"
    return entry


def _subject(snapshot: AwardSnapshot) -> dict[str, Any]:
    return filled(
        {
            "id": snapshot.subject_id,
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": one.identity_hash,
                    "identityType": one.identity_type,
                    "salt": one.salt,
                }
                for one in snapshot.identities
            ],
            # Everyone awarded has reached all required levels, so all credits are earned.
            "creditsEarned": _number(snapshot.credits_earned)
            if snapshot.credits_earned
            else _credits(snapshot.achievement),
            "narrative": snapshot.narrative,
            "achievement": achievement(snapshot.achievement, snapshot.issuer),
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": one.criterion,
                    "achievedLevel": one.level,
                    "status": "Completed",
                }
                for one in snapshot.results
            ],
        }
    )


def evidence(facts: EvidenceFacts) -> dict[str, Any]:
    return filled(
        {
            "id": facts.id,
            "type": ["Evidence"],
            "name": facts.name,
            "genre": facts.genre,
            "narrative": evidence_words(facts.serves),
            "digestSRI": digest(facts.sha256),
        }
    )


def evidence_words(serves: tuple[str, ...]) -> str:
    """The criteria served, by name. Not translated: what is signed doesn't depend on the language of whoever decides."""
    return f"Serves: {'; '.join(serves)}." if serves else ""


def digest(sha256: str) -> str:
    """A hexadecimal hash in the format of W3C Subresource Integrity; empty if there is none."""
    return f"sha256-{base64.b64encode(bytes.fromhex(sha256)).decode()}" if sha256 else ""


def component(number: int, facts: ComponentFacts) -> dict[str, Any]:
    """A component credential as evidence: at its own URL, under its own visibility."""
    return filled(
        {
            "id": facts.id,
            "type": ["Evidence"],
            "name": f"Component {number}",
            "genre": "Credential",
            "narrative": component_words(facts),
        }
    )


def component_words(facts: ComponentFacts) -> str:
    """A component in words. Not translated: what is signed doesn't depend on the language of whoever awards."""
    credits_ = f" ({facts.credits} credits)" if facts.credits else ""
    return f"{facts.name}, issued by {facts.issuer}{credits_}."


def _result_description(criterion: CriterionFacts) -> dict[str, Any]:
    return filled(
        {
            "id": criterion.id,
            "type": ["ResultDescription"],
            "name": criterion.name,
            "resultType": "RubricCriterionLevel",
            "alignment": [_alignment(one) for one in criterion.alignments],
            "requiredLevel": criterion.required_level,
            "rubricCriterionLevel": [
                filled(
                    {
                        "id": level.id,
                        "type": ["RubricCriterionLevel"],
                        "name": level.name,
                        "level": str(level.position),
                        "description": level.description,
                        "points": level.points,
                        "alignment": [_alignment(one) for one in level.alignments],
                    }
                )
                for level in criterion.levels
            ],
        }
    )


def _alignment(facts: AlignmentFacts) -> dict[str, Any]:
    return filled(
        {
            "type": ["Alignment"],
            "targetName": facts.name,
            "targetUrl": facts.url,
            "targetCode": facts.code,
            "targetDescription": facts.description,
            "targetFramework": facts.framework,
            "targetType": facts.type,
        }
    )


def _related(facts: RelatedFacts) -> dict[str, Any]:
    return filled({"id": facts.id, "type": ["Related"], "inLanguage": facts.language, "version": facts.version})


def _identifier(facts: IdentifierFacts) -> dict[str, Any]:
    return {"type": "IdentifierEntry", "identifier": facts.identifier, "identifierType": facts.type}


def _picture(facts: AchievementFacts) -> dict[str, Any]:
    return {"id": facts.image, "type": "Image", "caption": facts.image_caption}


def _credits(facts: AchievementFacts) -> int | float | None:
    return _number(facts.credits) if facts.credits else None


def filled(body: dict[str, Any]) -> dict[str, Any]:
    """Drop empty members: the schema and canonicalisation allow neither null nor empty lists."""
    return {name: value for name, value in body.items() if value or value not in (None, "", [], {})}


def _number(text: str) -> int | float:
    """A number in the form that all JSON writers agree on: whole numbers without a decimal point."""
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else float(value)
