"""JSON-LD contexts, pinned: what isn't here is not loaded from anywhere."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "data" / "contexts"
PINNED = {
    "https://www.w3.org/ns/credentials/v2": "credentials-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "ob-v3p0-context-3.0.3.json",
    "https://w3id.org/openbadges/v1": "ob-v1p1-context.json",
    "https://w3id.org/openbadges/v2": "ob-v2p0-context.json",
}


class UnknownContextError(Exception):
    """A document names a context that isn't pinned here."""


@cache
def document(url: str) -> dict[str, Any]:
    if url not in PINNED:
        raise UnknownContextError(url)
    loaded: dict[str, Any] = json.loads((_FOLDER / PINNED[url]).read_text("utf-8"))
    return loaded


@cache
def terms(url: str) -> frozenset[str]:
    """The members that a context of Open Badges 2.1 or before gives a meaning: no types, no prefixes."""
    given = document(url)["@context"]
    parts = [one for one in (given if isinstance(given, list) else [given]) if isinstance(one, dict)]
    means = {name: meaning for part in parts for name, meaning in part.items() if name[0].islower()}
    return frozenset(name for name, meaning in means.items() if not str(meaning).endswith(("#", "/")))


def loader(url: str, _options: dict[str, Any] | None = None) -> dict[str, Any]:
    """What PyLD asks for."""
    return {"contextUrl": None, "documentUrl": url, "document": document(url), "contentType": "application/ld+json"}
