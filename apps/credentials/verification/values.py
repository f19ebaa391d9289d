"""What stands in documents of others, read without believing it: lists, moments, addresses."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

PORTS = {"https": 443, "http": 80}
# A name with a scheme leads somewhere by itself; one without is a name inside a document.
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WEB = re.compile(r"https?://[^\s\x00-\x20\x7f]+", re.ASCII | re.IGNORECASE)


def as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def moment(value: Any) -> datetime:
    """A date and time with its zone. Raises ValueError, and TypeError for what is no text."""
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError(f"{value} has no zone")
    return at


def is_absolute(name: str) -> bool:
    return _ABSOLUTE.match(name) is not None


def is_web(address: str) -> bool:
    return _WEB.fullmatch(address) is not None


def origin(address: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port of a web address, however they are spelled; None for what is none."""
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, _ascii(parts.hostname), port) if parts.scheme in PORTS and parts.hostname else None


def _ascii(host: str) -> str:
    """As it goes over the wire: a host may be written in any script."""
    with suppress(UnicodeError):
        return host.encode("idna").decode()
    return host
