"""JSON Web Signatures over exact bytes, and public keys as JWKs (RFC 7515, 7517, 7518, 7638, 8037)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from apps.credentials import strict

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

    PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey

ALGORITHMS = ("EdDSA", "ES256", "RS256")
FEWEST_RSA_BITS = 2048
# Larger ones cost more than they are worth: the time to verify grows with the square of the length.
MOST_RSA_BITS = 4096
MOST_EXPONENT = 2**32
MOST_HEADER = 8 * 1024
_P256_BYTES = 32
_ED25519_BYTES = 32
_DUMPING = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_COMPACT = re.compile(r"([A-Za-z0-9_-]++)\.([A-Za-z0-9_-]++)\.([A-Za-z0-9_-]*+)", re.ASCII)


class TokenError(Exception):
    """A compact JWS that can't be read or doesn't verify. The message is technical."""


@dataclass(frozen=True)
class Token:
    """A compact JWS, parsed but not verified. `signed` are the bytes that its signature covers."""

    header: dict[str, Any]
    payload: bytes
    signature: bytes
    signed: bytes

    @property
    def algorithm(self) -> str:
        found = self.header.get("alg")
        return found if isinstance(found, str) else ""


def is_compact(text: str) -> bool:
    """Whether a text is meant as a compact JWS: three parts, the first of them a base64url object."""
    return text.startswith("e") and _COMPACT.fullmatch(text) is not None


def parse(text: str) -> Token:
    """Parse a compact JWS. Raises TokenError if it isn't one, its header requires unknown features, or base64url is
    malformed.
    """
    parts = _COMPACT.fullmatch(text)
    if parts is None:
        raise TokenError("not a compact JWS")
    if len(parts[1]) > MOST_HEADER:
        raise TokenError("the header is larger than 8 KB")
    try:
        header = strict.parse(decoded(parts[1]).decode())
    except ValueError as error:
        raise TokenError(f"the header: {error}") from None
    # RFC 7515, section 4.1.11, RFC 7797: a critical header that isn't understood means rejection.
    for name in ("crit", "b64", "zip"):
        if name in header:
            raise TokenError(f"the header asks for {name!r}, which is not understood here")
    return Token(header, decoded(parts[2]), decoded(parts[3]), f"{parts[1]}.{parts[2]}".encode())


def verify(token: Token, public_key: PublicKey) -> None:
    """Raises TokenError unless the token is signed by this key, with the one algorithm that keys of its kind use."""
    expected = algorithm_of(public_key)
    if token.algorithm != expected:
        raise TokenError(f"alg is {token.algorithm[:40]!r}, but the key signs with {expected}")
    try:
        _hold(token, public_key)
    except (InvalidSignature, ValueError):
        raise TokenError("the signature does not match the content and key") from None


def public_key_of(jwk: dict[str, Any]) -> PublicKey:
    """Read a JWK. Raises ValueError for unsupported keys, and for a private half, which should never be here."""
    if "d" in jwk:
        raise ValueError("holds a private key")
    if jwk.get("use", "sig") != "sig":
        raise ValueError("a key that is not for signatures")
    match jwk.get("kty"), jwk.get("crv"):
        case "OKP", "Ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(_member(jwk, "x", _ED25519_BYTES))
        case "EC", "P-256":
            x, y = (int.from_bytes(_member(jwk, name, _P256_BYTES), "big") for name in ("x", "y"))
            return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        case "RSA", None:
            e, n = (int.from_bytes(_member(jwk, name), "big") for name in ("e", "n"))
            return checked(rsa.RSAPublicNumbers(e, n).public_key())
    raise ValueError("not a key of Ed25519, P-256 or RSA")


def public_key_of_pem(pem: str) -> PublicKey:
    """Read a PEM key. Raises ValueError, as `public_key_of`."""
    try:
        found = load_pem_public_key(pem.encode())
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from None
    return checked(found)


def checked(key: PublicKeyTypes) -> PublicKey:
    """Return the key if its kind and size are supported. Raises ValueError."""
    if isinstance(key, rsa.RSAPublicKey) and (key.key_size > MOST_RSA_BITS or key.public_numbers().e > MOST_EXPONENT):
        raise ValueError(f"an RSA key with more than {MOST_RSA_BITS} bits, or an exponent of more than 32")
    if isinstance(key, (ed25519.Ed25519PublicKey, ec.EllipticCurvePublicKey, rsa.RSAPublicKey)):
        algorithm_of(key)
        return key
    raise ValueError("not a key of Ed25519, P-256 or RSA")


def sign(payload: bytes, *, header: dict[str, Any], private_key: PrivateKey) -> str:
    """A compact JWS. Its `alg` follows from the key; equal input gives equal bytes, for each kind of key."""
    return sign_under(head(header, algorithm_of(private_key)), payload, private_key)


def head(header: dict[str, Any], algorithm: str) -> str:
    """The first part of a compact JWS."""
    if "alg" in header:
        raise ValueError("alg follows from the key")
    return base64url(_DUMPING.encode({"alg": algorithm, **header}).encode())


def sign_under(head: str, payload: bytes, private_key: PrivateKey) -> str:
    """Sign as `sign` does, with a header that is already encoded."""
    signed = f"{head}.{base64url(payload)}"
    return f"{signed}.{base64url(_signature(signed.encode(), private_key))}"


def algorithm_of(key: PublicKey | PrivateKey) -> str:
    """The algorithm for a key. Raises ValueError for unsupported keys: other curves, and RSA keys that are too short."""
    match key:
        case ed25519.Ed25519PublicKey() | ed25519.Ed25519PrivateKey():
            return "EdDSA"
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()) | ec.EllipticCurvePrivateKey(curve=ec.SECP256R1()):
            return "ES256"
        case rsa.RSAPublicKey(key_size=size) | rsa.RSAPrivateKey(key_size=size) if size >= FEWEST_RSA_BITS:
            return "RS256"
    raise ValueError("not a key of Ed25519, P-256, or RSA with 2048 bits or more")


def public_jwk(public_key: PublicKey) -> dict[str, str]:
    """The members that an RFC 7638 thumbprint covers, in its order, and nothing else: never private ones."""
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
    text = binascii.b2a_base64(data, newline=False).rstrip(b"=").decode()
    return text.replace("+", "-").replace("/", "_")


def _signature(signed: bytes, private_key: PrivateKey) -> bytes:
    if isinstance(private_key, ed25519.Ed25519PrivateKey):
        return private_key.sign(signed)
    if isinstance(private_key, ec.EllipticCurvePrivateKey):
        # RFC 6979: no randomness, so that signing again gives the same bytes.
        r, s = decode_dss_signature(private_key.sign(signed, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
        return r.to_bytes(_P256_BYTES, "big") + s.to_bytes(_P256_BYTES, "big")
    return private_key.sign(signed, padding.PKCS1v15(), hashes.SHA256())


def _shortest(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def decoded(text: str) -> bytes:
    """Decode base64url as JOSE writes it: no padding, no stray bits. Raises TokenError."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise TokenError("not base64url") from None
    last = -(len(text) % 4)
    if last and base64url(base64.urlsafe_b64decode(text[last:] + "==")) != text[last:]:
        raise TokenError("base64url that can be written in another way")
    return data


def _member(jwk: dict[str, Any], name: str, length: int = 0) -> bytes:
    value = jwk.get(name)
    if not isinstance(value, str) or len(value) > MOST_HEADER:
        raise ValueError(f"{name} is missing")
    try:
        data = decoded(value)
    except TokenError as error:
        raise ValueError(f"{name}: {error}") from None
    if length and len(data) != length:
        raise ValueError(f"{name} should be {length} bytes")
    return data


def _hold(token: Token, public_key: PublicKey) -> None:
    match public_key:
        case ed25519.Ed25519PublicKey():
            public_key.verify(token.signature, token.signed)
        case ec.EllipticCurvePublicKey():
            if len(token.signature) != 2 * _P256_BYTES:
                raise ValueError("not two numbers of 32 bytes")
            r, s = (
                int.from_bytes(half, "big") for half in (token.signature[:_P256_BYTES], token.signature[_P256_BYTES:])
            )
            public_key.verify(encode_dss_signature(r, s), token.signed, ec.ECDSA(hashes.SHA256()))
        case rsa.RSAPublicKey():
            public_key.verify(token.signature, token.signed, padding.PKCS1v15(), hashes.SHA256())
