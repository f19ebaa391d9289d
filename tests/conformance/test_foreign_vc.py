"""What implementations that are not ours have signed: whole, changed, taken back, run out; as tokens and with proofs."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from openbadgeslib.ob3.credential import Achievement, Issuer, OpenBadgeCredential
from openbadgeslib.ob3.did import did_key_from_pem
from openbadgeslib.ob3.ldp import OB3LdpSigner
from openbadgeslib.ob3.signer import OB3Signer
from openbadgeslib.ob3.status_list import build_status_list_credential, sign_status_list_credential, status_entry

from apps.credentials import contexts, jose, multikey
from apps.credentials.formats import ob3
from apps.credentials.formats.snapshot import StatusFacts
from apps.credentials.verification import Answer
from tests import judges
from tests.conformance.conftest import ISSUER, KEY, METHOD, ORIGIN, PUBLIC, RICH, SIGNERS, STATUS_LIST, controller, pem
from tests.credentials.test_signatures import ALL_WELL, NAMELESS, check, issuing, jwk_method, results, told

NOW = datetime(2026, 11, 24, tzinfo=UTC)
INDEX = 94_567
DID_KEY = f"did:key:{multikey.encode(PUBLIC)}"
CASES = {
    "valid": (True, ALL_WELL | {"status": "pass"}),
    "tampered": (False, {"format": "pass", "signature": "fail"}),
    "revoked": (False, ALL_WELL | {"status": "fail"}),
    "expired": (False, ALL_WELL | {"in_time": "fail", "status": "pass"}),
}


def private_pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


# --- openbadgeslib ----------------------------------------------------------------------------------------------------
def theirs(issuer, *, expired=False):
    """A credential as openbadgeslib builds it."""
    return OpenBadgeCredential(
        issuer=Issuer(id=issuer, name="Kōwhai", url=ORIGIN, email="hello@satchel.example"),
        recipient_id="mailto:earner@example.org",
        achievement=Achievement(
            id=f"{ORIGIN}/achievements/1",
            name="Shear a full-wool ewe",
            description="Was there.",
            criteria_narrative="Be there.",
            image_url=f"{ORIGIN}/achievements/1.png",
            tags=["shearing", "wool"],
            achievement_type="MicroCredential",
        ),
        id=f"{ORIGIN}/c/1",
        issuance_date=NOW - timedelta(days=100),
        expiration_date=NOW - timedelta(days=1) if expired else NOW + timedelta(days=100),
        evidence_url=f"{ORIGIN}/e/1",
        credential_status=[status_entry(STATUS_LIST, "revocation", INDEX)],
    )


def their_list(issuer, key, algorithm, *revoked):
    unsigned = build_status_list_credential(issuer, STATUS_LIST, "revocation", revoked, issued=NOW - timedelta(days=1))
    return Answer(sign_status_list_credential(unsigned, private_pem(key), algorithm).encode())


def tampered(token):
    header, payload, signature = token.split(".")
    changed = jose.decoded(payload).replace(b"Was there.", b"Was away.!")
    return f"{header}.{jose.base64url(changed)}.{signature}"


def published(key, name=f"{ISSUER}#key-1"):
    return issuing(jwk_method(key, name=name))


def expected(case, issuer):
    valid, told_ = CASES[case]
    return valid, told_ | (NAMELESS if issuer.startswith("did:key:") and "issuer" in told_ else {})


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("algorithm", SIGNERS)
def test_a_token_of_openbadgeslib_gets_the_right_verdict(algorithm, case):
    key = SIGNERS[algorithm]
    signer = OB3Signer(private_pem(key), algorithm=algorithm)
    token = signer.sign(theirs(ISSUER, expired=case == "expired"))
    lists = their_list(ISSUER, key, algorithm, *([INDEX] if case == "revoked" else [INDEX + 1]))

    report, _asked = check(
        tampered(token) if case == "tampered" else token, {ISSUER: published(key), STATUS_LIST: lists}, now=NOW
    )

    assert (report.valid, results(report)) == CASES[case], [one.technical for one in report.checks]
    assert report.said.achievement_name == "Shear a full-wool ewe"


FURTHER = {
    "RS384": SIGNERS["RS256"],
    "RS512": SIGNERS["RS256"],
    "ES384": ec.derive_private_key(7**60, ec.SECP384R1()),
    "ES512": ec.derive_private_key(7**60, ec.SECP521R1()),
}


@pytest.mark.parametrize("algorithm", FURTHER)
def test_a_token_in_a_way_that_is_not_read_here_could_not_be_checked(algorithm):
    token = OB3Signer(private_pem(FURTHER[algorithm]), algorithm=algorithm).sign(theirs(ISSUER))

    report, asked = check(token, {}, now=NOW)

    assert (report.valid, results(report), asked) == (None, {"format": "pass", "signature": "could_not_check"}, [])


def test_a_token_of_openbadgeslib_by_a_key_that_is_its_own_name():
    token = OB3Signer(private_pem(KEY), algorithm="EdDSA").sign(theirs(did_key_from_pem(pem(KEY))))

    report, _asked = check(token, {STATUS_LIST: their_list(DID_KEY, KEY, "EdDSA")}, now=NOW)

    assert (report.valid, results(report)) == expected("valid", DID_KEY)
    assert told(report, "issuer") == "The issuer is identified only by its key. Nothing says who holds that key."


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("issuer", [ISSUER, DID_KEY])
def test_a_proof_of_openbadgeslib_gets_the_right_verdict(issuer, case):
    method = METHOD if issuer == ISSUER else None
    document = OB3LdpSigner(private_pem(KEY), method).sign(
        theirs(issuer, expired=case == "expired"), created=NOW - timedelta(days=100)
    )
    if case == "tampered":
        document["credentialSubject"]["achievement"]["description"] = "Was away."
    lists = their_list(issuer, KEY, "EdDSA", *([INDEX] if case == "revoked" else []))

    report, _asked = check(document, {ISSUER: controller(), STATUS_LIST: lists}, now=NOW)

    assert (report.valid, results(report)) == expected(case, issuer), [one.technical for one in report.checks]


# --- @digitalbazaar/vc ------------------------------------------------------------------------------------------------
def issued(issuer, method, credentials, indexes):
    """What @digitalbazaar/vc signs: the credentials, and a list with these indexes."""
    node = shutil.which("node")
    assert node, "the judges on Node need node"
    judges.fetched()
    asked = {
        "documents": {url: contexts.document(url) for url in contexts.PINNED},
        "seed": bytes(range(32)).hex(),
        "issuer": issuer,
        "method": method,
        "now": "2026-02-01T00:00:00Z",
        "credentials": credentials,
        "lists": [{"id": STATUS_LIST, "purpose": "revocation", "indexes": indexes}],
    }
    done = subprocess.run(
        [node, "issue.mjs"], cwd=judges.HERE, input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    signed = json.loads(done.stdout)
    return signed["credentials"], signed["lists"][0]


@pytest.mark.parametrize(
    ("issuer", "method"),
    [(ISSUER, METHOD), (DID_KEY, f"{DID_KEY}#{multikey.encode(PUBLIC)}")],
    ids=["https", "did:key"],
)
def test_what_digitalbazaar_signs_gets_the_right_verdict(issuer, method):
    body = ob3.build(RICH) | {
        "issuer": ob3.build(RICH)["issuer"] | {"id": issuer},
        "credentialStatus": ob3.status_entry(StatusFacts(STATUS_LIST, INDEX)),
    }
    ends = {"validUntil": "2026-11-23T00:00:00Z"}
    (valid, expired), clear = issued(issuer, method, [body, body | ends], [INDEX + 1])
    _none, revoking = issued(issuer, method, [], [INDEX])
    documents = {
        "valid": (valid, clear),
        "tampered": (valid | {"name": "Something else"}, clear),
        "revoked": (valid, revoking),
        "expired": (expired, clear),
    }

    for case, (document, served) in documents.items():
        report, _asked = check(document, {ISSUER: controller(), STATUS_LIST: served}, now=NOW)
        assert (report.valid, results(report)) == expected(case, issuer), [one.technical for one in report.checks]
