"""Open Badges 2.0, hosted and signed, as openbadgeslib reads it from the addresses where it is served."""

import base64
import json
from dataclasses import replace

import pytest
from openbadgeslib.ob2.verifier import OB2VerificationError, OB2Verifier

from apps.credentials import proofs
from apps.credentials.formats import ob2
from apps.credentials.snapshots import hash_identity
from tests.conformance.conftest import ISSUER, SIGNERS, SNAPSHOTS, pem

KEY = SIGNERS["RS256"]
KEY_ID = f"{ISSUER}/ob2-key.json"
LIST_ID = f"{ISSUER}/ob2-revocations.json"
pytestmark = pytest.mark.parametrize("kind", ["minimal", "rich"])


def snapshot_of(kind):
    return replace(SNAPSHOTS[kind], identities=(hash_identity("earner@example.org"), *SNAPSHOTS[kind].identities))


def served(snapshot, *revoked):
    """What stands at which address."""
    documents = [
        ob2.assertion(snapshot),
        ob2.badge_class(snapshot.achievement, snapshot.issuer),
        ob2.profile(snapshot.issuer, keys=[KEY_ID], revocations=LIST_ID),
        ob2.cryptographic_key(KEY_ID, issuer=ISSUER, public_key=KEY.public_key()),
        json.loads(ob2.revocation_list(LIST_ID, issuer=ISSUER, revoked=revoked)),
    ]
    return {one["id"]: proofs.dump(one).encode() for one in documents}.__getitem__


def test_the_signed_one_verifies_by_the_key_that_it_names(kind):
    snapshot = snapshot_of(kind)
    token = ob2.sign(snapshot, creator=KEY_ID, private_key=KEY)

    read = OB2Verifier(download=served(snapshot)).verify(
        token, expected_recipient="earner@example.org", check_revocation=True
    )

    assert read.id == ob2.signed_id(snapshot.id)
    assert ob2.sign(snapshot, creator=KEY_ID, private_key=KEY) == token


def test_the_signed_one_fails_with_one_sign_changed(kind):
    header, payload, signature = ob2.sign(snapshot_of(kind), creator=KEY_ID, private_key=KEY).split(".")
    body = json.loads(base64.urlsafe_b64decode(payload + "=="))
    body["issuedOn"] = body["issuedOn"].replace("2026", "2025")
    changed = base64.urlsafe_b64encode(proofs.dump(body).encode()).rstrip(b"=").decode()

    with pytest.raises(OB2VerificationError, match="signature"):
        OB2Verifier(pem(KEY)).verify(f"{header}.{changed}.{signature}")


def test_the_hosted_one_verifies_where_it_is_served_and_fails_where_it_says_something_else(kind):
    snapshot = snapshot_of(kind)
    document = ob2.assertion(snapshot)
    verifier = OB2Verifier(download=served(snapshot))

    read = verifier.verify_hosted(document, expected_recipient="earner@example.org", check_revocation=True)

    assert read.id == document["id"]
    with pytest.raises(OB2VerificationError, match="issuedOn"):
        verifier.verify_hosted(document | {"issuedOn": "2025-01-01T00:00:00Z"})


def test_what_was_revoked_is_found_in_the_list_by_either_id(kind):
    snapshot = snapshot_of(kind)
    verifier = OB2Verifier(download=served(snapshot, ob2.Fallen(snapshot.id, "A mistake.", hosted=True)))

    with pytest.raises(OB2VerificationError, match=r"revoked: A mistake\."):
        verifier.verify(ob2.sign(snapshot, creator=KEY_ID, private_key=KEY), check_revocation=True)
    with pytest.raises(OB2VerificationError, match=r"revoked: A mistake\."):
        verifier.verify_hosted(ob2.assertion(snapshot), check_revocation=True)
