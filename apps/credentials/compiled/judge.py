"""The general library, PyLD, as a check on compiled forms, with contexts from our own files."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from pyld import jsonld

from apps.credentials import contexts

if TYPE_CHECKING:
    from collections.abc import Mapping


def loader(url: str, _options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """PyLD's document loader: returns pinned contexts only."""
    document = contexts.document(url)
    return {"contextUrl": None, "documentUrl": url, "document": document, "contentType": "application/ld+json"}


def canonicalise(document: dict[str, Any]) -> str:
    options = {"documentLoader": loader, "algorithm": "URDNA2015", "format": "application/n-quads"}
    found: str = jsonld.normalize(document, options)
    return found


def sum_of(document: dict[str, Any]) -> bytes:
    """SHA-256 of the canonical document; empty if PyLD can't read it."""
    try:
        return hashlib.sha256(canonicalise(document).encode()).digest()
    except jsonld.JsonLdError:
        return b""
