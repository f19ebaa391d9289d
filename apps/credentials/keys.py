"""Signing keys: made here, stored encrypted, decrypted only by workers. An HSM can replace them at one place,
`signer`.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_public_key,
)
from django.conf import settings
from django.utils.module_loading import import_string

from apps.credentials import jose, multikey
from apps.credentials.models import SigningKey

if TYPE_CHECKING:
    from apps.credentials.jose import PrivateKey, PublicKey

_KEY_BYTES = 32
_NONCE_BYTES = 12
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_RSA_BITS = 2048
Algorithm = SigningKey.Algorithm


class KeyTroubleError(Exception):
    """A key can't be encrypted or decrypted; the message says which setting would help."""


@dataclass(frozen=True)
class Pair:
    """`private` is what `encrypt` takes; `name` and `public_pem` are the columns of SigningKey."""

    private: bytes
    name: str
    public_pem: str = ""


def signer(key: SigningKey) -> PrivateKey:
    """The private key for signing: by the setting SIGNER, a KMS or HSM can replace it. Raises KeyTroubleError.

    `SIGNER` names a function that takes the key's row and returns a private key of the `cryptography` package; if the
    secret never leaves its module, a subclass of the same abstract class whose `sign` calls the module.
    """
    found: PrivateKey = import_string(settings.SIGNER)(key)
    return found


def ed25519_signer(key: SigningKey) -> Ed25519PrivateKey:
    found = signer(key)
    if not isinstance(found, Ed25519PrivateKey):
        raise KeyTroubleError(f"{key.name} is no Ed25519 key")
    return found


def rsa_signer(key: SigningKey) -> rsa.RSAPrivateKey:
    found = signer(key)
    if not isinstance(found, rsa.RSAPrivateKey):
        raise KeyTroubleError(f"{key.name} is no RSA key")
    return found


def from_database(key: SigningKey) -> PrivateKey:
    """The usual signer: the private key stored encrypted in the key's row."""
    return decrypt(key.encrypted, issuer_id=key.issuer.public_id, key_id=key.public_id)


def generate(algorithm: str = Algorithm.ED25519) -> Pair:
    if algorithm == Algorithm.ED25519:
        ed25519 = Ed25519PrivateKey.generate()
        return Pair(ed25519.private_bytes_raw(), multikey.encode(ed25519.public_key().public_bytes_raw()))
    if algorithm == Algorithm.P256:
        p256 = ec.generate_private_key(ec.SECP256R1())
        point = p256.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return Pair(_der(p256), multikey.encode_p256(point))
    key = rsa.generate_private_key(65537, _RSA_BITS)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return Pair(_der(key), jose.thumbprint(jose.public_jwk(key.public_key())), pem)


def ed25519_of(pair: Pair) -> Ed25519PrivateKey:
    """The private key of a pair that was just made, and is kept nowhere."""
    return Ed25519PrivateKey.from_private_bytes(pair.private)


def public_key(key: SigningKey) -> PublicKey:
    """The public half, from the row."""
    if key.algorithm == Algorithm.ED25519:
        return Ed25519PublicKey.from_public_bytes(multikey.decode(key.name))
    if key.algorithm == Algorithm.P256:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), multikey.decode_p256(key.name))
    return rsa_public_key(key)


def rsa_public_key(key: SigningKey) -> rsa.RSAPublicKey:
    loaded = load_pem_public_key(key.public_pem.encode())
    if not isinstance(loaded, rsa.RSAPublicKey):
        raise KeyTroubleError(f"{key.name} is no RSA key")
    return loaded


def encrypt(private: bytes, *, issuer_id: str, key_id: str) -> str:
    """AES-256-GCM with the first of KEY_ENCRYPTION_KEYS, bound to issuer and key: `<id>.<base64url nonce + box>`."""
    name, wrapping = next(iter(_wrapping_keys().items()))
    nonce = os.urandom(_NONCE_BYTES)
    box = AESGCM(wrapping).encrypt(nonce, private, _bound_to(issuer_id, key_id))
    return f"{name}.{base64.urlsafe_b64encode(nonce + box).decode()}"


def decrypt(encrypted: str, *, issuer_id: str, key_id: str) -> PrivateKey:
    """Decrypt a key. Raises KeyTroubleError if the wrapping key is missing or wrong, or the text was moved or
    changed.
    """
    private = _opened(encrypted, issuer_id=issuer_id, key_id=key_id)
    if len(private) == _KEY_BYTES:
        return Ed25519PrivateKey.from_private_bytes(private)
    # We made it, and other bytes would have failed to decrypt: validating its numbers would cost more than signing.
    loaded = load_der_private_key(private, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(loaded, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyTroubleError("it holds a key of a kind that is not used here")
    return loaded


def seal_again(encrypted: str, *, issuer_id: str, key_id: str) -> str:
    """Re-encrypt a key with the first of KEY_ENCRYPTION_KEYS; unchanged if that is already the one in use."""
    if encrypted.partition(".")[0] == next(iter(_wrapping_keys())):
        return encrypted
    return encrypt(_opened(encrypted, issuer_id=issuer_id, key_id=key_id), issuer_id=issuer_id, key_id=key_id)


def _opened(encrypted: str, *, issuer_id: str, key_id: str) -> bytes:
    name, _dot, text = encrypted.partition(".")
    wrapping = _wrapping_keys().get(name)
    if wrapping is None:
        raise KeyTroubleError(f"KEY_ENCRYPTION_KEYS has no key named “{name}”")
    try:
        sealed = _decode(text)
        return AESGCM(wrapping).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(issuer_id, key_id))
    except (InvalidTag, binascii.Error, ValueError):
        raise KeyTroubleError("it was sealed under another key, for another issuer, or changed since") from None


def _der(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _wrapping_keys() -> dict[str, bytes]:
    """Parse `<id>:<base64url of 32 bytes>, …`: the first encrypts, all decrypt."""
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
    """Base64url, with or without padding; nothing else is allowed."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _bound_to(issuer_id: str, key_id: str) -> bytes:
    return f"{issuer_id}:{key_id}".encode()
