"""Credentials inside a credential: endorsements, and a learner record's contents. Each has its own context and proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from apps.credentials.verification.values import as_list, id_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_KINDS = {"endorsement": dict, "endorsementJwt": str}


class Embedded(NamedTuple):
    """`about` is the id of the part that contains it, which must be its subject. Text means a token."""

    about: str
    document: dict[str, Any] | str


def endorsements(document: dict[str, Any]) -> list[Embedded]:
    """Every endorsement inside, including those in endorsements, but not those of other credentials inside."""
    return list(_endorsements(document))


def without_tokens(value: Any) -> Any:
    """The value without endorsements in tokens: no context defines that member of the schema, so only tokens sign it."""
    if isinstance(value, list):
        return [without_tokens(one) for one in value]
    if isinstance(value, dict):
        return {name: without_tokens(one) for name, one in value.items() if name != "endorsementJwt"}
    return value


def records(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The credentials in a learner record (CLR 2.0, ClrSubject.verifiableCredential)."""
    subject = document.get("credentialSubject")
    held = subject.get("verifiableCredential") if isinstance(subject, dict) else None
    return [one for one in as_list(held) if isinstance(one, dict)]


def _endorsements(value: Any) -> Iterator[Embedded]:
    if isinstance(value, list):
        for one in value:
            yield from _endorsements(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if (kind := _KINDS.get(name)) is not None:
                yield from (Embedded(id_of(value), entry) for entry in as_list(one) if isinstance(entry, kind))
            if name != "verifiableCredential":
                yield from _endorsements(one)
