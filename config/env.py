"""The one place that reads the environment. A missing or invalid value stops the start with a message."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class BadSetting(Exception):
    """An environment variable is missing or invalid."""


_MISSING = object()


def text(name: str, default: str | object = _MISSING) -> str:
    value = os.environ.get(name)
    if value is None or value == "":
        if default is _MISSING:
            message = f"{name} is not set. Start with `make up`, or set it in the environment."
            raise BadSetting(message)
        return str(default)
    return value


def choice(name: str, options: Sequence[str], default: str) -> str:
    value = text(name, default)
    if value not in options:
        message = f"{name} is {value!r}; it can be {', '.join(options)}."
        raise BadSetting(message)
    return value


def flag(name: str, *, default: bool = False) -> bool:
    words = {"1": True, "on": True, "true": True, "yes": True, "0": False, "off": False, "false": False, "no": False}
    value = text(name, "on" if default else "off").lower()
    if value not in words:
        message = f"{name} is {value!r}; it can be on or off."
        raise BadSetting(message)
    return words[value]


def number(name: str, default: int, *, least: int | None = None) -> int:
    value = text(name, str(default))
    more = "" if least is None else f", {least} or more"
    try:
        found = int(value)
    except ValueError:
        found = None
    if found is None or (least is not None and found < least):
        message = f"{name} is {value!r}; it must be a whole number{more}."
        raise BadSetting(message)
    return found


def zone(name: str, default: str) -> str:
    """A name from the time zone database, like Europe/Berlin."""
    from zoneinfo import available_timezones

    value = text(name, default)
    if value not in available_timezones():
        message = f"{name} is {value!r}; it must be a time zone that this machine knows, like Europe/Berlin."
        raise BadSetting(message)
    return value


def words(name: str, default: str = "") -> list[str]:
    """Values separated by commas or spaces."""
    return text(name, default).replace(",", " ").split()


def beginning_with(prefix: str) -> dict[str, str]:
    """Every variable whose name starts with `prefix`, keyed by the rest of its name."""
    return {name.removeprefix(prefix): value for name, value in os.environ.items() if name.startswith(prefix) and value}


def origin(name: str, default: str | object = _MISSING) -> str:
    """`scheme://host[:port]`, without a path or a trailing slash."""
    from urllib.parse import urlsplit

    value = text(name, default)
    try:
        parts = urlsplit(value.rstrip("/"))
        host, beside = parts.hostname, parts.port is not None and not parts.port
    except ValueError:  # brackets that don't close, an invalid port
        parts, host, beside = urlsplit(""), None, True
    beside = beside or bool(parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in {"http", "https"} or not host or beside:
        message = f"{name} is {value!r}; it must look like https://badges.example.org, with no path."
        raise BadSetting(message)
    return value.rstrip("/")
