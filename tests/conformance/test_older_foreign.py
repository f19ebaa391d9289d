"""Badges of Open Badges 2.0 that were made by programs that are not ours: each gets the right verdict, and why."""

import io
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from openbadges_bakery import png_bakery, utils
from openbadgeslib.ob2.models import (
    Assertion,
    BadgeClass,
    CryptographicKey,
    IdentityObject,
    Profile,
    RevocationList,
    Verification,
)
from openbadgeslib.ob2.signer import OB2Signer

from apps.credentials import jose
from apps.credentials.verification import Answer, CannotResolve, verify
from tests.conformance.conftest import SIGNERS, pem
from tests.conformance.test_bakes import PNG, SVG

# What the bakery uses for addresses in drawings.
pytestmark = pytest.mark.filterwarnings("ignore:Please use rfc3986:DeprecationWarning")
NOW = datetime(2026, 11, 24, tzinfo=UTC)
HOST = "https://theirs.example"
EARNER = "earner@example.org"
KEY_ID, LIST_ID = f"{HOST}/key.json", f"{HOST}/revoked.json"
PROFILE = Profile(
    f"{HOST}/issuer.json", "Theirs", HOST, "a@theirs.example", public_key=[KEY_ID], revocation_list=LIST_ID
)
BADGE = BadgeClass(
    f"{HOST}/badge.json", "Weave", "Weaves.", f"{HOST}/badge.png", f"{HOST}/criteria", PROFILE.id, tags=["wool"]
)
ALGORITHMS = {"RS256": SIGNERS["RS256"], "ES256": SIGNERS["ES256"], "EdDSA": SIGNERS["EdDSA"]}
WELL = {"format": "pass", "issuer": "pass", "in_time": "pass", "status": "pass", "recipient": "pass"}
SIGNED_WELL, HOSTED_WELL = WELL | {"signature": "pass"}, WELL | {"hosted": "pass"}


def assertion(*, hosted=False, **change):
    facts = {
        "recipient": IdentityObject.create(EARNER, "salt"),
        "badge": BADGE.id,
        "verification": Verification("HostedBadge") if hosted else Verification("SignedBadge", creator=KEY_ID),
        "id": f"{HOST}/assertions/1.json" if hosted else "urn:uuid:3f1c6f4e-1d3f-4f0e-9df5-2d4f3b7d2a11",
        "issued_on": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "expires": datetime(2099, 1, 1, tzinfo=UTC),
        "evidence": [f"{HOST}/evidence/1", f"{HOST}/evidence/2"],
        "narrative": "Wove.",
    }
    return Assertion(**(facts | change))


def world(*, key=ALGORITHMS["RS256"], revoked=(), **published):
    documents = [
        PROFILE.to_dict(),
        BADGE.to_dict(),
        CryptographicKey(KEY_ID, PROFILE.id, pem(key).decode()).to_dict(),
        RevocationList(LIST_ID, PROFILE.id, list(revoked)).to_dict(),
    ]
    return {one["id"]: Answer(json.dumps(one).encode()) for one in documents} | published


def check(data, known):
    def ask(address, **_how):
        if address not in known:
            raise CannotResolve(f"{address} answered 404")
        return known[address]

    report = verify(data, ask=ask, now=NOW, recipient=EARNER)
    return report.valid, {one.name: one.result for one in report.checks}


def signed_files(given, algorithm="RS256"):
    """As text and in both kinds of picture, each made by openbadgeslib, and by the bakery where it can."""
    signer = OB2Signer(_private(ALGORITHMS[algorithm]), algorithm)
    text = signer.sign(given)
    return {
        "text": text,
        "picture": signer.sign_into_png(given, PNG),
        "drawing": signer.sign_into_svg(given, SVG.encode()),
        "picture by the bakery": png_bakery.bake(io.BytesIO(PNG), text).read(),
        "drawing by the bakery": utils.bake(io.BytesIO(SVG.encode()), text).read(),
    }


def hosted_files(document):
    text = json.dumps(document)
    return {
        "text": text,
        "picture by the bakery": png_bakery.bake(io.BytesIO(PNG), text).read(),
        "drawing by the bakery": utils.bake(io.BytesIO(SVG.encode()), text).read(),
        "picture of 1.0 by the bakery": png_bakery.bake(io.BytesIO(PNG), document["id"]).read(),
    }


def _private(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_badge_that_openbadgeslib_has_signed_is_valid(algorithm):
    for name, data in signed_files(assertion(), algorithm).items():
        assert check(data, world(key=ALGORITHMS[algorithm])) == (True, SIGNED_WELL), name


def test_a_badge_that_openbadgeslib_has_signed_fails_changed():
    header, payload, signature = signed_files(assertion())["text"].split(".")
    body = json.loads(jose.parse(f"{header}.{payload}.{signature}").payload)
    payload = jose.base64url(json.dumps(body | {"narrative": "Wove well."}).encode())

    assert check(f"{header}.{payload}.{signature}", world()) == (False, {"format": "pass", "signature": "fail"})


def test_a_badge_that_openbadgeslib_has_signed_fails_by_another_key():
    other = signed_files(assertion(), "ES256")["text"]

    assert check(other, world()) == (False, {"format": "pass", "signature": "fail"})


@pytest.mark.parametrize("as_entry", [True, False])
def test_a_badge_that_openbadgeslib_has_signed_fails_taken_back(as_entry):
    given = assertion()
    revoked = [{"id": given.id, "revocationReason": "A mistake."} if as_entry else given.id]

    for name, data in signed_files(given).items():
        assert check(data, world(revoked=revoked)) == (False, SIGNED_WELL | {"status": "fail"}), name


def test_a_badge_that_openbadgeslib_has_signed_fails_when_it_has_run_out():
    for name, data in signed_files(assertion(expires=NOW)).items():
        assert check(data, world()) == (False, SIGNED_WELL | {"in_time": "fail"}), name


def test_a_hosted_badge_is_valid_where_it_is_published():
    document = assertion(hosted=True).to_dict()
    known = world() | {document["id"]: Answer(json.dumps(document, indent=2).encode())}

    for name, data in hosted_files(document).items():
        assert check(data, known) == (True, HOSTED_WELL), name


def test_a_hosted_badge_within_a_token_is_held_against_what_is_published():
    given = assertion(hosted=True)
    known = world() | {given.id: Answer(json.dumps(given.to_dict()).encode())}

    for name, data in signed_files(given).items():
        assert check(data, known) == (True, HOSTED_WELL), name


def test_a_hosted_badge_fails_changed():
    document = assertion(hosted=True).to_dict()
    known = world() | {document["id"]: Answer(json.dumps(document).encode())}
    changed = hosted_files(document | {"narrative": "Wove well."})
    del changed["picture of 1.0 by the bakery"]  # which holds but the address

    for name, data in changed.items():
        assert check(data, known) == (False, {"format": "pass", "hosted": "fail"}), name


def test_a_hosted_badge_fails_taken_back():
    document = assertion(hosted=True).to_dict()
    notice = {"@context": document["@context"], "type": "Assertion", "id": document["id"], "revoked": True}
    files = hosted_files(document)

    for answer in (Answer(b"", 410), Answer(json.dumps(notice).encode(), 410), Answer(json.dumps(notice).encode())):
        known = world() | {document["id"]: answer}
        taken_down = HOSTED_WELL | {"hosted": "could_not_check", "status": "fail"}
        assert check(files["text"], known) == (False, taken_down)
        assert check(files["picture by the bakery"], known) == (False, taken_down)
        valid, checks = check(files["picture of 1.0 by the bakery"], known)
        assert (valid, checks["status"]) == (False, "fail")


def test_a_hosted_badge_fails_when_it_has_run_out():
    document = assertion(hosted=True, expires=NOW).to_dict()
    known = world() | {document["id"]: Answer(json.dumps(document).encode())}

    for name, data in hosted_files(document).items():
        assert check(data, known) == (False, HOSTED_WELL | {"in_time": "fail"}), name
