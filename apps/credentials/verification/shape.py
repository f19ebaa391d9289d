"""Whether a document is an Open Badges 3.0 credential, and says nothing that only some readers would see."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft201909Validator
from pyld import jsonld

from apps.credentials import contexts
from apps.credentials.formats.ob3 import CONTEXTS
from apps.credentials.verification import embedded

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEMA = Path(__file__).parent.parent / "data" / "schemas" / "ob_v3p0_achievementcredential_schema.json"
# The VC Data Model lets one thing stand without its list; the schema does not (VC Data Model 2.0, section 4.12).
_ONE_OR_MANY = ("credentialSchema", "endorsement", "evidence", "proof", "refreshService", "termsOfUse")
# An address that is whole, and ends where N-Quads end it. What has no scheme would be left out of what is signed.
_WHOLE = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]+')


class ShapeError(Exception):
    """What is wrong with the document's form; the message is technical."""


def check_contexts(document: dict[str, Any]) -> None:
    """Only pinned contexts, named by address, the standard ones first; none hidden further inside.

    Raises UnknownContextError for one that isn't pinned, ShapeError for the rest.
    """
    named = document.get("@context")
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise ShapeError("@context must be a list of addresses; definitions written into the file are refused")
    for one in named:
        contexts.document(one)
    if tuple(named) != CONTEXTS:
        raise ShapeError(f"@context must be {CONTEXTS[0]} and {CONTEXTS[1]}")


def check_schema(document: dict[str, Any]) -> None:
    """Raises ShapeError with the first thing that the official schema does not allow."""
    listed = {
        name: [value] if name in _ONE_OR_MANY and isinstance(value, dict) else value for name, value in document.items()
    }
    error = next(iter(_validator().iter_errors(listed)), None)
    if error is not None:
        place = "/".join(str(step) for step in error.absolute_path) or "the document"
        raise ShapeError(f"{place}: {error.message[:200]}")


def check_terms(document: dict[str, Any]) -> None:
    """Every member is a term of the contexts: expanding and compacting again gives back what was written.

    A signature covers the graph, not the JSON. A member written as its full IRI, one that no context knows, a value
    that is no whole address, or a second part under the credential's own id would be signed but not seen, or seen but
    not signed. An endorsement inside has a context of its own and is looked at by itself. Raises ShapeError naming the
    first.
    """
    document, endorsements = embedded.apart(document)
    for one in endorsements:
        check_contexts(one.document)
        if error := next(_endorsement_validator().iter_errors(one.document), None):
            raise ShapeError(f"an endorsement: {error.message[:200]}")
        check_terms(one.document)
    if strange := next(_strange_names(document, "", top=True), ""):
        raise ShapeError(f"{strange} is not a known term here")
    options = {"documentLoader": contexts.loader}
    try:
        expanded = jsonld.expand(document, options)
        again = jsonld.compact(expanded, {"@context": document["@context"]}, options)
    except Exception as error:  # noqa: BLE001 - on hostile input PyLD raises whatever it stumbles over
        raise ShapeError(f"JSON-LD: {getattr(error, 'type', None) or type(error).__name__}") from None
    if lost := next(_lost(document, again, ""), ""):
        raise ShapeError(f"{lost} is not a known term here")
    for name in _names(expanded):
        if not _WHOLE.fullmatch(name):
            raise ShapeError(f"{name[:200]!r} is not a whole address or known term")
    parts = Counter(node["@id"] for node in _nodes(expanded) if len(node) > 1 and "@id" in node)
    if parts[document.get("id")] > 1:
        raise ShapeError("another part of the document bears the credential's id")


@cache
def _validator() -> Draft201909Validator:
    return Draft201909Validator(json.loads(_SCHEMA.read_text("utf-8")))


@cache
def _endorsement_validator() -> Draft201909Validator:
    schema = json.loads(_SCHEMA.read_text("utf-8"))
    only = {name: schema[name] for name in ("$schema", "$defs")}
    return Draft201909Validator(only | {"$ref": "#/$defs/EndorsementCredential"})


def _strange_names(value: Any, place: str, *, top: bool = False) -> Iterator[str]:
    """Members whose names no context can know: addresses, and JSON-LD's own words, which change what stands beside."""
    if isinstance(value, dict):
        for name, one in value.items():
            if ":" in name or (name.startswith("@") and not (top and name == "@context")):
                yield f"{place}/{name}"
            yield from _strange_names(one, f"{place}/{name}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _strange_names(one, f"{place}/{number}")


def _lost(written: Any, again: Any, place: str) -> Iterator[str]:
    """Where `again` is not as `written`; a list of one and its element are the same."""
    if isinstance(written, list) or isinstance(again, list):
        these, those = _listed(written), _listed(again)
        if len(these) != len(those):
            yield place
        for number, (one, other) in enumerate(zip(these, those, strict=False)):
            yield from _lost(one, other, f"{place}/{number}")
    elif isinstance(written, dict) and isinstance(again, dict):
        for name, one in written.items():
            if name in again:
                yield from _lost(one, again[name], f"{place}/{name}")
            else:
                yield f"{place}/{name}"
    elif type(written) is not type(again) or written != again:
        yield place


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _names(expanded: Any) -> Iterator[str]:
    """Every address in an expanded document: ids, types, members."""
    if isinstance(expanded, list):
        for one in expanded:
            yield from _names(one)
    elif isinstance(expanded, dict):
        for name, one in expanded.items():
            if name in ("@id", "@type"):
                yield from (one if isinstance(one, list) else [one])
            elif name != "@value":
                if not name.startswith("@"):
                    yield name
                yield from _names(one)


def _nodes(expanded: Any) -> Iterator[dict[str, Any]]:
    if isinstance(expanded, list):
        for one in expanded:
            yield from _nodes(one)
    elif isinstance(expanded, dict) and "@value" not in expanded:
        yield expanded
        for one in expanded.values():
            yield from _nodes(one)
