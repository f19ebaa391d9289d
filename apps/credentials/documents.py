"""What programs read at an issuer's and an achievement's address, and within an achievement's page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from apps.core.ids import LENGTH
from apps.credentials import queries, snapshots
from apps.credentials.formats import ob3
from apps.credentials.judged import Judged, Piece

# Controller documents are read as JSON-LD by some verifiers: these give verificationMethod and assertionMethod their
# meaning, and the profile its own.
CONTROLLER_CONTEXTS = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    ob3.CONTEXTS[1],
)

if TYPE_CHECKING:
    from datetime import datetime

    from apps.issuers.models import AchievementVersion, Issuer


def issuer_document(issuer: Issuer) -> dict[str, Any]:
    """Profile and controller document in one (W3C Controlled Identifiers 1.0): every key that ever signed stays in it."""
    address = queries.issuer_url(issuer.slug)
    methods = [
        {
            "id": queries.verification_method(key),
            "type": "Multikey",
            "controller": address,
            "publicKeyMultibase": key.multibase,
        }
        for key in issuer.signing_keys.select_related("issuer").order_by("created_at", "pk")
    ]
    body = {"@context": list(CONTROLLER_CONTEXTS), **ob3.profile(snapshots.issuer_facts(issuer))}
    if methods:
        body |= {"verificationMethod": methods, "assertionMethod": [method["id"] for method in methods]}
    return body


def achievement_document(version: AchievementVersion) -> dict[str, Any]:
    """The achievement as credentials of this version hold it."""
    facts = snapshots.achievement_facts(version)
    issuer = snapshots.issuer_facts(version.achievement.issuer)
    return {"@context": list(ob3.CONTEXTS), **ob3.achievement(facts, issuer)}


def sample_credential(version: AchievementVersion, *, at: datetime) -> dict[str, Any]:
    """What will be signed for somebody who reaches each level needed with one piece of evidence: an example, unsigned."""
    criteria = list(version.criteria.all())
    judged = Judged(
        levels={one.code: one.required_level for one in criteria},
        evidence=(Piece("e" * LENGTH, "Document", "application/pdf", tuple(one.code for one in criteria), "0" * 64),),
    )
    until = at + timedelta(days=version.valid_for_days) if version.valid_for_days else None
    snapshot = snapshots.compose(
        "x" * LENGTH, version, judged=judged, addresses=["earner@example.org"], valid_from=at, valid_until=until
    )
    return ob3.build(snapshot)


def occupational_credential(version: AchievementVersion) -> dict[str, Any]:
    """The achievement as search engines and course finders read it: schema.org, EducationalOccupationalCredential."""
    address = queries.version_url(version)
    issuer = version.achievement.issuer
    aligned = [one for one in version.alignments.all() if one.criterion_id is None]
    body = {
        "@context": "https://schema.org",
        "@type": "EducationalOccupationalCredential",
        "@id": address,
        "url": address,
        "name": version.name,
        "description": version.description,
        "image": f"{address}/badge.png",
        "inLanguage": version.language,
        "version": version.number,
        "datePublished": version.published_at.date().isoformat() if version.published_at else None,
        "credentialCategory": version.open_badges_type,
        "educationalLevel": _defined(version.level, version.get_level_framework_display()) if version.level else None,
        "competencyRequired": [
            *(one.text for one in version.outcomes.all()),
            *(_defined(one.target_name, one.target_framework, one.target_code, one.target_url) for one in aligned),
        ],
        "keywords": list(version.tags),
        "about": version.field_of_study,
        "timeRequired": f"PT{version.hours}H" if version.hours else None,
        "validFor": f"P{version.valid_for_days}D" if version.valid_for_days else None,
        "publisher": {"@type": "Organization", "@id": queries.issuer_url(issuer.slug), "name": issuer.name}
        | ({"url": issuer.url} if issuer.url else {}),
        "recognizedBy": [
            {"@type": "Organization", "name": one.authority} | ({"url": one.url} if one.url else {})
            for one in issuer.approvals.all()
        ],
    }
    return {name: value for name, value in body.items() if value not in (None, "", [])}


def _defined(name: str, of: str, code: str = "", url: str = "") -> dict[str, str]:
    term = {"@type": "DefinedTerm", "name": str(name), "inDefinedTermSet": of, "termCode": code, "url": url}
    return {key: value for key, value in term.items() if value}
