"""Tokens for links in letters: whoever has one can read the mail of that address. And for those that an earner hands
over to whom they ask for an endorsement.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.conf import settings


def token_of(public_id: str) -> str:
    """26 characters of base32, from HMAC-SHA-256 of the link's public id."""
    return _token(f"claim:{public_id}")


def ask_token(public_id: str) -> str:
    """For an outside endorser, from the earner: to say who they are, and where they read their mail."""
    return _token(f"ask:{public_id}")


def answer_token(public_id: str, address: str) -> str:
    """For an outside endorser, in the letter to this address: another address has another."""
    return _token(f"endorse:{public_id}:{address}")


def _token(of: str) -> str:
    mac = hmac.new(settings.SHARE_LINK_KEY.encode(), of.encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:16]).decode().rstrip("=").lower()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
