"""An Open Badges assertion, 0.5 to 2.1: whether it is well formed, and what it says, whatever its version.

2.1 has the data model of 2.0. Earlier versions have no context (0.5, 1.0) or another one (1.1), and looser dates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from apps.credentials import contexts
from apps.credentials.verification.common import Identifier
from apps.credentials.verification.shape import ShapeError
from apps.credentials.verification.values import as_list, is_web, moment, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

V05, V10, V11, V20 = "0.5", "1.0", "1.1", "2.0"
CONTEXTS = {"https://w3id.org/openbadges/v1": V11, "https://w3id.org/openbadges/v2": V20}
# The names in the specification if there is no context: https://openbadgespec.org/history/.
_NAMED = {
    V05: frozenset(
        {"recipient", "salt", "evidence", "expires", "issued_on"}
        | {"badge", "version", "name", "description", "image", "criteria"}
        | {"issuer", "origin", "org", "contact"}
    ),
    V10: frozenset(
        {"uid", "badge", "issuedOn", "expires", "evidence", "image"}
        | {"recipient", "type", "identity", "hashed", "salt"}
        | {"verify", "url"}
    ),
}
_HOSTED, _SIGNED = {"HostedBadge", "hosted"}, {"SignedBadge", "signed"}
_HASH = re.compile(r"(md5|sha1|sha256|sha512)\$[0-9A-Fa-f]+")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
_SECONDS = re.compile(r"[0-9]{1,11}")
# Hand-written assertions of 1.x sometimes have booleans as strings.
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True)
class Assertion:
    """`id`: where it is published, or its name; `key`: the key's URL, if given; `badge`: a URL or a BadgeClass;
    `revoked`: it is only a revocation notice, and says nothing else.
    """

    version: str
    id: str
    uid: str = ""
    signed: bool = False
    key: str = ""
    badge: str | dict[str, Any] = ""
    identifiers: tuple[Identifier, ...] = ()
    begins: datetime | None = None
    ends: datetime | None = None
    revoked: bool = False

    @property
    def kind(self) -> str:
        return f"Open Badges {self.version}, {'signed' if self.signed else 'hosted'}"


def read(body: dict[str, Any], address: str = "") -> Assertion:
    """Read an assertion. `address` is where it was found, if anywhere.

    Raises UnknownContextError for a vocabulary that isn't pinned, ShapeError for a malformed assertion.
    """
    version = _version(body)
    if body.get("revoked") is True:
        return Assertion(version, _id(body), revoked=True)
    return _READERS[version](body, address)


def _is_absolute(value: Any) -> bool:
    return isinstance(value, str) and _ADDRESS.fullmatch(value) is not None


class Kind(NamedTuple):
    """What a member may be, as a test and in words."""

    fits: Callable[[Any], bool]
    words: str


_ANY_TEXT = Kind(lambda value: isinstance(value, str), "a text")
_TEXT = Kind(lambda value: isinstance(value, str) and bool(value), "a text")
_OBJECT = Kind(lambda value: isinstance(value, dict), "an object")
_ABSOLUTE = Kind(_is_absolute, "a whole address")
_PUBLIC = Kind(is_web, "an http or https address")


def _version(body: dict[str, Any]) -> str:
    named = body.get("@context")
    if named is None:
        version = V05 if isinstance(body.get("badge"), dict) else V10
        _refuse(_strange(body, _NAMED[version]))
        return version
    unknown = [one for one in _contexts(body) if one not in CONTEXTS]
    if unknown:
        raise contexts.UnknownContextError(unknown[0])
    found = set(_contexts(body))
    if len(found) != 1 or len(as_list(named)) != 1:
        raise ShapeError("@context must be one of Open Badges, the same everywhere")
    (context,) = found
    _refuse(_strange(body, contexts.terms(context) | {"@context"}))
    return CONTEXTS[context]


def _contexts(value: Any) -> Iterator[str]:
    """Every named context, nested ones included. Raises ShapeError for definitions written into the file."""
    if isinstance(value, list):
        for one in value:
            yield from _contexts(one)
    elif isinstance(value, dict):
        for one in as_list(value.get("@context")):
            if not isinstance(one, str):
                raise ShapeError("@context must be an address; definitions written into the file are refused")
            yield one
        for one in value.values():
            yield from _contexts(one)


def _strange(value: Any, known: frozenset[str], place: str = "") -> Iterator[str]:
    """Members that the vocabulary doesn't define. This reads the plain JSON, so JSON-LD keywords count too."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name not in known:
                yield f"{place}/{name}"
            yield from _strange(one, known, f"{place}/{name}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _strange(one, known, f"{place}/{number}")


def _refuse(strange: Iterator[str]) -> None:
    if found := next(strange, ""):
        raise ShapeError(f"{found[:200]} is not a known term here")


# --- each version -----------------------------------------------------------------------------------------------------
def _newest(body: dict[str, Any], _address: str) -> Assertion:
    if "Assertion" not in words(body.get("type")):
        raise ShapeError("type must be Assertion")
    if ("verify" in body) == ("verification" in body):  # one is an alias of the other
        raise ShapeError("verification must be there, once")
    method = _member(body, "verification" if "verification" in body else "verify", _OBJECT)
    signed = _is_signed(method)
    return Assertion(
        V20,
        _member(body, "id", _ABSOLUTE if signed else _PUBLIC),
        uid=_optional(body, "uid", _TEXT) or "",
        signed=signed,
        key=_optional(method, "creator", _PUBLIC) or "",
        badge=_badge(body),
        identifiers=(_identifier(body, loose=False),),
        begins=_moment(body, "issuedOn", loose=False),
        ends=_moment(body, "expires", loose=False) if "expires" in body else None,
    )


def _older(body: dict[str, Any], _address: str) -> Assertion:
    """1.1, and 1.0, which has neither type nor id."""
    version = V11 if "@context" in body else V10
    if version == V11 and "Assertion" not in words(body.get("type")):
        raise ShapeError("type must be Assertion")
    method = _member(body, "verify", _OBJECT)
    signed, url = _is_signed(method), _optional(method, "url", _PUBLIC) or ""
    named = _optional(body, "id", _ABSOLUTE) or ""
    if not signed and named and url and named != url:
        raise ShapeError("id and verify/url differ")
    if not (url or (named and not signed)):
        raise ShapeError("verify/url is missing")
    uid = _member(body, "uid", _TEXT) if version == V10 or not named else _optional(body, "uid", _TEXT) or ""
    return Assertion(
        version,
        (named or uid) if signed else (url or named),
        uid=uid,
        signed=signed,
        key=url if signed else "",
        badge=_badge(body),
        identifiers=(_identifier(body, loose=True),),
        begins=_moment(body, "issuedOn", loose=True),
        ends=_moment(body, "expires", loose=True) if "expires" in body else None,
    )


def _oldest(body: dict[str, Any], address: str) -> Assertion:
    """0.5: everything in one, and identified only by the URL at which it is published."""
    badge = _member(body, "badge", _OBJECT)
    issuer = _member(badge, "issuer", _OBJECT, "badge/")
    _member(badge, "name", _TEXT, "badge/")
    _member(issuer, "name", _TEXT, "badge/issuer/")
    _member(issuer, "origin", _PUBLIC, "badge/issuer/")
    identity, salt = _member(body, "recipient", _TEXT), _optional(body, "salt", _ANY_TEXT) or ""
    return Assertion(
        V05,
        address,
        badge=badge,
        identifiers=(Identifier(identity, _HASH.fullmatch(identity) is not None, salt),),
        begins=_moment(body, "issued_on", loose=True) if "issued_on" in body else None,
        ends=_moment(body, "expires", loose=True) if "expires" in body else None,
    )


_READERS: dict[str, Callable[[dict[str, Any], str], Assertion]] = {
    V05: _oldest,
    V10: _older,
    V11: _older,
    V20: _newest,
}


# --- parts of it ------------------------------------------------------------------------------------------------------
def _id(body: dict[str, Any]) -> str:
    return body["id"] if _is_absolute(body.get("id")) else ""


def _is_signed(method: dict[str, Any]) -> bool:
    types = words(method.get("type"))
    if bool(types & _HOSTED) == bool(types & _SIGNED):
        raise ShapeError("the type of verification must be HostedBadge or SignedBadge")
    return bool(types & _SIGNED)


def _badge(body: dict[str, Any]) -> str | dict[str, Any]:
    """The BadgeClass or its URL. The same goes for its issuer."""
    badge = body.get("badge")
    if not isinstance(badge, dict):
        return str(_member(body, "badge", _ABSOLUTE))
    _member(badge, "name", _TEXT, "badge/")
    _optional(badge, "id", _ABSOLUTE, "badge/")
    issuer = badge.get("issuer")
    if isinstance(issuer, dict):
        _member(issuer, "id", _ABSOLUTE, "badge/issuer/")
    else:
        _member(badge, "issuer", _ABSOLUTE, "badge/")
    return badge


def _identifier(body: dict[str, Any], *, loose: bool) -> Identifier:
    recipient, place = _member(body, "recipient", _OBJECT), "recipient/"
    hashed = recipient.get("hashed", False)  # the specification's own first example leaves it out
    if loose and isinstance(hashed, str):
        hashed = _BOOLEANS.get(hashed.lower(), hashed)
    if not isinstance(hashed, bool):
        raise ShapeError("recipient/hashed must be true or false")
    return Identifier(
        _member(recipient, "identity", _TEXT, place),
        hashed,
        _optional(recipient, "salt", _ANY_TEXT, place) or "",
        _member(recipient, "type", _TEXT, place),
    )


def _moment(body: dict[str, Any], name: str, *, loose: bool) -> datetime:
    """ISO 8601 with a zone. `loose`: also seconds since 1970, or without a zone, which means UTC."""
    value: Any = body.get(name)
    try:
        if loose and _SECONDS.fullmatch(str(value)):
            return datetime.fromtimestamp(int(value), UTC)
        return moment(value, else_utc=loose)
    except (ValueError, TypeError, OverflowError, OSError):
        raise ShapeError(f"{name} must be a date with a zone (ISO 8601)") from None


def _member(holder: dict[str, Any], name: str, kind: Kind, place: str = "") -> Any:
    if name not in holder:
        raise ShapeError(f"{place}{name} is missing")
    if not kind.fits(holder[name]):
        raise ShapeError(f"{place}{name} must be {kind.words}")
    return holder[name]


def _optional(holder: dict[str, Any], name: str, kind: Kind, place: str = "") -> Any:
    return _member(holder, name, kind, place) if name in holder else None
