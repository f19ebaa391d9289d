"""The address in a letter that stops such letters without signing in (RFC 8058)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.signing import Signer
from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.accounts.models import User


class Unsubscribe(NamedTuple):
    """Whose letters to stop, and of which kinds."""

    person_id: str
    kinds: tuple[str, ...]


def _signer() -> Signer:
    # Not SECRET_KEY: a letter from two years ago must still work after that is changed.
    return Signer(key=settings.SHARE_LINK_KEY, salt="notices.unsubscribe")


def unsubscribe_token(person: User, kinds: Sequence[str]) -> str:
    return _signer().sign(".".join((person.public_id, *kinds)))


def read_unsubscribe_token(token: str) -> Unsubscribe:
    """The content of a token; raises `BadSignature` if it isn't ours."""
    person_id, *kinds = _signer().unsign(token).split(".")
    return Unsubscribe(person_id, tuple(kinds))


def unsubscribe_url(person: User, kinds: Sequence[str]) -> str:
    path = reverse("notices:unsubscribe", args=[unsubscribe_token(person, kinds)])
    return f"{settings.PUBLIC_URL}{path}"
