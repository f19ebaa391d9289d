"""JSON Web Signatures over exact bytes, and public keys as JWKs (RFC 7515, 7517, 7518, 7638, 8037)."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

if TYPE_CHECKING:
    PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey

FEWEST_RSA_BITS = 2048
_P256_BYTES = 32


def sign(payload: bytes, *, header: dict[str, Any], private_key: PrivateKey) -> str:
    """A compact JWS. Its `alg` follows from the key; equal input gives equal bytes, for each kind of key."""
    if "alg" in header:
        raise ValueError("alg follows from the key")
    algorithm = algorithm_of(private_key.public_key())
    written = json.dumps({"alg": algorithm, **header}, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    signed = f"{base64url(written.encode())}.{base64url(payload)}"
    return f"{signed}.{base64url(_signature(signed.encode(), private_key))}"


def algorithm_of(public_key: PublicKey) -> str:
    """Raises ValueError for keys that are not signed with here: other curves, and RSA keys that are too short."""
    match public_key:
        case ed25519.Ed25519PublicKey():
            return "EdDSA"
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            return "ES256"
        case rsa.RSAPublicKey(key_size=size) if size >= FEWEST_RSA_BITS:
            return "RS256"
    raise ValueError("not a key of Ed25519, P-256, or RSA with 2048 bits or more")


def public_jwk(public_key: PublicKey) -> dict[str, str]:
    """The members that RFC 7638 sums, in its order, and nothing else: never a private one."""
    algorithm_of(public_key)
    if isinstance(public_key, ed25519.Ed25519PublicKey):
        return {"crv": "Ed25519", "kty": "OKP", "x": base64url(public_key.public_bytes_raw())}
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        point = public_key.public_numbers()
        return {
            "crv": "P-256",
            "kty": "EC",
            "x": base64url(point.x.to_bytes(_P256_BYTES, "big")),
            "y": base64url(point.y.to_bytes(_P256_BYTES, "big")),
        }
    numbers = public_key.public_numbers()
    return {"e": base64url(_shortest(numbers.e)), "kty": "RSA", "n": base64url(_shortest(numbers.n))}


def thumbprint(jwk: dict[str, str]) -> str:
    """The name of a public key: base64url of the SHA-256 over its required members (RFC 7638)."""
    required = {"OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}[jwk["kty"]]
    canonical = json.dumps({name: jwk[name] for name in required}, separators=(",", ":"))
    return base64url(hashlib.sha256(canonical.encode()).digest())


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _signature(signed: bytes, private_key: PrivateKey) -> bytes:
    if isinstance(private_key, ed25519.Ed25519PrivateKey):
        return private_key.sign(signed)
    if isinstance(private_key, ec.EllipticCurvePrivateKey):
        # RFC 6979: no chance in it, so that signing again gives the same bytes.
        r, s = decode_dss_signature(private_key.sign(signed, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
        return r.to_bytes(_P256_BYTES, "big") + s.to_bytes(_P256_BYTES, "big")
    return private_key.sign(signed, padding.PKCS1v15(), hashes.SHA256())


def _shortest(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
