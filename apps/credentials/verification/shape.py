"""Whether a document is an Open Badges 3.0 credential, and says nothing that only some readers would see."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft201909Validator
from pyld import jsonld

from apps.credentials import contexts
from apps.credentials.formats.ob3 import CONTEXTS

_SCHEMA = Path(__file__).parent.parent / "data" / "schemas" / "ob_v3p0_achievementcredential_schema.json"


class ShapeError(Exception):
    """What is wrong with the document's form; the message is technical."""


@cache
def _validator() -> Draft201909Validator:
    return Draft201909Validator(json.loads(_SCHEMA.read_text()))


def check_contexts(document: dict[str, Any]) -> None:
    """Only pinned contexts, named by address, the standard ones first; none hidden further inside.

    Raises UnknownContextError for one that isn't pinned, ShapeError for the rest.
    """
    named = document.get("@context")
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise ShapeError("@context must be a list of addresses; definitions written into the file are refused")
    if tuple(named[:2]) != CONTEXTS:
        for one in named:
            contexts.document(one)
        raise ShapeError(f"@context must begin with {CONTEXTS[0]} and {CONTEXTS[1]}")
    for one in named:
        contexts.document(one)
    if any(_has_context(value) for name, value in document.items() if name != "@context"):
        raise ShapeError("a part of the document changes its context")


def check_schema(document: dict[str, Any]) -> None:
    """Raises ShapeError with the first thing that the official schema does not allow."""
    error = next(iter(_validator().iter_errors(document)), None)
    if error is not None:
        place = "/".join(str(step) for step in error.absolute_path) or "the document"
        raise ShapeError(f"{place}: {error.message[:200]}")


def check_terms(document: dict[str, Any]) -> None:
    """Every member is a term of the contexts: expanding and compacting again gives back what was written.

    A member written as its full IRI, or one that no context knows, would be signed or dropped unseen by those who
    read the JSON. Raises ShapeError naming the first.
    """
    options = {"documentLoader": contexts.loader}
    try:
        expanded = jsonld.expand(document, options)
        again = jsonld.compact(expanded, {"@context": document["@context"]}, options)
    except (jsonld.JsonLdError, RecursionError) as error:
        raise ShapeError(f"JSON-LD: {getattr(error, 'type', '') or error}") from None
    lost = _first_lost(document, again, "")
    if lost:
        raise ShapeError(f"{lost} is not a known term here")


def _has_context(value: Any) -> bool:
    if isinstance(value, dict):
        return "@context" in value or any(_has_context(one) for one in value.values())
    return isinstance(value, list) and any(_has_context(one) for one in value)


def _first_lost(written: Any, again: Any, place: str) -> str:
    """The first member of `written` that is not in `again`; one-element lists and their element are the same."""
    if isinstance(written, list) and not isinstance(again, list):
        again = [again]
    if isinstance(again, list) and not isinstance(written, list):
        written = [written]
    if isinstance(written, list):
        for number, one in enumerate(written):
            if number >= len(again):
                return f"{place}/{number}"
            if lost := _first_lost(one, again[number], f"{place}/{number}"):
                return lost
        return ""
    if isinstance(written, dict):
        if not isinstance(again, dict):
            return place
        for name, value in written.items():
            if name == "@context":
                continue
            if name not in again:
                return f"{place}/{name}"
            if lost := _first_lost(value, again[name], f"{place}/{name}"):
                return lost
    return ""
