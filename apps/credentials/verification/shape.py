"""Whether a document is a verifiable credential of a supported kind, and contains nothing that only some readers see."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft201909Validator, validators

from apps.core import text as core_text
from apps.credentials import contexts, linked_data
from apps.credentials.verification import embedded
from apps.credentials.verification.reading import OPEN_BADGE_TYPES
from apps.credentials.verification.values import words

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEMA = Path(__file__).parent.parent / "data" / "schemas" / "ob_v3p0_achievementcredential_schema.json"
# The VC Data Model allows a single value without a list; the schema doesn't (VC Data Model 2.0, section 4.12).
_ONE_OR_MANY = ("credentialSchema", "endorsement", "evidence", "proof", "refreshService", "termsOfUse")
# Names that differ between the VC Data Model 1.1 and 2.0.
_NEWER_NAMES = {"issuanceDate": "validFrom", "expirationDate": "validUntil"}
OPEN_BADGE, ENDORSEMENT, CLR = "Open Badges 3.0", "Endorsement (Open Badges 3.0)", "Comprehensive Learner Record 2.0"
STATUS = "credentialStatus"


class ShapeError(Exception):
    """What is wrong with the document's form; the message is technical."""


def check(document: dict[str, Any], *, is_token: bool = False) -> str:
    """Check a document's form; return the kind of credential, in words. `is_token`: its text is signed, not its
    statements.

    Raises UnknownContextError and ContextError for unknown vocabularies, ShapeError for the rest.
    """
    kind = kind_of(document)
    check_contexts(document)
    check_schema(document)
    check_terms(embedded.without_tokens(document) if is_token else document)
    for one in embedded.endorsements(document):
        if isinstance(one.document, str):
            continue  # a token is checked separately
        if kind_of(one.document) != ENDORSEMENT:
            raise ShapeError("what stands in endorsement is none")
        check_contexts(one.document)
        check_schema(one.document)
    return kind if _is_of_2(document) else f"{kind} (Verifiable Credentials 1.1)"


def kind_of(document: dict[str, Any]) -> str:
    types = words(document.get("type"))
    if "VerifiableCredential" in types:
        for name, kind in (("ClrCredential", CLR), ("EndorsementCredential", ENDORSEMENT)):
            if name in types:
                return kind
        if types & OPEN_BADGE_TYPES:
            return OPEN_BADGE
    raise ShapeError(f"type: {sorted(types)} is no Open Badge, endorsement or learner record")


def check_contexts(document: dict[str, Any]) -> None:
    """Check that all contexts are pinned, named by URL, and the standard ones first.

    Raises UnknownContextError for one that isn't pinned, ShapeError for the rest.
    """
    named = document.get("@context")
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise ShapeError("@context must be a list of addresses; definitions written into the file are refused")
    for one in named:
        contexts.document(one)
    if named[:1] not in ([contexts.CREDENTIALS_V1], [contexts.CREDENTIALS_V2]):
        raise ShapeError(f"@context must begin with {contexts.CREDENTIALS_V2} or {contexts.CREDENTIALS_V1}")
    if not contexts.OPEN_BADGES_3.keys() & set(named[1:]):
        raise ShapeError("@context must name Open Badges 3.0 in second place or after")
    if len(set(named)) < len(named):
        raise ShapeError("@context names something twice")


def check_schema(document: dict[str, Any]) -> None:
    """Raise ShapeError for the first violation of the official schema."""
    kind = kind_of(document)
    told = {
        name: [value] if name in _ONE_OR_MANY and isinstance(value, dict) else value for name, value in document.items()
    }
    if not _is_of_2(document):
        told = _in_newer_names(told)
    entries = told.get("credentialStatus")
    if isinstance(entries, list) and entries:
        # The VC Data Model 2.0 allows several, the schema only one.
        told = told | {"credentialStatus": entries[0]}
    error = next(iter(_validator(kind).iter_errors(told)), None) or _error_in_a_status(entries)
    if error is not None:
        place = "/".join(str(step) for step in error.absolute_path) or "the document"
        raise ShapeError(f"{place}: {error.message[:200]}")


def _error_in_a_status(entries: Any) -> Any:
    """The first error in a further entry."""
    further = entries[1:] if isinstance(entries, list) else []
    return next((error for one in further for error in _validator(STATUS).iter_errors(one)), None)


def check_terms(document: dict[str, Any]) -> None:
    """Check that every member is a term of the contexts, and every value is signed as it is read.

    A signature covers the graph, not the JSON. A member written as its full IRI, one that no context knows, a value
    that is no absolute IRI, or a second part under the credential's own id would be signed but not seen, or seen but
    not signed. Raises ShapeError naming the first; UnknownContextError, ContextError.
    """
    try:
        linked_data.statements(document)
    except linked_data.UnsignableError as error:
        raise ShapeError(str(error)) from None
    except linked_data.AmbiguousError:
        # The signature check reports that; but it must not hide an unknown term.
        check_terms(_unambiguous(document))


def _unambiguous(value: Any) -> Any:
    """The value without what programs write differently: control characters and fractions."""
    if isinstance(value, str):
        return core_text.FORBIDDEN.sub("", value)
    if isinstance(value, float):
        return 0
    if isinstance(value, list):
        return [_unambiguous(one) for one in value]
    if isinstance(value, dict):
        return {name: _unambiguous(one) for name, one in value.items()}
    return value


def _is_of_2(document: dict[str, Any]) -> bool:
    """Whether it is of the VC Data Model 2.0, not 1.1."""
    return bool(document["@context"][0] == contexts.CREDENTIALS_V2)


def _in_newer_names(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the names of 2.0, for a schema that knows only those."""
    if mixed := _NEWER_NAMES.values() & document.keys():
        raise ShapeError(f"{', '.join(sorted(mixed))} is not of the VC Data Model 1.1")
    named = [contexts.CREDENTIALS_V2, *document["@context"][1:]]
    return {_NEWER_NAMES.get(name, name): value for name, value in document.items()} | {"@context": named}


@cache
def _validator(kind: str) -> Any:
    schema = _schema()
    only = {name: schema[name] for name in ("$schema", "$defs")}
    if kind == OPEN_BADGE:
        return _Validator(schema)
    if kind == STATUS:
        return _Validator(only | {"$ref": "#/$defs/CredentialStatus"})
    if kind == ENDORSEMENT:
        return _Validator(only | {"$ref": "#/$defs/EndorsementCredential"})
    return _Validator(only | _CLR)


@cache
def _schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(_SCHEMA.read_text("utf-8"))
    return read


# --- faster versions of jsonschema's slowest keywords: plain values and definitions of the schema itself
# --------------
_PLAIN = {"type", "format", "description", "$comment"}
_TYPES = {"string": str, "object": dict, "boolean": bool, "integer": int}


def _properties(validator: Any, properties: dict[str, Any], instance: Any, _whole: Any) -> Iterator[Any]:
    if isinstance(instance, dict):
        for name, schema in properties.items():
            if name in instance and not _is_plain(instance[name], schema):
                yield from validator.descend(instance[name], schema, path=name, schema_path=name)


def _items(validator: Any, items: Any, instance: Any, whole: Any) -> Iterator[Any]:
    if isinstance(items, list):  # one schema for each position
        yield from Draft201909Validator.VALIDATORS["items"](validator, items, instance, whole)
    elif isinstance(instance, list):
        for number, one in enumerate(instance):
            if not _is_plain(one, items):
                yield from validator.descend(one, items, path=number)


def _is_plain(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a schema requires only a type, and the value has it, so that there is nothing to report."""
    return type(value) is _TYPES.get(schema.get("type", "")) and schema.keys() <= _PLAIN


def _defined(validator: Any, place: str, instance: Any, _whole: Any) -> Iterator[Any]:
    yield from validator.descend(instance, _schema()["$defs"][place.removeprefix("#/$defs/")])


_Validator: Any = validators.extend(
    Draft201909Validator, {"properties": _properties, "items": _items, "$ref": _defined}
)


# What every reader needs from a learner record (CLR 2.0, section "ClrCredential"); its credentials are read
# separately.
_CLR = {
    "type": "object",
    "required": ["id", "type", "issuer", "validFrom", "credentialSubject"],
    "properties": {
        "id": {"type": "string"},
        "issuer": {"$ref": "#/$defs/ProfileRef"},
        "name": {"type": "string"},
        "validFrom": {"type": "string", "format": "date-time"},
        "validUntil": {"type": "string", "format": "date-time"},
        "credentialSubject": {
            "type": "object",
            "required": ["type", "verifiableCredential"],
            "properties": {"verifiableCredential": {"type": "array", "minItems": 1, "items": {"type": "object"}}},
        },
    },
}
