"""Open Badges 3.0 as a VC-JWT (section 8.2 "JSON Web Token Proof Format"): the credential is the payload."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from apps.credentials import compiled, jose, proofs
from apps.credentials.formats import ob3

if TYPE_CHECKING:
    from apps.credentials.compiled import Template, Varying
    from apps.credentials.formats.snapshot import AwardSnapshot
    from apps.credentials.jose import PrivateKey

# The VC Data Model has `vc+jwt`; Open Badges 3.0, section 8.2.3, allows only this one.
TYPE = "JWT"


def build(snapshot: AwardSnapshot, *, kid: str, private_key: PrivateKey) -> str:
    """A badge as a token: what `sign` makes of `ob3.build`, by its version's template."""
    template = compiled.template_for(snapshot.issuer, snapshot.achievement)
    return build_by(template, snapshot, kid=kid, private_key=private_key)


def build_by(template: Template, award: AwardSnapshot | Varying, *, kid: str, private_key: PrivateKey) -> str:
    """Build a token from a given template, as `build` does, for many awards of one version."""
    text = template.text(award)
    if text is None:
        return sign(ob3.build(template.snapshot(award)), kid=kid, private_key=private_key)
    told: dict[str, Any] = {
        "issuer": template.issuer.id,
        "id": award.id,
        "validFrom": compiled.moment(award.valid_from),
        "credentialSubject": {"id": award.subject_id},
    }
    if award.valid_until is not None:
        told["validUntil"] = compiled.moment(award.valid_until)
    payload = f"{proofs.dump(claims(told))[:-1]},{text[1:]}"
    return jose.sign_under(_head(kid, jose.algorithm_of(private_key)), payload.encode(), private_key)


def sign(document: dict[str, Any], *, kid: str, private_key: PrivateKey) -> str:
    """An unsigned credential as a token: a badge, an endorsement or a status list. Equal input gives equal bytes.

    `kid` is a URL that returns the bare JWK: 1EdTech's validator fetches it, whatever else the header says.
    """
    payload = proofs.dump(claims(document) | document).encode()
    return jose.sign_under(_head(kid, jose.algorithm_of(private_key)), payload, private_key)


def claims(document: dict[str, Any]) -> dict[str, Any]:
    """A credential's facts repeated as registered claims."""
    issuer = document["issuer"]
    told = {
        "iss": issuer["id"] if isinstance(issuer, dict) else issuer,
        "jti": document["id"],
        "nbf": _seconds(document["validFrom"]),
        "sub": document["credentialSubject"]["id"],
    }
    return told | ({"exp": _seconds(document["validUntil"])} if "validUntil" in document else {})


@lru_cache(maxsize=256)
def _head(kid: str, algorithm: str) -> str:
    return jose.head({"kid": kid, "typ": TYPE}, algorithm)


@lru_cache(maxsize=1024)
def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
