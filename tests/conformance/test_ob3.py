"""What we sign, judged by implementations that are not ours, as https://satchel.example."""

import json

import pytest
from jsonschema import Draft201909Validator
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError

from apps.credentials import baking, proofs
from apps.credentials.formats import ob3
from apps.credentials.formats.snapshot import AwardSnapshot
from apps.credentials.verification import shape
from apps.issuers import art
from tests.conformance.conftest import PEM, SNAPSHOTS, signed

pytestmark = pytest.mark.parametrize("kind", ["minimal", "rich", "revocable"])


def test_it_is_what_the_official_schema_asks_for(kind):
    errors = list(Draft201909Validator(json.loads(shape._SCHEMA.read_text())).iter_errors(signed(SNAPSHOTS[kind])))
    assert errors == []


def test_openbadgeslib_verifies_it_and_refuses_a_changed_one(kind):
    document = signed(SNAPSHOTS[kind])

    read = OB3LdpVerifier(PEM).verify(proofs.dump(document))

    assert read.id == document["id"]
    document["name"] += "!"
    with pytest.raises(OB3VerificationError):
        OB3LdpVerifier(PEM).verify(proofs.dump(document))


def test_digitalbazaar_verifies_it_and_refuses_a_changed_one(kind, digitalbazaar):
    document = signed(SNAPSHOTS[kind])
    changed = json.loads(proofs.dump(document))
    changed["credentialSubject"]["achievement"]["name"] += "!"

    (whole, why), (other, _error) = digitalbazaar(document, changed)

    assert (whole, why) == (True, "")
    assert other is False


def test_openbadgeslib_reads_what_we_bake(kind):
    from openbadgeslib import baking as theirs

    text = proofs.dump(signed(SNAPSHOTS[kind]))
    picture = baking.bake_png(art.png(art.badge(art.complete({}, issuer_id="a", achievement_id="b"))), text)

    assert theirs.extract_png(picture, keyword=b"openbadgecredential") == text


def test_a_snapshot_survives_the_database(kind):
    snapshot = SNAPSHOTS[kind]
    again = AwardSnapshot.from_json(json.loads(json.dumps(snapshot.to_json())))

    assert again == snapshot
    assert ob3.build(again) == ob3.build(snapshot)
