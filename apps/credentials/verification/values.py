"""What stands in documents of others, read without believing it: lists, moments, addresses."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

PORTS = {"https": 443, "http": 80}
# A name with a scheme leads somewhere by itself; one without is a name inside a document.
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WEB = re.compile(r"https?://[^\x00-\x20\x7f<>\"{}|^`\\/?#]+[^\x00-\x20\x7f<>\"{}|^`\\]*", re.IGNORECASE)


def as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def words(value: Any) -> set[str]:
    """The texts among one value or several: types, contexts."""
    return {one for one in as_list(value) if isinstance(one, str)}


def id_of(value: Any) -> str:
    """The id of what is named by it, or described; empty where there is none."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""


def moment(value: Any, *, else_utc: bool = False) -> datetime:
    """A date and time with its zone; `else_utc` where it says none. Raises ValueError, and TypeError for what is no text."""
    at = datetime.fromisoformat(value)
    if at.tzinfo is None and not else_utc:
        raise ValueError(f"{value} has no zone")
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def is_absolute(name: str) -> bool:
    return _ABSOLUTE.match(name) is not None


def is_web(value: Any) -> bool:
    """Whether it is an http or https address, and its host and port can be told."""
    if not isinstance(value, str) or _WEB.fullmatch(value) is None:
        return False
    with suppress(ValueError):
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0
    return False


def origin(address: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port of a web address, however they are spelled; None for what is none."""
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, _ascii(parts.hostname), port) if parts.scheme in PORTS and parts.hostname else None


def place(address: str) -> str:
    """The host of a web address, with its port where that is not the one of its scheme; empty for what is none."""
    found = origin(address)
    if found is None:
        return ""
    scheme, host, port = found
    host = f"[{host}]" if ":" in host else host
    return host if port == PORTS[scheme] else f"{host}:{port}"


def is_upgrade(before: str, after: str) -> bool:
    """Whether an address of http leads to https at the same host, both at the ports of their schemes."""
    found, to = origin(before), origin(after)
    return found is not None and found[::2] == ("http", 80) and to == ("https", found[1], 443)


def _ascii(host: str) -> str:
    """As it goes over the wire, and as the client writes it: a host may be written in any script, and two that look or
    once were alike are two.
    """
    with suppress(httpx.InvalidURL):
        return httpx.URL(scheme="https", host=host).raw_host.decode()
    return host
