import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from apps.credentials import contexts, multikey, proofs
from apps.credentials.documents import CONTROLLER_CONTEXTS
from apps.credentials.formats import bitstring, ob3
from apps.credentials.formats.snapshot import (
    AchievementFacts,
    AwardSnapshot,
    CriterionFacts,
    EvidenceFacts,
    IdentifierFacts,
    Identity,
    IssuerFacts,
    LevelFacts,
    RelatedFacts,
    ResultFacts,
    StatusFacts,
)
from tests import judges

ORIGIN = "https://satchel.example"
ISSUER = f"{ORIGIN}/issuers/kowhai"
PAGE = f"{ORIGIN}/achievements/shear/v2"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
KID = f"{ISSUER}/keys/1.jwk"
STATUS_LIST = f"{ORIGIN}/status/kowhai/1"
METHOD = f"{ISSUER}#{multikey.encode(PUBLIC)}"
SIGNERS = {
    "EdDSA": KEY,
    "ES256": ec.derive_private_key(7**60, ec.SECP256R1()),
    "RS256": rsa.generate_private_key(65537, 2048),
}


def pem(private_key):
    """The public half, as the judges take it."""
    return private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


PEM = pem(KEY)


def _criterion(number, name, needed):
    levels = tuple(
        LevelFacts(f"{PAGE}#c{number}-l{step}", step, word, f"{word}: “{name}” \\ \t à 100 % 😀", str(step * 10))
        for step, word in enumerate(("Starting", "With support", "On your own"), start=1)
    )
    return CriterionFacts(f"{PAGE}#c{number}", name, levels, f"{PAGE}#c{number}-l{needed}")


MINIMAL = AwardSnapshot(
    id=f"{ORIGIN}/c/aaaaaaaaaaaaaaaaaaaaaaaaaa",
    subject_id=f"{ORIGIN}/c/aaaaaaaaaaaaaaaaaaaaaaaaaa#earner",
    issuer=IssuerFacts(id=ISSUER, name="Kōwhai"),
    achievement=AchievementFacts(
        id=PAGE,
        type="Badge",
        name="Turned up",
        description="Was there.",
        criteria_narrative="Be there.",
        image=f"{PAGE}/badge.png",
        image_caption="Turned up, Kōwhai",
        criteria=(),
        version="1",
        language="en",
    ),
    results=(),
    evidence=(),
    identities=(Identity("sha256$" + "ab" * 32, "salt"),),
    valid_from=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)
RICH = replace(
    MINIMAL,
    issuer=IssuerFacts(
        id=ISSUER,
        name="Kōwhai Ridge “Shearing” School",
        url="https://kowhai.example",
        description="Two of us.\nA woolshed.",
        other_identifiers=(IdentifierFacts("9999", "ext:MoeNumber"),),
    ),
    achievement=replace(
        MINIMAL.achievement,
        type="MicroCredential",
        name="Shear a full-wool ewe — كامل — 羊毛 — 😀",
        criteria_narrative="# What to do\n\n* one\n* two\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        criteria=(_criterion(1, "Catch and set", 2), _criterion(2, "Blow pattern", 3), _criterion(3, "Pelt", 2)),
        tags=("shearing", "wool", "ōtara"),
        credits="4",
        version="2",
        related=(RelatedFacts(f"{ORIGIN}/achievements/shear/v1", "1", "en"),),
        other_identifiers=(IdentifierFacts("34567"),),
    ),
    results=tuple(ResultFacts(f"{PAGE}#c{n}", f"{PAGE}#c{n}-l3") for n in (1, 2, 3)),
    evidence=tuple(
        EvidenceFacts(f"{ORIGIN}/e/{'b' * 25}{n}", f"Evidence {n}", genre, ("Catch and set", "Pelt"), f"{n:02x}" * 32)
        for n, genre in enumerate(("Video", "Image", "Text"), start=1)
    ),
    identities=(Identity("sha256$" + "ab" * 32, "one"), Identity("sha256$" + "cd" * 32, "two")),
    valid_until=datetime(2099, 1, 2, tzinfo=UTC),
    awarded_at=datetime(2026, 1, 1, 3, 4, 5, tzinfo=UTC),
)
REVOCABLE = replace(RICH, status=StatusFacts(STATUS_LIST, 70_000))
SNAPSHOTS = {"minimal": MINIMAL, "rich": RICH, "revocable": REVOCABLE}


def signed(snapshot):
    return proofs.sign(ob3.build(snapshot), private_key=KEY, verification_method=METHOD, created=snapshot.valid_from)


def status_list(*revoked, size=bitstring.FEWEST_BITS):
    """The list that rich credentials name, with these indexes in it."""
    document = bitstring.list_credential(
        address=STATUS_LIST,
        issuer_id=ISSUER,
        purpose="revocation",
        encoded=bitstring.encode(revoked, size),
        valid_from=RICH.valid_from,
    )
    return proofs.sign(document, private_key=KEY, verification_method=METHOD, created=RICH.valid_from)


def controller():
    return {
        "@context": list(CONTROLLER_CONTEXTS),
        "id": ISSUER,
        "type": ["Profile"],
        "verificationMethod": [
            {"id": METHOD, "type": "Multikey", "controller": ISSUER, "publicKeyMultibase": multikey.encode(PUBLIC)}
        ],
        "assertionMethod": [METHOD],
    }


def ask_digitalbazaar(*credentials, documents=None):
    """What @digitalbazaar/vc says of credentials: a list of (verified, error)."""
    node = shutil.which("node")
    assert node, "the judges on Node need node"
    theirs = {
        "https://www.w3.org/ns/did/v1": "did-context/contexts/did-v1.jsonld",
        "https://w3id.org/security/multikey/v1": "@digitalbazaar/multikey-context/contexts/multikey-v1.jsonld",
    }
    modules = judges.fetched()
    known = {url: contexts.document(url) for url in contexts.PINNED}
    known |= {ISSUER: controller(), STATUS_LIST: status_list()} | (documents or {})
    known |= {url: json.loads((modules / path).read_text()) for url, path in theirs.items()}
    done = subprocess.run(
        [node, "verify.mjs"],
        cwd=judges.HERE,
        input=json.dumps({"documents": known, "credentials": list(credentials)}),
        capture_output=True,
        text=True,
        check=True,
    )
    return [(one["verified"], one["error"]) for one in json.loads(done.stdout)]


@pytest.fixture(scope="session")
def digitalbazaar():
    return ask_digitalbazaar
