"""The credential as a signed token, by each kind of key, judged by implementations that are not ours."""

import base64
import json

import jwt
import pytest
from jsonschema import Draft201909Validator
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from apps.credentials.formats import ob3, vcjwt
from apps.credentials.verification import shape
from tests.conformance.conftest import KID, SIGNERS, SNAPSHOTS, pem

pytestmark = [
    pytest.mark.parametrize("kind", ["minimal", "rich", "revocable"]),
    pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"]),
]


def token(kind, algorithm):
    return vcjwt.build(SNAPSHOTS[kind], kid=KID, private_key=SIGNERS[algorithm])


def test_openbadgeslib_verifies_it_and_refuses_one_sign_changed(kind, algorithm):
    signed = token(kind, algorithm)
    verifier = OB3Verifier(pem(SIGNERS[algorithm]))

    assert verifier.verify(signed).id == SNAPSHOTS[kind].id
    header, payload, signature = signed.split(".")
    changed = base64.urlsafe_b64encode(base64.urlsafe_b64decode(payload + "==").replace(b"aaaa", b"aaab", 1))
    with pytest.raises(OB3VerificationError):
        verifier.verify(f"{header}.{changed.rstrip(b'=').decode()}.{signature}")


def test_it_says_what_the_other_form_says_and_names_its_key(kind, algorithm):
    snapshot, signed = SNAPSHOTS[kind], token(kind, algorithm)
    claims = {"iss": snapshot.issuer.id, "jti": snapshot.id, "nbf": 1767323045, "sub": snapshot.subject_id}
    if kind != "minimal":
        claims["exp"] = 4070995200

    assert jwt.get_unverified_header(signed) == {"alg": algorithm, "kid": KID, "typ": "JWT"}
    payload = jwt.decode(signed, SIGNERS[algorithm].public_key(), algorithms=[algorithm])
    assert payload == claims | ob3.build(snapshot)
    schema = Draft201909Validator(json.loads(shape._SCHEMA.read_text()))
    assert list(schema.iter_errors(payload)) == []
    assert token(kind, algorithm) == signed
