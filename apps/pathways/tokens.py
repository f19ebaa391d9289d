"""Tokens of the links in letters to partners without an account: having one shows that you read that address's
letters.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.conf import settings


def token_of(public_id: str) -> str:
    """The token: 26 characters of base32, from HMAC-SHA-256 of the request's public id."""
    mac = hmac.new(settings.SHARE_LINK_KEY.encode(), f"credit:{public_id}".encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:16]).decode().rstrip("=").lower()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
