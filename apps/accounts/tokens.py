"""The keys in letters: having one shows that you read the letters to that address."""

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
    # Not SECRET_KEY: letters must still work after that is changed.
    return Signer(key=settings.SHARE_LINK_KEY, salt="accounts.guardian")


def guardian_token(asked: GuardianConsent) -> str:
    return _signer().sign(asked.public_id)


def read_guardian_token(token: str) -> str:
    """The public id of the consent asked for; raises `BadSignature` if the token isn't ours."""
    return _signer().unsign(token)


def merge_token(public_id: str) -> str:
    """The token of a merge request: 26 characters of base32, from HMAC-SHA-256."""
    return _derived(f"merge:{public_id}")


def passkey_id(pk: int) -> str:
    """The name of a passkey in addresses: its row is allauth's and has no public id."""
    return _derived(f"passkey:{pk}")


def _derived(words: str) -> str:
    mac = hmac.new(settings.SHARE_LINK_KEY.encode(), words.encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:16]).decode().rstrip("=").lower()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
