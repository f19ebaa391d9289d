"""Short codes: what someone types from paper to open a badge or a collection.

A code is derived from its row's public id under SHARE_LINK_KEY, as share tokens are. Only a keyed digest is stored,
so a copy of the database opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from apps.backpacks.models import ShortCode

LENGTH = 7
# No vowels, so that no words appear, and no lookalikes: 0 O Q D, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V.
ALPHABET = "23456789CDFHJKMNPRTVWXY"
# Characters outside the alphabet, and those they are read as.
_MEANT = str.maketrans("0OQZSGBU", "DDD2568V")
_FIRST_PART = 3


def code_of(public_id: str) -> str:
    """The code as it is printed: KTM-4729."""
    number = int.from_bytes(_mac(f"code:{public_id}"), "big")
    signs = []
    for _place in range(LENGTH):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return f"{''.join(signs[:_FIRST_PART])}-{''.join(signs[_FIRST_PART:])}"


def read(typed: str) -> str:
    """A typed code in capitals, without separators; empty if it can't be a code."""
    plain = unicodedata.normalize("NFKC", typed[:40]).upper()
    signs = "".join(sign for sign in plain if sign.isalnum()).translate(_MEANT)
    return signs if len(signs) == LENGTH and set(signs) <= set(ALPHABET) else ""


def hash_of(code: str) -> str:
    """The digest that is stored for a code, however the code is written."""
    return _mac(f"code-hash:{read(code)}").hex()


def address_of(code: ShortCode) -> str:
    return address_by(code.public_id)


def address_by(public_id: str) -> str:
    return f"{settings.PUBLIC_URL}/v/{code_of(public_id)}"


def _mac(text: str) -> bytes:
    return hmac.new(settings.SHARE_LINK_KEY.encode(), text.encode(), hashlib.sha256).digest()
