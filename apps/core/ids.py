"""Public ids, the only ids shown outside Satchel. Primary keys never are."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

LENGTH = 26


PATTERN = f"[a-z2-7]{{{LENGTH}}}"
_ALPHABET = b"abcdefghijklmnopqrstuvwxyz234567"
# This many characters hold five bits each.
_FIVES = LENGTH - 1
# Map a random byte to a character, each equally often.
_FIVE_BITS, _THREE_BITS = _ALPHABET * 8, _ALPHABET[::4] * 32


class PublicIdConverter:
    """`<public_id:…>` in a path: anything that can't be a public id doesn't match, without asking the database."""

    regex = PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def new_public_id() -> str:
    """16 random bytes as 26 characters of lower-case base32."""
    return new_public_ids(1)[0]


def new_public_ids(number: int) -> list[str]:
    """Draw this many at once: each character holds five random bits, the last one three."""
    most = secrets.token_bytes(number * _FIVES).translate(_FIVE_BITS).decode()
    last = secrets.token_bytes(number).translate(_THREE_BITS).decode()
    return [most[at * _FIVES : (at + 1) * _FIVES] + last[at] for at in range(number)]


def clean_id(value: str) -> str:
    """The public id that was sent, or "" if it can't be one."""
    return value if re.fullmatch(PATTERN, value) else ""


class PublicIdField(models.CharField):
    """A row's name to the outside world: random, unique, never reused."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"max_length": LENGTH, "default": new_public_id, "unique": True, "editable": False}
        super().__init__(**kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return CharField's type by its other name: under the first, Django would add a second index for prefixes,
        which are never looked up in random ids and which every row would pay for.
        """
        return f"character varying({LENGTH})"

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "default", "unique", "editable"):
            kwargs.pop(fixed, None)
        return name, path, list(args), dict(kwargs)
