"""Signing keys: made here, kept encrypted, opened only by workers. One seam, so that an HSM can take its place."""

from __future__ import annotations

import base64
import binascii
import os
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from apps.credentials import multikey

_KEY_BYTES = 32
_NONCE_BYTES = 12
_NAME = re.compile(r"[A-Za-z0-9_-]+")


class KeyTroubleError(Exception):
    """A key can't be opened or sealed; the message says which setting would help."""


@dataclass(frozen=True)
class Pair:
    """`private` is the raw 32 bytes; `multibase` the public half as a Multikey."""

    private: bytes
    multibase: str


def generate() -> Pair:
    private = Ed25519PrivateKey.generate()
    return Pair(private.private_bytes_raw(), multikey.encode(private.public_key().public_bytes_raw()))


def encrypt(private: bytes, *, issuer_id: str, key_id: str) -> str:
    """AES-256-GCM under the first of KEY_ENCRYPTION_KEYS, bound to issuer and key: `<id>.<base64url nonce + box>`."""
    name, wrapping = next(iter(_wrapping_keys().items()))
    nonce = os.urandom(_NONCE_BYTES)
    box = AESGCM(wrapping).encrypt(nonce, private, _bound_to(issuer_id, key_id))
    return f"{name}.{base64.urlsafe_b64encode(nonce + box).decode()}"


def decrypt(encrypted: str, *, issuer_id: str, key_id: str) -> Ed25519PrivateKey:
    """Raises KeyTroubleError where the wrapping key is missing or another, or the text was moved or changed."""
    name, _dot, text = encrypted.partition(".")
    wrapping = _wrapping_keys().get(name)
    if wrapping is None:
        raise KeyTroubleError(f"KEY_ENCRYPTION_KEYS has no key named “{name}”")
    try:
        sealed = _decode(text)
        private = AESGCM(wrapping).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(issuer_id, key_id))
    except (InvalidTag, binascii.Error, ValueError):
        raise KeyTroubleError("it was sealed under another key, for another issuer, or changed since") from None
    return Ed25519PrivateKey.from_private_bytes(private)


def _wrapping_keys() -> dict[str, bytes]:
    """`<id>:<base64url of 32 bytes>, …`: the first seals, all of them open."""
    found = {}
    for entry in filter(None, (one.strip() for one in settings.KEY_ENCRYPTION_KEYS.split(","))):
        name, _colon, text = entry.partition(":")
        try:
            key = _decode(text)
        except (binascii.Error, ValueError):
            key = b""
        if not _NAME.fullmatch(name) or len(key) != _KEY_BYTES:
            raise KeyTroubleError("KEY_ENCRYPTION_KEYS must hold <id>:<base64url of 32 bytes>, parted by commas")
        if name in found:
            raise KeyTroubleError(f"KEY_ENCRYPTION_KEYS names “{name}” twice")
        found[name] = key
    if not found:
        raise KeyTroubleError("KEY_ENCRYPTION_KEYS is not set")
    return found


def _decode(text: str) -> bytes:
    """Base64url, with or without its padding; nothing else may stand in it."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _bound_to(issuer_id: str, key_id: str) -> bytes:
    return f"{issuer_id}:{key_id}".encode()
