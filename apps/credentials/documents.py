"""What programs read at an issuer's and an achievement's address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.credentials import queries, snapshots
from apps.credentials.formats import ob3

# Controller documents are read as JSON-LD by some verifiers: these give verificationMethod and assertionMethod their
# meaning, and the profile its own.
CONTROLLER_CONTEXTS = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    ob3.CONTEXTS[1],
)

if TYPE_CHECKING:
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
