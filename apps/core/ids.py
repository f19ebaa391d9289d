"""Public ids: what leaves the house. Primary keys never do."""

from __future__ import annotations

import base64
import re
import secrets
from typing import Any

from django.db import models

LENGTH = 26


PATTERN = f"[a-z2-7]{{{LENGTH}}}"


class PublicIdConverter:
    """`<public_id:…>` in an address: what can be no public id is not there, and no database is asked for it."""

    regex = PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def new_public_id() -> str:
    """16 random bytes as 26 characters of lower-case base32."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def clean_id(value: str) -> str:
    """A public id that somebody sent, or nothing where it can be none."""
    return value if re.fullmatch(PATTERN, value) else ""


class PublicIdField(models.CharField):
    """A row's name to the outside: random, unique, never reused."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"max_length": LENGTH, "default": new_public_id, "unique": True, "editable": False}
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "default", "unique", "editable"):
            kwargs.pop(fixed, None)
        return name, path, list(args), dict(kwargs)
