"""Open Badges 3.0, EndorsementCredential: the unsigned endorsement, built from its facts alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.credentials.formats.ob3 import CONTEXTS, moment, profile

if TYPE_CHECKING:
    from datetime import datetime

    from apps.credentials.formats.snapshot import IssuerFacts


@dataclass(frozen=True)
class EndorsementFacts:
    """Who endorses what, and how: `subject_id` is the id of an issuer, an achievement version, or a credential."""

    id: str
    name: str
    subject_id: str
    comment: str
    endorser: IssuerFacts
    valid_from: datetime


def build(facts: EndorsementFacts) -> dict[str, Any]:
    """The endorsement without its proof."""
    return {
        "@context": list(CONTEXTS),
        "id": facts.id,
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": facts.name,
        "issuer": profile(facts.endorser),
        "validFrom": moment(facts.valid_from),
        "credentialSubject": {
            "id": facts.subject_id,
            "type": ["EndorsementSubject"],
            "endorsementComment": facts.comment,
        },
    }
