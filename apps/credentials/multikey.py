"""Public keys as Multikeys, and base58btc (W3C Controlled Identifiers 1.0, sections 2.2.2 and 2.4)."""

from __future__ import annotations

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_PLACE = {sign: place for place, sign in enumerate(_ALPHABET)}
_ED25519 = b"\xed\x01"
_P256 = b"\x80\x24"
# Decoding takes quadratic time: refuse anything longer than a key or Ed25519 signature first.
MOST_SIGNS = 100


def base58_encode(data: bytes) -> str:
    """Encode ten characters at a time: a number of that size fits a machine word, which divides fast."""
    number = int.from_bytes(data, "big")
    pairs: list[str] = []
    while number:
        number, ten = divmod(number, 58**10)
        ten, fifth = divmod(ten, 58**2)
        ten, fourth = divmod(ten, 58**2)
        ten, third = divmod(ten, 58**2)
        first, second = divmod(ten, 58**2)
        pairs += (_PAIRS[fifth], _PAIRS[fourth], _PAIRS[third], _PAIRS[second], _PAIRS[first])
    pairs.reverse()
    return "1" * (len(data) - len(data.lstrip(b"\x00"))) + "".join(pairs).lstrip("1")


def base58_decode(text: str) -> bytes:
    """Raises ValueError for text that is too long or contains other characters."""
    if len(text) > MOST_SIGNS:
        raise ValueError("too long")
    number = 0
    for sign in text:
        if sign not in _PLACE:
            raise ValueError("not base58")
        number = number * 58 + _PLACE[sign]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\x00" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode(public: bytes) -> str:
    return "z" + base58_encode(_ED25519 + public)


def decode(multibase: str) -> bytes:
    """The raw 32 bytes. Raises ValueError for anything but an Ed25519 Multikey."""
    return _decode(multibase, _ED25519, 32, "an Ed25519")


def encode_p256(point: bytes) -> str:
    return "z" + base58_encode(_P256 + point)


def decode_p256(multibase: str) -> bytes:
    """The compressed point, 33 bytes. Raises ValueError for anything but a P-256 Multikey."""
    return _decode(multibase, _P256, 33, "a P-256")


def _decode(multibase: str, prefix: bytes, length: int, kind: str) -> bytes:
    if not multibase.startswith("z"):
        raise ValueError("not base58btc")
    data = base58_decode(multibase[1:])
    if not data.startswith(prefix) or len(data) != len(prefix) + length:
        raise ValueError(f"not {kind} Multikey")
    return data[len(prefix) :]
