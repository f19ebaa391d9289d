"""Data Integrity proofs of the cryptosuite eddsa-rdfc-2022 (W3C Data Integrity EdDSA Cryptosuites 1.0, section 3.2)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from apps.core import text as core_text
from apps.credentials import linked_data, multikey
from apps.credentials.formats.ob3 import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CRYPTOSUITE = "eddsa-rdfc-2022"
SIGNATURE_BYTES = 64
_DUMPING = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class ProofError(Exception):
    """A proof that can't be read or doesn't verify. The message is technical."""


class AmbiguousError(ProofError):
    """A document that programs canonicalise differently: the signature proves nothing either way."""


class TooHardError(ProofError):
    """A document with so many equal parts that we give up canonicalising it: nothing is known about its signature."""


def sign(
    document: dict[str, Any], *, private_key: Ed25519PrivateKey, verification_method: str, created: datetime
) -> dict[str, Any]:
    """Add a proof to a document. The same document, key and moment give the same bytes. Raises ProofError."""
    check(document)
    options = options_of(verification_method, moment(created))
    signature = private_key.sign(_hash_data(document, options))
    return {**document, "proof": [{**options, "proofValue": "z" + multikey.base58_encode(signature)}]}


def check(document: dict[str, Any]) -> None:
    """Raise ProofError for what can be canonicalised, but not the same way in every program."""
    for place, one in _strings(document):
        if place.rpartition("/")[2] == "id" and not core_text.is_iri(one):
            raise ProofError(f"{place} is not an address that may be signed: {one!r}")
    for place, values in _lists(document):
        if not core_text.sorts_alike(values):
            raise ProofError(f"{place} is sorted differently by different programs")


def options_of(verification_method: str, created: str) -> dict[str, str]:
    """A proof's members except its value; `created` is a moment as text."""
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": created,
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }


def sum_of_options(options: dict[str, str], contexts: Sequence[str]) -> bytes:
    """The hash of a proof's options, which it signs. Raises as `canonicalise`."""
    return _sum(canonicalise({"@context": list(contexts), **options}))


def sum_of(document: dict[str, Any]) -> bytes:
    """The hash of a document without its proofs, which each proof signs. Raises as `canonicalise`."""
    return _sum(canonicalise({name: one for name, one in document.items() if name != "proof"}))


def verify(
    document: dict[str, Any], proof: dict[str, Any], public_key: bytes, *, summed: Callable[[], bytes] | None = None
) -> None:
    """Raise ProofError unless `proof` is valid for the document without its proof.

    `summed` returns the document's `sum_of`, so that it is computed once for several proofs.
    """
    if (proof.get("type"), proof.get("cryptosuite")) != ("DataIntegrityProof", CRYPTOSUITE):
        raise ProofError(f"not a DataIntegrityProof of {CRYPTOSUITE}")
    if proof.get("proofPurpose") != "assertionMethod":
        raise ProofError("proofPurpose is not assertionMethod")
    signature = _signature(proof.get("proofValue"))
    options = {name: one for name, one in proof.items() if name != "proofValue"}
    config = {"@context": document.get("@context"), **options}
    covered = _sum(canonicalise(config)) + (summed() if summed else sum_of(document))
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, covered)
    except (InvalidSignature, ValueError):
        raise ProofError("the signature does not match the document and key") from None


def canonicalise(document: dict[str, Any]) -> str:
    """RDFC-1.0 N-Quads, with contexts from our own files.

    Raises UnknownContextError for a context that isn't there, ProofError for what can't be canonicalised.
    """
    try:
        return linked_data.canonicalise(document)
    except linked_data.AmbiguousError as error:
        raise AmbiguousError(str(error)) from None
    except linked_data.CanonicalisationError as error:
        raise TooHardError(f"cannot be canonicalised: {error}") from None
    except (linked_data.UnsignableError, linked_data.ContextError) as error:
        raise ProofError(f"cannot be canonicalised: {error}") from None


def dump(document: dict[str, Any]) -> str:
    """The one serialisation: exactly these characters are stored, served and baked."""
    return _DUMPING.encode(document)


def _signature(value: Any) -> bytes:
    try:
        if not isinstance(value, str) or not value.startswith("z"):
            raise ValueError("not base58btc")  # noqa: TRY301 - one message for everything that is wrong with it
        signature = multikey.base58_decode(value[1:])
    except ValueError as error:
        raise ProofError(f"proofValue: {error}") from None
    if len(signature) != SIGNATURE_BYTES:
        raise ProofError("proofValue is not an Ed25519 signature")
    return signature


def _hash_data(unsigned: dict[str, Any], options: dict[str, Any]) -> bytes:
    config = {"@context": unsigned.get("@context"), **options}
    return _sum(canonicalise(config)) + _sum(canonicalise(unsigned))


def _sum(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _strings(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every string in a document with its place, including names of members."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield f"{place}/name", name
            yield from _strings(one, f"{place}/{name}")
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one, place)


def _lists(value: Any, place: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every list of strings."""
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        yield place, value
    elif isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else (("", one) for one in value)
        for name, one in inner:
            yield from _lists(one, f"{place}/{name}" if name else place)
