"""What a signed token says: a credential, and some of it once more in claims, which have to agree.

VC Data Model 2.0 (and Open Badges 3.0, section 8.2): the payload is the credential, with claims beside its members. VC
Data Model 1.1, section 6.3.1: the credential stands in `vc`, and claims may stand for what is missing there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from apps.credentials.verification.values import as_list, moment

# RFC 7519, section 4.1. `iat` and `aud` say nothing that a credential does.
CLAIMS = ("iss", "sub", "aud", "exp", "nbf", "iat", "jti")
# What would make two credentials of one token: nobody could say which of them was meant.
_BESIDE_VC = ("@context", "credentialSubject", "id", "issuer", "type")
V1 = "https://www.w3.org/2018/credentials/v1"
_DATES = {"nbf": ("validFrom", "issuanceDate"), "exp": ("validUntil", "expirationDate")}
_WHOSE = {"iss": "issuer", "sub": "credentialSubject", "jti": "id"}


class ClaimsError(Exception):
    """Claims that do not say what the credential says. The message is technical."""


def body_of(payload: dict[str, Any]) -> dict[str, Any]:
    """The credential in a token, with what only its claims say. Raises ClaimsError where the two disagree."""
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
    """The credential of a token of the VC Data Model 1.1: claims stand for what is missing in `vc`."""
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
    """Whether the claims that are there say what the credential says."""
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
    """A claim's moment as a credential would write it."""
    try:
        return datetime.fromtimestamp(_seconds(claims, claim), UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError) as error:
        raise ClaimsError(f"{claim}: {error}") from None
