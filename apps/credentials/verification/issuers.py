"""Who stands behind a credential: the document at the issuer's address or in its DID, and the keys that it owns up to.

A key counts only where that document names it as one for assertions (`assertionMethod`) and as its own (`controller`):
W3C Controlled Identifiers 1.0, sections 2.2 and 3.3. What a credential says of its key proves nothing.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from django.utils.translation import gettext_lazy as _

from apps.credentials import jose, multikey, strict
from apps.credentials.verification.outside import CannotResolve
from apps.credentials.verification.report import COULD_NOT_CHECK, FAIL, PASS, SOURCE, text_of
from apps.credentials.verification.values import as_list, id_of, is_absolute, is_web, moment, origin, place

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

    from apps.credentials.jose import PublicKey
    from apps.credentials.verification.outside import Outside
    from apps.credentials.verification.report import Report

# Beside those that are asked for by name. An issuer of ours that changes its keys each month (each change is five methods)
# takes eight years for so many; each costs something to read.
MOST_METHODS = 500
_JWK_TYPES = ("JsonWebKey", "JsonWebKey2020", "JwsVerificationKey2020")
_MULTIBASE_TYPES = ("Multikey", "Ed25519VerificationKey2020")
_BASE58_TYPE = "Ed25519VerificationKey2018"
# did:web, section 2.1: a host, a port behind %3A, and a path with colons for slashes.
_DID_WEB = re.compile(
    r"did:web:(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?:%3[Aa](?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?::[A-Za-z0-9._~%+-]+)*)",
    re.ASCII,
)


class NotTheirsError(Exception):
    """The issuer does not own up to a key. `plain` says so to people, the message is technical."""

    def __init__(self, plain: StrOrPromise, technical: str) -> None:
        super().__init__(technical)
        self.plain = plain


@dataclass(frozen=True)
class Method:
    """A verification method, read: a key under its name, and the moments from which it holds no more, as written."""

    id: str
    key: PublicKey
    revoked: str = ""
    expires: str = ""


# --- whose name it is -------------------------------------------------------------------------------------------------
def may_be_of(name: str, issuer_id: str) -> bool:
    """Whether a key by this name can be the issuer's: only then is anybody asked about it.

    So named are a fragment of the issuer's id, a name without a scheme (looked for in the issuer's document alone), and
    a web address of the issuer's own origin.
    """
    if not is_absolute(name) or name.partition("#")[0] == issuer_id:
        return True
    return is_web(name) and origin(name) is not None and origin(name) == origin(address_of(issuer_id))


def key_named(name: str, issuer_id: str, outside: Outside) -> PublicKey:
    """The key by a name that may be the issuer's: from the issuer's document, or from the key's own address.

    Raises CannotResolve when it is not to be had or read, NotTheirsError when there is none by that name.
    """
    is_address = is_web(name) and "#" not in name
    try:
        document = document_of(issuer_id, outside)
    except CannotResolve:
        if not is_address:
            raise
        return method_at(name, issuer_id, outside).key
    if (found := _written(document).get(name) or _by_short_name(document, name)) is not None:
        return _read(found).key
    if is_address and name != issuer_id:
        return method_at(name, issuer_id, outside).key
    raise _unknown(name, issuer_id)


def keys_for(algorithm: str, issuer_id: str, outside: Outside) -> list[PublicKey]:
    """The issuer's keys of one kind, for a token that names none. Raises CannotResolve and NotTheirsError."""
    document = document_of(issuer_id, outside)
    asserting = _asserting(document)
    found = [one.key for one in _first_of(issuer_id, document, outside) if one.id in asserting]
    return [key for key in found if jose.algorithm_of(key) == algorithm]


def method_at(address: str, issuer_id: str, outside: Outside) -> Method:
    """The key at an address of its own: a bare JWK, or a verification method (Open Badges 3.0, section 8.2.4).

    Raises CannotResolve, and NotTheirsError when it says that it is somebody else's.
    """
    found = outside.document(address)
    if found.get("controller", issuer_id) != issuer_id:
        raise not_theirs(issuer_id, str(found["controller"]))
    if "kty" in found and "publicKeyJwk" not in found:
        found = {"publicKeyJwk": found, "type": _JWK_TYPES[0]} | _ends(found)
    return _read(found | {"id": address})


# --- whose document it is ---------------------------------------------------------------------------------------------
def document_of(issuer_id: str, outside: Outside) -> dict[str, Any]:
    """The document in which an issuer names its keys: fetched, or for some DIDs written out from the name itself.

    Raises CannotResolve when it is not to be had, NotTheirsError when it is somebody else's.
    """
    if issuer_id.startswith("did:key:"):
        return _of_did_key(issuer_id)
    if issuer_id.startswith("did:jwk:"):
        return _of_did_jwk(issuer_id)
    address = address_of(issuer_id)
    if not is_web(address):
        raise CannotResolve(f"{issuer_id[:200]!r} is not an address that anything is asked at")
    document = outside.document(address)
    if document.get("id") != issuer_id:
        plain = _("The issuer's address describes somebody else.")
        raise NotTheirsError(plain, f"the document at {address} is {document.get('id')!r:.200}")
    return document


def address_of(issuer_id: str) -> str:
    """Where the document lies; empty where nowhere (did:web, section 2.5.2)."""
    if not issuer_id.startswith("did:"):
        return issuer_id
    named = _DID_WEB.fullmatch(issuer_id)
    steps = named["path"].split(":")[1:] if named else []
    if named is None or not {".", ".."}.isdisjoint(steps):
        return ""
    host = named["host"] + (f":{named['port']}" if named["port"] else "")
    return f"https://{host}/{'/'.join(steps or ['.well-known'])}/did.json"


def _of_did_key(did: str) -> dict[str, Any]:
    """did:key, section 3.1.2: the key is the name."""
    name = did.removeprefix("did:key:")
    method = {"id": f"{did}#{name}", "type": "Multikey", "controller": did, "publicKeyMultibase": name}
    return {"id": did, "verificationMethod": [method], "assertionMethod": [method["id"]]}


def _of_did_jwk(did: str) -> dict[str, Any]:
    """did:jwk, "Resolve": the name is the JWK in base64url, and the one key is called 0."""
    try:
        jwk = strict.parse(jose.decoded(did.removeprefix("did:jwk:")).decode())
    except (jose.TokenError, ValueError) as error:
        raise CannotResolve(f"not a did:jwk: {str(error)[:200]}") from None
    method = {"id": f"{did}#0", "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk}
    return {"id": did, "verificationMethod": [method], "assertionMethod": [method["id"]]}


# --- the check --------------------------------------------------------------------------------------------------------
def check(report: Report, name: str, key: PublicKey, outside: Outside) -> bool:
    """Whether the issuer's own document names the key, which has signed, as one that signs for it.

    `name`: what the credential calls the key; empty where it doesn't. Where the document has a key by that name, it has
    to be this one; else the key itself is looked for.
    """
    issuer_id = report.said.issuer_id
    try:
        method = _method_of(issuer_id, name, key, outside, report.checked_at)
    except NotTheirsError as error:
        return report.add("issuer", SOURCE, FAIL, error.plain, str(error))
    except CannotResolve as error:
        plain = _("Could not check who signed: the issuer's address did not answer. This says nothing against it.")
        return report.add("issuer", SOURCE, COULD_NOT_CHECK, plain, str(error))
    if method is None:
        plain = _("Could not check who signed: the issuer's address doesn't say which keys are its own.")
        return report.add("issuer", SOURCE, COULD_NOT_CHECK, plain, f"{issuer_id} names no keys; {name} holds this one")
    if issuer_id.startswith(("did:key:", "did:jwk:")):
        # Whoever made the key may call themselves whatever they like: the seal holds, the name is anybody's.
        plain = _("The issuer is identified only by its key. Nothing says who holds that key.")
        return report.add("issuer", SOURCE, COULD_NOT_CHECK, plain, method.id[:200], decides=False, why="nameless")
    told = _("The issuer's own address, %(host)s, publishes the key that signed it.") % {
        "host": place(address_of(issuer_id))
    }
    return report.add("issuer", SOURCE, PASS, told, method.id)


def _method_of(issuer_id: str, name: str, key: PublicKey, outside: Outside, now: datetime) -> Method | None:
    """The method under which the issuer's document vouches for the key now.

    None where it speaks of no keys at all, and the key lies at an address beside it: that may be so or not. Raises
    NotTheirsError, and CannotResolve.
    """
    if not may_be_of(name, issuer_id):
        raise not_theirs(issuer_id, name)
    document = document_of(issuer_id, outside)
    if not {"verificationMethod", "assertionMethod"} & document.keys() and is_web(name) and "#" not in name:
        hosted = method_at(name, issuer_id, outside)
        if hosted.key != key:
            raise _unknown(name, issuer_id)
        _refuse_ended(hosted, now)
        return None
    # Those of that name first: an issuer may have more than are read.
    called = [one for full, one in _written(document).items() if name in (full, full.rpartition("#")[2])]
    read = [*_readable(called), *_first_of(issuer_id, document, outside)]
    for one in read:
        if one.key == key:
            _refuse_ended(one, now)
    asserting = _asserting(document)
    found = [one for one in read if one.id in asserting]
    named = [one for one in found if name in (one.id, one.id.rpartition("#")[2])]
    method = next((one for one in named or found if one.key == key), None)
    if method is None:
        raise _unknown(name, issuer_id)
    return method


def _refuse_ended(method: Method, now: datetime) -> None:
    """Raises NotTheirsError for a key that was withdrawn, or has run out. A date that can't be read counts as past."""
    if method.revoked and _is_past(method.revoked, now):
        plain = _("The issuer has withdrawn the key that signed this: it may have been compromised.")
        raise NotTheirsError(plain, f"{method.id[:200]} was revoked {method.revoked[:40]}")
    if method.expires and _is_past(method.expires, now):
        plain = _("The key that signed this has run out: the issuer no longer vouches for it.")
        raise NotTheirsError(plain, f"{method.id[:200]} expired {method.expires[:40]}")


def _is_past(text: str, now: datetime) -> bool:
    with suppress(ValueError):
        return moment(text) <= now
    return True


def _unknown(name: str, issuer_id: str) -> NotTheirsError:
    technical = f"{name[:200] or 'the key'} is not in assertionMethod of {issuer_id[:200]}"
    return NotTheirsError(_("The issuer does not know the key that signed this."), technical)


def not_theirs(issuer_id: str, whose: str) -> NotTheirsError:
    plain = _("The key that signed this does not belong to the issuer that it names.")
    return NotTheirsError(plain, f"issuer {issuer_id[:200]}, key of {whose.partition('#')[0][:200]}")


# --- what a document holds --------------------------------------------------------------------------------------------
def _written(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The methods that a document gives and calls its own, by their ids."""
    given = [*as_list(document.get("verificationMethod")), *as_list(document.get("assertionMethod"))]
    own = [one for one in given if isinstance(one, dict) and one.get("controller") == document.get("id")]
    found: dict[str, dict[str, Any]] = {}
    for one in own:
        if isinstance(one.get("id"), str):
            found.setdefault(one["id"], one)
    return found


def _by_short_name(document: dict[str, Any], name: str) -> dict[str, Any] | None:
    """The method that a token calls by a part of its id, or by the `kid` of its JWK."""
    if is_absolute(name) or not name:
        return None
    for full, one in _written(document).items():
        jwk = one.get("publicKeyJwk")
        kid = jwk.get("kid") if isinstance(jwk, dict) else None
        if full.partition("#")[2] == name.removeprefix("#") or kid == name:
            return one
    return None


def _asserting(document: dict[str, Any]) -> set[str]:
    """The ids of the methods that may sign for the document's controller."""
    return {id_of(one) for one in as_list(document.get("assertionMethod"))}


def _first_of(issuer_id: str, document: dict[str, Any], outside: Outside) -> list[Method]:
    """The first methods of an issuer, those for assertions before others, read once for all of a learner record."""
    if issuer_id not in outside.methods:
        asserting = _asserting(document)
        written = sorted(_written(document).items(), key=lambda one: one[0] not in asserting)
        outside.methods[issuer_id] = _readable(one for _name, one in written)
    return outside.methods[issuer_id]


def _readable(methods: Iterable[dict[str, Any]]) -> list[Method]:
    """The first so many, as far as they can be read."""
    found = []
    for one in islice(methods, MOST_METHODS):
        with suppress(CannotResolve):
            found.append(_read(one))
    return found


def _read(method: dict[str, Any]) -> Method:
    """Raises CannotResolve for a method whose key is of a kind that is not read here, or is none."""
    try:
        key = _key_of(method)
    except ValueError as error:
        raise CannotResolve(f"{text_of(method.get('id'))[:200]}: {error}") from None
    return Method(text_of(method.get("id")), key, **_ends(method))


def _key_of(method: dict[str, Any]) -> PublicKey:
    """Raises ValueError."""
    kind, jwk, written = method.get("type"), method.get("publicKeyJwk"), text_of(method.get("publicKeyMultibase"))
    if kind in _JWK_TYPES and isinstance(jwk, dict):
        return jose.public_key_of(jwk)
    if kind in _MULTIBASE_TYPES and written.startswith("zDn"):
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), multikey.decode_p256(written))
    if kind in _MULTIBASE_TYPES:
        return ed25519.Ed25519PublicKey.from_public_bytes(multikey.decode(written))
    if kind == _BASE58_TYPE:
        return ed25519.Ed25519PublicKey.from_public_bytes(
            multikey.base58_decode(text_of(method.get("publicKeyBase58")))
        )
    raise ValueError(f"a method of type {kind!r:.60} is not read here")


def _ends(method: dict[str, Any]) -> dict[str, str]:
    """The moments from which a method holds no more, as written; what is no text is no moment that can be read."""
    return {name: str(method[name]) for name in ("revoked", "expires") if method.get(name) is not None}
