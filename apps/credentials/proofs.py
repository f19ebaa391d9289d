"""Data Integrity proofs of the cryptosuite eddsa-rdfc-2022 (W3C Data Integrity EdDSA Cryptosuites 1.0, section 3.2)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pyld import jsonld

from apps.credentials import contexts, multikey
from apps.credentials.formats.ob3 import moment

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CRYPTOSUITE = "eddsa-rdfc-2022"
PROOF_SIGNS = (87, 90)  # "z" and 64 bytes in base58


class ProofError(Exception):
    """A proof that cannot be read, or does not hold. The message is technical."""


def sign(
    document: dict[str, Any], *, private_key: Ed25519PrivateKey, verification_method: str, created: datetime
) -> dict[str, Any]:
    """The document with its proof. The same document, key and moment give the same bytes."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": moment(created),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }
    signature = private_key.sign(_hash_data(document, options))
    return {**document, "proof": [{**options, "proofValue": "z" + multikey.base58_encode(signature)}]}


def verify(document: dict[str, Any], proof: dict[str, Any], public_key: bytes) -> None:
    """Raises ProofError unless `proof` holds over the document without its proof."""
    value = proof.get("proofValue")
    if not isinstance(value, str) or not value.startswith("z") or not PROOF_SIGNS[0] <= len(value) <= PROOF_SIGNS[1]:
        raise ProofError("proofValue is not a base58btc Ed25519 signature")
    try:
        signature = multikey.base58_decode(value[1:])
    except ValueError as error:
        raise ProofError(f"proofValue: {error}") from None
    options = {name: one for name, one in proof.items() if name != "proofValue"}
    unsigned = {name: one for name, one in document.items() if name != "proof"}
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, _hash_data(unsigned, options))
    except (InvalidSignature, ValueError):
        raise ProofError("the signature does not match the document and key") from None


def canonicalise(document: dict[str, Any]) -> str:
    """RDFC-1.0 N-Quads, with contexts from our own files. Raises ProofError for what can't be canonicalised."""
    try:
        quads: str = jsonld.normalize(
            document,
            {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": contexts.loader},
        )
    except jsonld.JsonLdError as error:
        cause = error
        while cause is not None:
            if isinstance(cause, contexts.UnknownContextError):
                raise cause from None
            cause = getattr(cause, "cause", None) or cause.__cause__
        raise ProofError(f"cannot be canonicalised: {error.type or error}") from None
    except RecursionError:
        raise ProofError("cannot be canonicalised: nested too deeply") from None
    return quads


def dump(document: dict[str, Any]) -> str:
    """The one serialisation: stored, served and baked are these characters."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _hash_data(unsigned: dict[str, Any], options: dict[str, Any]) -> bytes:
    config = {"@context": unsigned["@context"], **options}
    return _sum(canonicalise(config)) + _sum(canonicalise(unsigned))


def _sum(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
