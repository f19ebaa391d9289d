"""What a signed token says: a credential, and parts of it repeated as claims, which have to agree.

VC Data Model 2.0 (and Open Badges 3.0, section 8.2): the payload is the credential, with claims besides its members.
VC Data Model 1.1, section 6.3.1: the credential is in `vc`, and claims may replace what is missing there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from apps.credentials.verification.values import as_list, moment

# RFC 7519, section 4.1. `iat` and `aud` correspond to nothing in a credential.
CLAIMS = ("iss", "sub", "aud", "exp", "nbf", "iat", "jti")
# With these, one token would contain two credentials, and nobody could say which was meant.
_BESIDE_VC = ("@context", "credentialSubject", "id", "issuer", "type")
V1 = "https://www.w3.org/2018/credentials/v1"
_DATES = {"nbf": ("validFrom", "issuanceDate"), "exp": ("validUntil", "expirationDate")}
_WHOSE = {"iss": "issuer", "sub": "credentialSubject", "jti": "id"}


class ClaimsError(Exception):
    """Claims that contradict the credential. The message is technical."""


def body_of(payload: dict[str, Any]) -> dict[str, Any]:
    """The credential in a token, completed from its claims. Raises ClaimsError if the two disagree."""
    wrapped = payload.get("vc")
    if isinstance(wrapped, dict):
        if beside := [name for name in _BESIDE_VC if name in payload]:
            raise ClaimsError(f"{beside[0]} stands beside vc, which should hold the whole credential")
        body = _filled(wrapped, payload)
    else:
        body = {name: value for name, value in payload.items() if name not in CLAIMS}
        if "exp" in payload and not any(name in body for name in _DATES["exp"]):
            body["validUntil"] = _written(payload, "exp")
    _compare(body, payload)
    return body


def _filled(wrapped: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    """The credential of a token of the VC Data Model 1.1: claims replace what is missing in `vc`."""
    body = dict(wrapped)
    if "jti" in claims:
        body.setdefault("id", claims["jti"])
    for claim, name in (("iss", "issuer"), ("sub", "credentialSubject")):
        if claim not in claims:
            continue
        if isinstance(body.get(name), dict):
            body[name] = {"id": claims[claim], **body[name]}
        elif name == "issuer":
            body.setdefault(name, claims[claim])
    older = V1 in as_list(body.get("@context"))
    for claim, names in _DATES.items():
        if claim in claims and not any(name in body for name in names):
            body[names[1] if older else names[0]] = _written(claims, claim)
    return body


def _compare(body: dict[str, Any], claims: dict[str, Any]) -> None:
    """Raise ClaimsError if a claim contradicts the credential."""
    for claim, name in _WHOSE.items():
        said = body.get(name)
        found = said.get("id") if isinstance(said, dict) else said
        if claim in claims and (not isinstance(claims[claim], str) or claims[claim] != found):
            raise ClaimsError(f"{claim} is {claims[claim]!r:.200}, but the credential's {name} is {found!r:.200}")
    for claim, names in _DATES.items():
        for name in names:
            if claim in claims and name in body and _seconds(claims, claim) != _seconds_of(body[name], name):
                raise ClaimsError(f"{claim} is {claims[claim]!r:.40}, but {name} is {body[name]!r:.40}")


def _seconds(claims: dict[str, Any], claim: str) -> int:
    value = claims[claim]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ClaimsError(f"{claim} is no number: {value!r:.40}")
    return int(value)


def _seconds_of(value: Any, name: str) -> int:
    try:
        return int(moment(value).timestamp())
    except (ValueError, TypeError, OverflowError) as error:
        raise ClaimsError(f"{name}: {error}") from None


def _written(claims: dict[str, Any], claim: str) -> str:
    """A claim's time as a credential would write it."""
    try:
        return datetime.fromtimestamp(_seconds(claims, claim), UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError) as error:
        raise ClaimsError(f"{claim}: {error}") from None
