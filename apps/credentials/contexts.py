"""Pinned JSON-LD contexts: what isn't here is not loaded from anywhere."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "data" / "contexts"
CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
# Open Badges 3.0, one file per release.
OPEN_BADGES_3 = {
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": "ob-v3p0-context-3.0.0.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": "ob-v3p0-context-3.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "ob-v3p0-context-3.0.2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "ob-v3p0-context-3.0.3.json",
}
CLR_2 = {"https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json": "clr-v2p0-context-2.0.1.json"}
PINNED = {
    CREDENTIALS_V1: "credentials-v1.json",
    CREDENTIALS_V2: "credentials-v2.json",
    **OPEN_BADGES_3,
    **CLR_2,
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "ob-v3p0-extensions.json",
    "https://w3id.org/openbadges/v1": "ob-v1p1-context.json",
    "https://w3id.org/openbadges/v2": "ob-v2p0-context.json",
    "https://w3id.org/security/data-integrity/v1": "data-integrity-v1.json",
    "https://w3id.org/security/data-integrity/v2": "data-integrity-v2.json",
    "https://w3id.org/security/suites/ed25519-2020/v1": "ed25519-2020-v1.json",
    "https://w3id.org/security/multikey/v1": "multikey-v1.json",
    "https://w3id.org/security/v1": "security-v1.json",
    "https://w3id.org/security/v2": "security-v2.json",
    "https://w3id.org/vc/status-list/2021/v1": "vc-status-list-2021-v1.json",
    "https://www.w3.org/ns/credentials/status/v1": "credentials-status-v1.json",
    "https://www.w3.org/ns/did/v1": "did-v1.json",
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
    """The members defined by a context of Open Badges 2.1 or older, without types and prefixes."""
    given = document(url)["@context"]
    parts = [one for one in (given if isinstance(given, list) else [given]) if isinstance(one, dict)]
    means = {name: meaning for part in parts for name, meaning in part.items() if name[0].islower()}
    return frozenset(name for name, meaning in means.items() if not str(meaning).endswith(("#", "/")))
