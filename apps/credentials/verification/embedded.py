"""Endorsements inside a credential: whole credentials of others, each with a context and a proof of its own."""

from __future__ import annotations

from typing import Any, NamedTuple


class Embedded(NamedTuple):
    """`about` is the id of the part in which it stands, which it has to be about."""

    about: str
    document: dict[str, Any]


def apart(document: dict[str, Any]) -> tuple[dict[str, Any], list[Embedded]]:
    """The document without the endorsements inside it, and those; what stands inside one of them stays there."""
    found: list[Embedded] = []
    return _without(document, found), found


def inside(document: dict[str, Any]) -> list[Embedded]:
    """Every endorsement inside, those in endorsements too."""
    _bare, found = apart(document)
    return [*found, *(deeper for one in found for deeper in inside(one.document))]


def _without(value: Any, found: list[Embedded]) -> Any:
    if isinstance(value, list):
        return [_without(one, found) for one in value]
    if not isinstance(value, dict):
        return value
    bare = {}
    for name, one in value.items():
        entries = one if isinstance(one, list) else [one]
        if name == "endorsement" and all(isinstance(entry, dict) for entry in entries):
            found.extend(Embedded(str(value.get("id", "")), entry) for entry in entries)
        else:
            bare[name] = _without(one, found)
    return bare
