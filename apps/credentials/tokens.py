"""Tokens for the links in award letters: whoever has one can read the mail of that address."""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.conf import settings


def token_of(public_id: str) -> str:
    """26 characters of base32, from HMAC-SHA-256 of the link's public id."""
    mac = hmac.new(settings.SHARE_LINK_KEY.encode(), f"claim:{public_id}".encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:16]).decode().rstrip("=").lower()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
