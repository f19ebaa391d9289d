"""Data Integrity proofs of the cryptosuite eddsa-rdfc-2022 (W3C Data Integrity EdDSA Cryptosuites 1.0, section 3.2)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pyld import jsonld
from pyld.canon import URDNA2015

from apps.core import text as core_text
from apps.credentials import contexts, multikey
from apps.credentials.formats.ob3 import moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CRYPTOSUITE = "eddsa-rdfc-2022"
SIGNATURE_BYTES = 64
# An honest credential takes a few; a graph made to be hard takes millions (RDFC-1.0, section 7.1 "Dataset Poisoning").
MOST_STEPS = 1000


class ProofError(Exception):
    """A proof that cannot be read, or does not hold. The message is technical."""


class AmbiguousError(ProofError):
    """A document that programs canonicalise differently: the signature says nothing either way."""


def sign(
    document: dict[str, Any], *, private_key: Ed25519PrivateKey, verification_method: str, created: datetime
) -> dict[str, Any]:
    """The document with its proof. The same document, key and moment give the same bytes. Raises ProofError."""
    for place, one in _strings(document):
        if place.rpartition("/")[2] == "id" and not core_text.is_iri(one):
            raise ProofError(f"{place} is not an address that may be signed: {one!r}")
    for place, values in _lists(document):
        if not core_text.sorts_alike(values):
            raise ProofError(f"{place} is sorted differently by different programs")
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
    if (proof.get("type"), proof.get("cryptosuite")) != ("DataIntegrityProof", CRYPTOSUITE):
        raise ProofError(f"not a DataIntegrityProof of {CRYPTOSUITE}")
    if proof.get("proofPurpose") != "assertionMethod":
        raise ProofError("proofPurpose is not assertionMethod")
    signature = _signature(proof.get("proofValue"))
    options = {name: one for name, one in proof.items() if name != "proofValue"}
    unsigned = {name: one for name, one in document.items() if name != "proof"}
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, _hash_data(unsigned, options))
    except (InvalidSignature, ValueError):
        raise ProofError("the signature does not match the document and key") from None


def canonicalise(document: dict[str, Any]) -> str:
    """RDFC-1.0 N-Quads, with contexts from our own files.

    Raises UnknownContextError for a context that isn't there, ProofError for what can't be canonicalised.
    """
    for place, one in _strings(document):
        if not core_text.is_plain(one):
            raise AmbiguousError(f"{place} holds a control character that programs canonicalise differently")
    named = document.get("@context")
    for address in named if isinstance(named, list) else [named]:
        if isinstance(address, str):
            contexts.document(address)  # PyLD would bury its error in others of its own
    try:
        dataset = jsonld.to_rdf(document, {"documentLoader": contexts.loader, "produceGeneralizedRdf": False})
        quads: str = _Bounded().main(dataset, {"format": "application/n-quads"})
    except ProofError:
        raise
    except Exception as error:  # noqa: BLE001 - on hostile input PyLD raises whatever it stumbles over
        raise ProofError(f"cannot be canonicalised: {getattr(error, 'type', None) or type(error).__name__}") from None
    return quads


def dump(document: dict[str, Any]) -> str:
    """The one serialisation: stored, served and baked are these characters."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class _Bounded(URDNA2015):
    """PyLD's algorithm, which gives up on graphs that are made to be hard."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0

    def hash_n_degree_quads(self, id_: str, issuer: Any) -> Any:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise ProofError("too many parts without an id look alike")
        return super().hash_n_degree_quads(id_, issuer)


def _signature(value: Any) -> bytes:
    try:
        if not isinstance(value, str) or not value.startswith("z"):
            raise ValueError("not base58btc")  # noqa: TRY301 - one sentence for all that is wrong with it
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
    """Every string of a document with its place, names of members among them."""
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
