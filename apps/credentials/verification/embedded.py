"""Credentials inside a credential: endorsements, and what a learner record holds. Each has a context and proof of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from apps.credentials.verification.values import as_list, id_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_KINDS = {"endorsement": dict, "endorsementJwt": str}


class Embedded(NamedTuple):
    """`about` is the id of the part in which it stands, which it has to be about. A text is a token."""

    about: str
    document: dict[str, Any] | str


def endorsements(document: dict[str, Any]) -> list[Embedded]:
    """Every endorsement inside, those in endorsements too; not those of other credentials inside."""
    return list(_endorsements(document))


def without_tokens(value: Any) -> Any:
    """Without endorsements in tokens: a member of the schema that no context has a word for, so only tokens sign it."""
    if isinstance(value, list):
        return [without_tokens(one) for one in value]
    if isinstance(value, dict):
        return {name: without_tokens(one) for name, one in value.items() if name != "endorsementJwt"}
    return value


def records(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The credentials that a learner record holds (CLR 2.0, ClrSubject.verifiableCredential)."""
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
