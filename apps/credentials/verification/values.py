"""Values in other people's documents, read without trusting them: lists, dates, URLs."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

PORTS = {"https": 443, "http": 80}
# A name with a scheme is an address of its own; one without is a name inside a document.
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WEB = re.compile(r"https?://[^\x00-\x20\x7f<>\"{}|^`\\/?#]+[^\x00-\x20\x7f<>\"{}|^`\\]*", re.IGNORECASE)


def as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def words(value: Any) -> set[str]:
    """The strings among one value or several: types, contexts."""
    return {one for one in as_list(value) if isinstance(one, str)}


def id_of(value: Any) -> str:
    """The id of what is named or described; empty if there is none."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""


def moment(value: Any, *, else_utc: bool = False) -> datetime:
    """A date and time with its zone; `else_utc` if it has none. Raises ValueError, and TypeError if it isn't text."""
    at = datetime.fromisoformat(value)
    if at.tzinfo is None and not else_utc:
        raise ValueError(f"{value} has no zone")
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def is_absolute(name: str) -> bool:
    return _ABSOLUTE.match(name) is not None


def is_web(value: Any) -> bool:
    """Whether it is an http or https URL with a readable host and port."""
    if not isinstance(value, str) or _WEB.fullmatch(value) is None:
        return False
    with suppress(ValueError):
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0
    return False


def origin(address: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port of a web URL, normalised; None if it isn't one."""
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, _ascii(parts.hostname), port) if parts.scheme in PORTS and parts.hostname else None


def place(address: str) -> str:
    """The host of a web URL, with its port unless it is the scheme's default; empty if it isn't one."""
    found = origin(address)
    if found is None:
        return ""
    scheme, host, port = found
    host = f"[{host}]" if ":" in host else host
    return host if port == PORTS[scheme] else f"{host}:{port}"


def is_upgrade(before: str, after: str) -> bool:
    """Whether an http URL leads to https at the same host, both on default ports."""
    found, to = origin(before), origin(after)
    return found is not None and found[::2] == ("http", 80) and to == ("https", found[1], 443)


def _ascii(host: str) -> str:
    """The host as sent over the wire: hosts may be written in any script, and two that look alike are still two."""
    with suppress(httpx.InvalidURL):
        return httpx.URL(scheme="https", host=host).raw_host.decode()
    return host
