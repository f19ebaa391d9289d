"""W3C Bitstring Status List v1.0: one bit per credential, in lists so large that a look-up identifies nobody."""

from __future__ import annotations

import base64
import binascii
import gzip
import re
import zlib
from typing import TYPE_CHECKING, Any

from apps.credentials.formats.ob3 import CONTEXTS, moment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

# The specification's minimum (section 6.1): in fewer, a look-up would reveal who is meant.
FEWEST_BITS = 131_072
# The size for issuers with many awards: 128 KiB before compression.
MORE_BITS = 1_048_576
_LEVEL = 9
_GZIP = 16 + zlib.MAX_WBITS
_MULTIBASE = re.compile(r"u[A-Za-z0-9_-]+", re.ASCII)


class BitstringError(Exception):
    """A list that can't be read; the message is technical."""


def encode(set_indexes: Iterable[int], size: int = FEWEST_BITS) -> str:
    """Set the bits at `set_indexes`; return them gzipped, as multibase base64url. Equal sets give equal text."""
    if size < FEWEST_BITS or size % 8:
        raise ValueError(f"a list has at least {FEWEST_BITS} bits, in whole bytes")
    bits = bytearray(size // 8)
    for index in set_indexes:
        if not 0 <= index < size:
            raise ValueError(f"{index} is outside of the list")
        bits[index // 8] |= 0x80 >> index % 8  # index 0 is the leftmost bit
    packed = gzip.compress(bytes(bits), compresslevel=_LEVEL, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(text: str, *, most_bytes: int) -> bytes:
    """Decode the bits, unpacking no more than `most_bytes` whatever is inside. Raises BitstringError."""
    # Bits without any pattern don't shrink: nothing honest is longer than 4/3 of its content.
    if len(text) > most_bytes * 4 // 3 + 200:
        raise BitstringError("too long")
    if not _MULTIBASE.fullmatch(text):
        raise BitstringError("not multibase base64url")
    try:
        packed = base64.urlsafe_b64decode(text[1:] + "=" * (-(len(text) - 1) % 4))
        inflator = zlib.decompressobj(_GZIP)
        bits = inflator.decompress(packed, most_bytes + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise BitstringError("not gzip in base64url") from None
    if len(bits) > most_bytes:
        raise BitstringError(f"more than {most_bytes} bytes when unpacked")
    if not inflator.eof:
        raise BitstringError("cut off")
    if inflator.unused_data:
        raise BitstringError("there is something behind the list")
    return bits


def is_set(bits: bytes, index: int) -> bool:
    """Whether a bit is set. Raises BitstringError for an index outside the list."""
    if not 0 <= index < len(bits) * 8:
        raise BitstringError(f"{index} is outside of the list")
    return bool(bits[index // 8] & 0x80 >> index % 8)


def list_credential(
    *, address: str, issuer_id: str, purpose: str, encoded: str, valid_from: datetime
) -> dict[str, Any]:
    """The list as a credential, without its proof."""
    return {
        "@context": [CONTEXTS[0]],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_id,
        "validFrom": moment(valid_from),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded,
        },
    }
