"""The keys in letters: whoever has one reads the letters of that address."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.signing import Signer

if TYPE_CHECKING:
    from apps.accounts.models import GuardianConsent


def _signer() -> Signer:
    # Not SECRET_KEY: a letter must still do what it says after that was changed.
    return Signer(key=settings.SHARE_LINK_KEY, salt="accounts.guardian")


def guardian_token(asked: GuardianConsent) -> str:
    return _signer().sign(asked.public_id)


def read_guardian_token(token: str) -> str:
    """The public id of what was asked; `BadSignature` for no token of ours."""
    return _signer().unsign(token)


def merge_token(public_id: str) -> str:
    """26 characters of base32, from HMAC-SHA-256 of what was asked."""
    return _derived(f"merge:{public_id}")


def passkey_id(pk: int) -> str:
    """What a passkey is called in addresses: its row is allauth's and has no public id."""
    return _derived(f"passkey:{pk}")


def _derived(words: str) -> str:
    mac = hmac.new(settings.SHARE_LINK_KEY.encode(), words.encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:16]).decode().rstrip("=").lower()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
