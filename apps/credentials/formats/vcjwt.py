"""Open Badges 3.0 as a VC-JWT (section 8.2 "JSON Web Token Proof Format"): the credential is the payload."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from apps.credentials import jose, proofs
from apps.credentials.formats import ob3

if TYPE_CHECKING:
    from apps.credentials.formats.snapshot import AwardSnapshot
    from apps.credentials.jose import PrivateKey

# The VC Data Model would have `vc+jwt`; Open Badges 3.0, section 8.2.3, allows this one only.
TYPE = "JWT"


def build(snapshot: AwardSnapshot, *, kid: str, private_key: PrivateKey) -> str:
    return sign(ob3.build(snapshot), kid=kid, private_key=private_key)


def sign(document: dict[str, Any], *, kid: str, private_key: PrivateKey) -> str:
    """An unsigned credential as a token: a badge, an endorsement or a status list. Equal input gives equal bytes.

    `kid` is an address that answers with the bare JWK: 1EdTech's validator asks there, whatever else the header says.
    """
    payload = proofs.dump(claims(document) | document).encode()
    return jose.sign(payload, header={"kid": kid, "typ": TYPE}, private_key=private_key)


def claims(document: dict[str, Any]) -> dict[str, Any]:
    """What a credential says in the registered claims once more."""
    issuer = document["issuer"]
    told = {
        "iss": issuer["id"] if isinstance(issuer, dict) else issuer,
        "jti": document["id"],
        "nbf": _seconds(document["validFrom"]),
        "sub": document["credentialSubject"]["id"],
    }
    return told | ({"exp": _seconds(document["validUntil"])} if "validUntil" in document else {})


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
