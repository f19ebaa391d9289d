"""Somebody who signs whatever they like with a key of their own, and owns a host."""

import json
from dataclasses import replace

from apps.credentials import contexts, jose, multikey, proofs
from apps.credentials.formats import ob3
from apps.credentials.formats.snapshot import CriterionFacts, EvidenceFacts, LevelFacts, ResultFacts
from tests import loosely
from tests.conformance.conftest import ORIGIN, PAGE, RICH
from tests.credentials.test_signatures import OTHER as KEY

MULTIBASE = multikey.encode(KEY.public_key().public_bytes_raw())
DID = f"did:key:{MULTIBASE}"
DID_METHOD = f"{DID}#{MULTIBASE}"
HOST = "https://evil.example"
WEB = f"{HOST}/issuer"
WEB_METHOD = f"{WEB}#{MULTIBASE}"
OPTIONS = {
    "type": "DataIntegrityProof",
    "cryptosuite": proofs.CRYPTOSUITE,
    "created": "2026-01-01T00:00:00Z",
    "proofPurpose": "assertionMethod",
}


def body(issuer=DID, **change):
    """A whole credential by the attacker, with no evidence to be asked for."""
    found = {name: one for name, one in ob3.build(RICH).items() if name != "evidence"}
    return found | {"id": f"{HOST}/c/1", "issuer": {"id": issuer, "type": ["Profile"], "name": "Evil"}} | change


BODY = body()
SUBJECT = BODY["credentialSubject"]
ACHIEVEMENT = SUBJECT["achievement"]


def about(**change):
    return BODY | {"credentialSubject": SUBJECT | change}


def of_achievement(**change):
    return about(achievement=ACHIEVEMENT | change)


def method_of(document):
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return WEB_METHOD if named == WEB else DID_METHOD


def proof(document, **more):
    """Truly signed where that can be: as we do it, or else as a lenient library does."""
    options = OPTIONS | {"verificationMethod": method_of(document)} | more
    try:
        covered = proofs._hash_data(document, options)
    except (proofs.ProofError, contexts.UnknownContextError):
        covered = loosely.hash_data(document, options)
    return options | {"proofValue": "z" + multikey.base58_encode(KEY.sign(covered))}


def signed(document, **more):
    return document | {"proof": [proof(document, **more)]}


def pretended(document, many=1):
    """With a proof of something else: for what nobody can bring into order."""
    value = "z" + multikey.base58_encode(KEY.sign(b"something else"))
    options = OPTIONS | {"verificationMethod": method_of(document), "proofValue": value}
    return document | {"proof": [options] * many}


def token(payload, **header):
    """Truly signed, whatever it is: an object, a text or bytes."""
    if isinstance(payload, dict):
        header = {"kid": method_of(payload)} | header
        payload = json.dumps(payload)
    raw = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else payload
    return jose.sign(raw, header={"kid": DID_METHOD} | header, private_key=KEY)


def document(*methods, issuer=WEB, **change):
    """The attacker's own document as an issuer."""
    own = {"id": WEB_METHOD, "type": "Multikey", "controller": issuer, "publicKeyMultibase": MULTIBASE}
    found = list(methods) or [own]
    return {
        "id": issuer,
        "verificationMethod": found,
        "assertionMethod": [one["id"] for one in found],
    } | change


def endorsement(number=1, about=ACHIEVEMENT["id"], named=ob3.CONTEXTS):
    return {
        "@context": list(named),
        "id": f"{HOST}/endorsements/{number}",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": DID, "type": ["Profile"], "name": "Evil"},
        "name": "Well done",
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": about, "type": ["EndorsementSubject"]},
    }


def record(held):
    """A learner record."""
    return {
        "@context": [contexts.CREDENTIALS_V2, *contexts.CLR_2, ob3.CONTEXTS[1]],
        "id": f"{HOST}/clr/1",
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": BODY["issuer"],
        "name": "All of it",
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"type": ["ClrSubject"], "verifiableCredential": held},
    }


def largest_honest():
    """The facts of a credential of thirty criteria with four levels each, and twenty pieces of evidence."""
    words = "What is done at this level is said in a sentence or two, as rubrics do. " * 2
    criteria = tuple(
        CriterionFacts(
            f"{PAGE}#c{number}",
            f"Criterion {number}, by its longer name",
            tuple(
                LevelFacts(f"{PAGE}#c{number}-l{step}", step, f"Level {step}", words, str(step * 10))
                for step in range(1, 5)
            ),
            f"{PAGE}#c{number}-l3",
        )
        for number in range(1, 31)
    )
    names = tuple(one.name for one in criteria[:5])
    return replace(
        RICH,
        achievement=replace(RICH.achievement, criteria=criteria),
        results=tuple(ResultFacts(f"{PAGE}#c{number}", f"{PAGE}#c{number}-l3") for number in range(1, 31)),
        evidence=tuple(
            EvidenceFacts(f"{ORIGIN}/e/{'a' * 24}{number}", f"Evidence {number}", "Video", names, f"{number:02}" * 32)
            for number in range(10, 30)
        ),
    )
