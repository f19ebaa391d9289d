"""An endorsement that we sign, alone and inside a credential, judged by implementations that are not ours."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jsonschema import Draft201909Validator
from openbadgeslib.ob3.ldp import OB3LdpVerifier, verify_data_integrity_proof
from openbadgeslib.ob3.verifier import OB3VerificationError

from apps.credentials import documents, multikey, proofs
from apps.credentials.formats import endorsement, ob3
from apps.credentials.formats.endorsement import EndorsementFacts
from apps.credentials.verification import shape, verify
from tests.conformance.conftest import ISSUER, KEY, METHOD, ORIGIN, PAGE, PEM, RICH, controller
from tests.credentials.test_verification import asking, bare, sign
from tests.factories import awarded_credential, endorsed_outside

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FACTS = EndorsementFacts(
    id=f"{ORIGIN}/endorsements/{'e' * 26}",
    name="Endorsement of Shear a full-wool ewe — كامل — 羊毛 — 😀",
    subject_id=PAGE,
    comment="They can *shear*.\n\n| a | b |\n|---|---|\n| “1” | \\ 2\t😀 |",
    endorser=RICH.issuer,
    valid_from=RICH.valid_from,
)


def signed_endorsement(subject_id=PAGE):
    document = endorsement.build(replace(FACTS, subject_id=subject_id))
    return proofs.sign(document, private_key=KEY, verification_method=METHOD, created=FACTS.valid_from)


def test_it_is_what_the_official_schema_asks_for():
    schema = json.loads(shape._SCHEMA.read_text())
    only = {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": "#/$defs/EndorsementCredential"}

    assert list(Draft201909Validator(only).iter_errors(signed_endorsement())) == []
    without = {name: one for name, one in signed_endorsement().items() if name != "name"}
    assert len(list(Draft201909Validator(only).iter_errors(without))) == 1


def test_openbadgeslib_verifies_it_and_refuses_a_changed_one():
    document = signed_endorsement()

    verify_data_integrity_proof(document, PEM)

    document["credentialSubject"]["endorsementComment"] += "!"
    with pytest.raises(OB3VerificationError):
        verify_data_integrity_proof(document, PEM)


def test_digitalbazaar_verifies_it_and_refuses_a_changed_one(digitalbazaar):
    document = signed_endorsement()
    changed = json.loads(proofs.dump(document))
    changed["credentialSubject"]["endorsementComment"] += "!"

    (whole, why), (other, _error) = digitalbazaar(document, changed)

    assert (whole, why) == (True, "")
    assert other is False


@pytest.mark.django_db
def test_one_by_somebody_outside_is_verified_by_the_key_that_its_endorsers_address_names(digitalbazaar):
    found = endorsed_outside(awarded_credential())
    document = json.loads(found.text)
    controller_of_it = documents.endorser_document(found.public_id)
    changed = json.loads(found.text)
    changed["issuer"]["name"] = "Somebody else"

    schema = json.loads(shape._SCHEMA.read_text())
    only = {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": "#/$defs/EndorsementCredential"}
    assert list(Draft201909Validator(only).iter_errors(document)) == []
    public = Ed25519PublicKey.from_public_bytes(multikey.decode(found.outside.key_name))
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    verify_data_integrity_proof(document, pem)
    with pytest.raises(OB3VerificationError):
        verify_data_integrity_proof(changed, pem)
    known = {controller_of_it["id"]: controller_of_it}
    (whole, why), (other, _error) = digitalbazaar(document, changed, documents=known)
    assert (whole, why) == (True, "")
    assert other is False


def signed_with_endorsements(of_issuer=ISSUER):
    document = ob3.build(RICH)
    document["issuer"]["endorsement"] = [signed_endorsement(of_issuer)]
    document["credentialSubject"]["achievement"]["endorsement"] = [signed_endorsement()]
    return proofs.sign(document, private_key=KEY, verification_method=METHOD, created=RICH.valid_from)


def test_a_credential_that_embeds_it_is_what_everybody_asks_for(digitalbazaar):
    document = signed_with_endorsements()

    assert list(Draft201909Validator(json.loads(shape._SCHEMA.read_text())).iter_errors(document)) == []
    assert OB3LdpVerifier(PEM).verify(proofs.dump(document)).id == document["id"]
    assert digitalbazaar(document) == [(True, "")]
    report = ours(document)
    assert (report.valid, report.checks[-1].name, report.checks[-1].technical) == (True, "endorsements", "2 checked")


def test_with_one_word_of_it_changed_the_credential_does_not_hold(digitalbazaar):
    document = json.loads(proofs.dump(signed_with_endorsements()))
    document["issuer"]["endorsement"][0]["credentialSubject"]["endorsementComment"] += "!"

    with pytest.raises(OB3VerificationError):
        OB3LdpVerifier(PEM).verify(proofs.dump(document))
    assert digitalbazaar(document)[0][0] is False
    assert ours(document).valid is False


def test_one_that_is_forged_or_about_something_else_fails_the_badge():
    def resealed(document):
        return sign(bare(document))

    forged = signed_with_endorsements()
    forged["issuer"]["endorsement"][0]["credentialSubject"]["endorsementComment"] += "!"
    unsigned = signed_with_endorsements()
    del unsigned["issuer"]["endorsement"][0]["proof"]
    moved = signed_with_endorsements(of_issuer=f"{ORIGIN}/issuers/another")
    strange = signed_with_endorsements()
    strange["issuer"]["endorsement"][0]["https://www.w3.org/2018/credentials#validUntil"] = "2020-01-01T00:00:00Z"

    found = [ours(resealed(document)).checks[-1] for document in (forged, unsigned, moved)]
    assert [(one.name, one.result, one.technical) for one in found] == [
        ("endorsements", "fail", "the signature does not match the document and key"),
        ("endorsements", "fail", "no proof in the document"),
        ("endorsements", "fail", "it is about something else"),
    ]
    assert [(one.name, one.result) for one in ours(resealed(strange)).checks] == [("format", "fail")]


def test_many_of_them_are_not_all_checked_and_so_not_passed():
    document = ob3.build(RICH)
    document["issuer"]["endorsement"] = [signed_endorsement(ISSUER)] * 11

    report = ours(proofs.sign(document, private_key=KEY, verification_method=METHOD, created=RICH.valid_from))

    assert (report.valid, report.checks[-1].technical) == (None, "more than 10")


def ours(document):
    return verify(proofs.dump(document), ask=asking(lambda _address: controller()), now=NOW)
