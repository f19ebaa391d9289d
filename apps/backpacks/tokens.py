"""Share tokens: long random-looking names, known only to the earner and those they give them to."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from apps.backpacks.models import Collection, Profile, ShareLink


def token_of(public_id: str) -> str:
    """The token: 26 characters of base32, from HMAC-SHA-256 of the link's public id."""
    mac = hmac.new(settings.SHARE_LINK_KEY.encode(), f"share:{public_id}".encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:16]).decode().rstrip("=").lower()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def hash_of_handle(handle: str) -> str:
    """A keyed digest, so that names can't be tried out with the table alone."""
    said = f"handle:{handle.lower()}".encode()
    return hmac.new(settings.SHARE_LINK_KEY.encode(), said, hashlib.sha256).hexdigest()


def hash_of_collection(public_id: str) -> str:
    said = f"collection:{public_id}".encode()
    return hmac.new(settings.SHARE_LINK_KEY.encode(), said, hashlib.sha256).hexdigest()


def address_of(link: ShareLink) -> str:
    return f"{settings.PUBLIC_URL}/b/{token_of(link.public_id)}/"


def public_address_of(collection: Collection) -> str:
    """The address of a collection while it is public."""
    return f"{settings.PUBLIC_URL}/b/{collection.public_id}/"


def profile_address_of(profile: Profile) -> str:
    return f"{settings.PUBLIC_URL}{profile.get_absolute_url()}"
