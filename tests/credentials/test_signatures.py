"""Signatures over credentials, as proofs and as tokens: most of these are signed truly, by whoever should not have."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apps.credentials import jose, multikey, proofs
from apps.credentials.formats import ob3, vcjwt
from apps.credentials.verification import Answer, CannotResolve, verify
from apps.credentials.verification.tokens import ClaimsError, body_of
from tests.conformance.conftest import ISSUER, KEY, METHOD, ORIGIN, RICH, SIGNERS, controller, pem, signed

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ALL_WELL = dict.fromkeys(("format", "signature", "issuer", "in_time"), "pass")
# An issuer that is known by its key alone: the seal holds, and the name is anybody's.
NAMELESS = {"issuer": "could_not_check"}
KID = f"{ISSUER}/keys/1"
BODY = ob3.build(RICH)
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
THEIRS = "https://other.example/issuers/1"


def jwk_method(key, *, name=KID, issuer=ISSUER, **more):
    jwk = jose.public_jwk(key.public_key())
    return {"id": name, "type": "JsonWebKey", "controller": issuer, "publicKeyJwk": jwk} | more


def issuing(*methods, issuer=ISSUER):
    """The issuer's document with these methods, each for assertions."""
    return {"id": issuer, "verificationMethod": list(methods), "assertionMethod": [one["id"] for one in methods]}


class World:
    """What lies at which address, and what was asked for."""

    def __init__(self, documents):
        self.documents = documents
        self.asked = []

    def __call__(self, address, **_how):
        self.asked.append(address)
        if address not in self.documents:
            raise CannotResolve("no answer")
        found = self.documents[address]
        return found if isinstance(found, Answer) else Answer(json.dumps(found).encode())


def check(data, documents=None, *, now=NOW):
    world = World({ISSUER: controller()} if documents is None else documents)
    report = verify(data if isinstance(data, str) else proofs.dump(data), ask=world, now=now)
    return report, world.asked


def results(report):
    return {one.name: one.result for one in report.checks}


def told(report, name):
    return next(str(one.plain) for one in report.checks if one.name == name)


def part(value):
    return jose.base64url(value if isinstance(value, bytes) else json.dumps(value).encode())


def forged(header, payload=None, signature=b"x" * 64):
    """A token with any header at all."""
    payload = vcjwt.claims(BODY) | BODY if payload is None else payload
    return f"{part(header)}.{part(payload)}.{part(signature)}"


def token(key=KEY, *, payload=None, **header):
    payload = vcjwt.claims(BODY) | BODY if payload is None else payload
    return jose.sign(proofs.dump(payload).encode(), header=header, private_key=key)


# --- tokens that hold -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("algorithm", SIGNERS)
def test_a_token_of_each_kind_of_key_passes_every_check(algorithm):
    key = SIGNERS[algorithm]

    report, asked = check(vcjwt.build(RICH, kid=KID, private_key=key), {ISSUER: issuing(jwk_method(key))})

    assert (report.valid, results(report), report.kind) == (True, ALL_WELL, "Open Badges 3.0, JWT")
    assert (report.key, report.document, asked) == (KID, BODY, [ISSUER])


def _did_jwk(key):
    return "did:jwk:" + part(jose.public_jwk(key.public_key()))


def _did_key(key):
    public = key.public_key()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return f"did:key:{multikey.encode_p256(_point(public))}"
    return f"did:key:{multikey.encode(public.public_bytes_raw())}"


def _point(public):
    numbers = public.public_numbers()
    return bytes([2 + numbers.y % 2]) + numbers.x.to_bytes(32, "big")


KEY_METHOD = jwk_method(KEY)
# By what names a token's key is found: its header, and what lies where.
NAMES = {
    "its address, which the issuer's document has": ({"kid": KID}, {ISSUER: issuing(KEY_METHOD)}),
    "a fragment": ({"kid": METHOD}, {ISSUER: controller()}),
    "a fragment alone": ({"kid": f"#{METHOD.partition('#')[2]}"}, {ISSUER: controller()}),
    "a word": ({"kid": "key-1"}, {ISSUER: issuing(jwk_method(KEY, name=f"{ISSUER}#key-1"))}),
    "the kid of a JWK": (
        {"kid": "2026"},
        {ISSUER: issuing(KEY_METHOD | {"publicKeyJwk": KEY_METHOD["publicKeyJwk"] | {"kid": "2026"}})},
    ),
    "the issuer": (
        {"kid": ISSUER},
        {ISSUER: issuing(jwk_method(SIGNERS["ES256"], name=f"{ISSUER}/keys/0"), KEY_METHOD)},
    ),
    "nothing": ({}, {ISSUER: issuing(jwk_method(OTHER, name=f"{ISSUER}/keys/0"), KEY_METHOD)}),
    "itself": ({"jwk": KEY_METHOD["publicKeyJwk"]}, {ISSUER: issuing(KEY_METHOD)}),
    "a kid that is no text": ({"kid": {"url": THEIRS}}, {ISSUER: issuing(KEY_METHOD)}),
    "itself, beside what is not followed": (
        {"jwk": KEY_METHOD["publicKeyJwk"], "jku": f"{THEIRS}/jwks", "x5u": f"{THEIRS}/x5u", "x5c": ["MII"]},
        {ISSUER: issuing(KEY_METHOD)},
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_key_is_found_by_every_name_that_its_issuer_knows(name):
    header, documents = NAMES[name]

    report, asked = check(token(**header), documents)

    assert (report.valid, results(report), asked) == (True, ALL_WELL, [ISSUER])


def test_what_is_not_followed_is_told():
    header, documents = NAMES["itself, beside what is not followed"]

    report, _asked = check(token(**header), documents)

    assert report.checks[1].technical == "EdDSA; not followed: jku, x5u, x5c"


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
@pytest.mark.parametrize("did", [_did_jwk, _did_key])
@pytest.mark.parametrize("named", [True, False])
def test_an_issuer_that_is_its_key_needs_nobody_to_be_asked(algorithm, did, named):
    key = SIGNERS[algorithm]
    name = did(key)
    body = BODY | {"issuer": BODY["issuer"] | {"id": name}}
    header = {"kid": f"{name}#{'0' if did is _did_jwk else name.removeprefix('did:key:')}"} if named else {}

    report, asked = check(token(key, payload=vcjwt.claims(body) | body, **header), {})

    assert (report.valid, results(report), asked) == (True, ALL_WELL | NAMELESS, [])
    assert told(report, "issuer") == "The issuer is identified only by its key. Nothing says who holds that key."


# --- tokens that nobody should believe --------------------------------------------------------------------------------
NOBODY = "Nobody signed this. Anyone could have written it."
CHANGED = "It was changed after it was signed, or the signature is not genuine."
SECRET = "It is signed with a secret that anyone checking it would need too. That does not prove who made it."
UNREAD = "Could not check: it is signed in a way that is not supported here."


def _hs256(secret):
    signed_part = f"{part({'alg': 'HS256', 'kid': KID})}.{part(vcjwt.claims(BODY) | BODY)}"
    return f"{signed_part}.{part(hmac.digest(secret, signed_part.encode(), hashlib.sha256))}"


def _crossed(algorithm, key):
    """Signed by a key of one kind under the name of another."""
    whole = token(key, kid=KID)
    _header, payload, _signature = whole.split(".")
    header = part({"alg": algorithm, "kid": KID})
    signature = jose._signature(f"{header}.{payload}".encode(), key)
    return f"{header}.{payload}.{part(signature)}"


def _tampered(whole):
    header, payload, signature = whole.split(".")
    changed = jose.decoded(payload).replace(b"Kowhai", b"Kawhai").replace("Kōwhai".encode(), "Kāwhai".encode())
    return f"{header}.{part(changed)}.{signature}"


UNBELIEVABLE = {
    "none": (forged({"alg": "none"}, signature=b""), "fail", NOBODY),
    "None": (forged({"alg": "None"}), "fail", NOBODY),
    "NONE": (forged({"alg": "NONE"}, signature=b""), "fail", NOBODY),
    "nOnE": (forged({"alg": "nOnE"}), "fail", NOBODY),
    "none, with blanks": (forged({"alg": " none\t"}), "fail", NOBODY),
    "none, with a key": (forged({"alg": "none", "jwk": KEY_METHOD["publicKeyJwk"]}), "fail", NOBODY),
    "no signature": (forged({"alg": "EdDSA", "kid": KID}, signature=b""), "fail", NOBODY),
    "HS256 with the public key as secret": (_hs256(pem(KEY)), "fail", SECRET),
    "HS256 with the raw key as secret": (_hs256(KEY.public_key().public_bytes_raw()), "fail", SECRET),
    "HS384": (forged({"alg": "HS384"}), "fail", SECRET),
    "hs512": (forged({"alg": "hs512"}), "fail", SECRET),
    "no alg": (forged({"kid": KID}), "fail", NOBODY),
    "an alg that is a list": (forged({"alg": ["EdDSA"]}), "fail", NOBODY),
    "PS256": (forged({"alg": "PS256", "kid": KID}), "could_not_check", UNREAD),
    "ES256K": (forged({"alg": "ES256K", "kid": KID}), "could_not_check", UNREAD),
    "ES384": (forged({"alg": "ES384", "kid": KID}), "could_not_check", UNREAD),
    "eddsa in small letters": (forged({"alg": "eddsa", "kid": KID}), "could_not_check", UNREAD),
    "ES256 of an Ed25519 key": (_crossed("ES256", KEY), "fail", CHANGED),
    "RS256 of an Ed25519 key": (_crossed("RS256", KEY), "fail", CHANGED),
    "a word changed": (_tampered(token(kid=KID)), "fail", CHANGED),
    "a word changed, its key inside": (_tampered(token(jwk=KEY_METHOD["publicKeyJwk"])), "fail", CHANGED),
    "another key by the issuer's name": (token(OTHER, kid=KID), "fail", CHANGED),
    "zeros": (forged({"alg": "EdDSA", "kid": KID}, signature=bytes(64)), "fail", CHANGED),
}


@pytest.mark.parametrize("case", UNBELIEVABLE)
def test_a_token_that_nobody_can_believe_says_so_and_hides_the_rest(case):
    text, result, words = UNBELIEVABLE[case]

    report, _asked = check(text, {ISSUER: issuing(KEY_METHOD)})

    assert (report.valid, results(report)) == (
        False if result == "fail" else None,
        {"format": "pass", "signature": result},
    )
    assert told(report, "signature") == words


@pytest.mark.parametrize("signature", [bytes(64), (1).to_bytes(32, "big") + bytes(32), b"\xff" * 64, b"0" * 63])
def test_es256_with_zeros_or_other_numbers_does_not_hold(signature):
    method = jwk_method(SIGNERS["ES256"])

    report, _asked = check(forged({"alg": "ES256", "kid": KID}, signature=signature), {ISSUER: issuing(method)})

    assert results(report) == {"format": "pass", "signature": "fail"}


def test_nobody_is_asked_about_a_token_that_holds_its_key_and_was_changed():
    assert check(UNBELIEVABLE["a word changed, its key inside"][0])[1] == []


OTHER_JWK = jose.public_jwk(OTHER.public_key())
# Signed by a stranger in the issuer's name: the signature may hold, and is not the issuer's.
STRANGERS = {
    "its own key inside": ({"jwk": OTHER_JWK}, "pass"),
    "its own key inside, by the issuer's name": ({"jwk": OTHER_JWK, "kid": KID}, "pass"),
    "its own key inside, by a name of its own": ({"jwk": OTHER_JWK, "kid": f"{THEIRS}#1"}, "pass"),
    "its own key inside, by a word": ({"jwk": OTHER_JWK, "kid": "key-1"}, "pass"),
    "a kid elsewhere": ({"kid": f"{THEIRS}/keys/1"}, None),
    "a kid elsewhere that looks alike": ({"kid": f"{ORIGIN}.evil.example/keys/1"}, None),
    "a kid behind a user": ({"kid": "https://satchel.example@evil.example/keys/1"}, None),
    "a kid behind a backslash": ({"kid": "https://satchel.example\\@evil.example/keys/1"}, None),
    "a kid on another port": ({"kid": "https://satchel.example:444/keys/1"}, None),
    "a kid without encryption": ({"kid": "http://satchel.example/keys/1"}, None),
    "a kid on a private address": ({"kid": "http://169.254.169.254/latest/meta-data"}, None),
    "a kid on a loopback address": ({"kid": "http://[::1]/"}, None),
    "a kid that is a file": ({"kid": "file:///etc/passwd"}, None),
    "a kid that is a script": ({"kid": "javascript:alert(1)"}, None),
    "a kid that is data": ({"kid": "data:application/json," + json.dumps(OTHER_JWK)}, None),
    "a kid that is a path": ({"kid": "../../../../dev/null"}, None),
    "a kid that is a whole path": ({"kid": "/etc/passwd"}, None),
    "a kid that is a query": ({"kid": "' OR 1=1 --"}, None),
    "a kid that is another's did:key": ({"kid": f"{_did_key(OTHER)}#{_did_key(OTHER)[8:]}"}, None),
    "a kid that is another's did:web": ({"kid": "did:web:other.example#1"}, None),
    "a kid that the issuer does not know": ({"kid": f"{ISSUER}#key-2"}, None),
}


@pytest.mark.parametrize("case", STRANGERS)
def test_a_strangers_key_is_not_the_issuers_and_only_the_issuer_is_asked(case):
    header, signature = STRANGERS[case]
    also = {f"{THEIRS}/keys/1": OTHER_JWK, THEIRS: issuing(jwk_method(OTHER, issuer=THEIRS), issuer=THEIRS)}

    report, asked = check(token(OTHER, **header), {ISSUER: issuing(KEY_METHOD)} | also)

    expected = ALL_WELL | {"issuer": "fail"} if signature else {"format": "pass", "issuer": "fail"}
    assert (report.valid, results(report)) == (False, expected)
    assert set(asked) <= {ISSUER}


@pytest.mark.parametrize("header", [{"jku": f"{THEIRS}/jwks"}, {"x5u": f"{THEIRS}/x5u"}, {"x5c": ["MII"]}])
def test_where_a_token_says_that_keys_lie_is_not_followed(header):
    report, asked = check(
        token(OTHER, **header), {ISSUER: issuing(KEY_METHOD), f"{THEIRS}/jwks": {"keys": [OTHER_JWK]}}
    )

    assert (results(report), asked) == ({"format": "pass", "signature": "fail"}, [ISSUER])


@pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"b64": False}, {"zip": "DEF"}, {"crit": []}])
def test_a_header_that_asks_for_more_than_is_understood_is_refused(header):
    report, asked = check(token(kid=KID, **header), {ISSUER: issuing(KEY_METHOD)})

    assert (report.valid, results(report), asked) == (False, {"format": "fail"}, [])


def test_a_key_that_is_not_to_be_had_could_not_be_checked():
    unreachable, _asked = check(token(kid=KID), {})
    silent, _asked = check(token(), {ISSUER: issuing(jwk_method(SIGNERS["ES256"]))})
    of_another_kind, _asked = check(token(kid=KID), {ISSUER: issuing(KEY_METHOD | {"type": "EcdsaSecp256k1"})})
    private = token(jwk=OTHER_JWK | {"d": "AA"}, kid=KID)
    with_a_private_half, _asked = check(private, {})

    for report in (unreachable, silent, of_another_kind, with_a_private_half):
        assert (report.valid, results(report)) == (None, {"format": "pass", "signature": "could_not_check"})


# --- claims -----------------------------------------------------------------------------------------------------------
CLAIMS = vcjwt.claims(BODY)
DIFFERENT = {
    "iss": THEIRS,
    "jti": f"{ORIGIN}/c/b",
    "sub": f"{ORIGIN}/c/b#earner",
    "nbf": CLAIMS["nbf"] - 1,
    "exp": CLAIMS["exp"] + 1,
}
NO_NUMBER = {"exp": str(CLAIMS["exp"]), "nbf": True, "iss": 5, "sub": [CLAIMS["sub"]], "jti": {"id": CLAIMS["jti"]}}


@pytest.mark.parametrize(("claim", "value"), [*DIFFERENT.items(), *NO_NUMBER.items()])
def test_a_claim_that_says_something_else_than_the_body_fails_before_anybody_is_asked(claim, value):
    report, asked = check(token(payload=CLAIMS | BODY | {claim: value}, kid=KID))

    assert (report.valid, results(report), asked) == (False, {"format": "fail"}, [])
    assert claim in report.checks[0].technical
    assert told(report, "format").startswith("It says two different things")


def _without(body, *names):
    return {name: value for name, value in body.items() if name not in names}


def test_an_end_that_only_a_claim_tells_counts():
    payload = _without(CLAIMS | BODY, "validUntil") | {"exp": int(NOW.timestamp())}

    early, _asked = check(token(payload=payload, kid=METHOD), now=NOW - timedelta(seconds=1))
    late, _asked = check(token(payload=payload, kid=METHOD))

    assert (early.valid, results(late)) == (True, ALL_WELL | {"in_time": "fail"})
    assert late.to_json()["valid_until"] == "2026-11-24T00:00:00Z"


def test_claims_may_be_missing_and_those_that_say_nothing_here_are_passed_over():
    bare, _asked = check(token(payload=BODY, kid=METHOD))
    more, _asked = check(token(payload=CLAIMS | BODY | {"iat": 1, "aud": "somebody"}, kid=METHOD))
    half_a_second, _asked = check(token(payload=CLAIMS | BODY | {"nbf": CLAIMS["nbf"] + 0.5}, kid=METHOD))

    assert (bare.valid, more.valid, half_a_second.valid) == (True, True, True)


def test_a_claim_that_nobody_knows_is_refused():
    report, _asked = check(token(payload=CLAIMS | BODY | {"grade": "A+"}, kid=METHOD))

    assert results(report) == {"format": "fail"}


def test_a_credential_may_stand_in_vc_and_nowhere_beside():
    inside, _asked = check(token(payload=CLAIMS | {"vc": BODY}, kid=METHOD))
    beside, _asked = check(token(payload=CLAIMS | {"vc": BODY, "credentialSubject": {}}, kid=METHOD))

    assert (inside.valid, inside.document) == (True, BODY)
    assert (beside.valid, results(beside)) == (False, {"format": "fail"})


def test_claims_stand_for_what_a_credential_of_the_older_model_leaves_out():
    older = {"@context": ["https://www.w3.org/2018/credentials/v1"], "type": ["VerifiableCredential"]}
    subject = {"type": ["AchievementSubject"]}
    claims = {"iss": ISSUER, "jti": "urn:uuid:1", "sub": "did:example:earner", "nbf": 0, "exp": 1}
    dates = {"issuanceDate": "1970-01-01T00:00:00Z", "expirationDate": "1970-01-01T00:00:01Z"}

    bare = body_of(claims | {"vc": older | {"credentialSubject": subject}})
    named = body_of(claims | {"vc": older | {"issuer": {"name": "Kōwhai"}, "credentialSubject": subject}})

    filled = older | {"credentialSubject": {"id": "did:example:earner"} | subject, "id": "urn:uuid:1"} | dates
    assert bare == filled | {"issuer": ISSUER}
    assert named == filled | {"issuer": {"id": ISSUER, "name": "Kōwhai"}}
    for change in ({"issuanceDate": "1970-01-01T00:00:02Z"}, {"id": "urn:uuid:2"}, {"expirationDate": "soon"}):
        with pytest.raises(ClaimsError):
            body_of(claims | {"vc": older | {"credentialSubject": subject} | change})
    for number in (1e300, -1e300, 2**62):
        with pytest.raises(ClaimsError):
            body_of(claims | {"vc": older | {"credentialSubject": subject}, "exp": number})


def test_a_name_twice_in_a_token_is_refused():
    payload = proofs.dump(CLAIMS | BODY).replace('"name":', '"n\\u0061me":"x","name":', 1)
    header = part({"alg": "EdDSA", "kid": METHOD})
    text = f"{header}.{part(payload.encode())}"

    report, _asked = check(f"{text}.{part(KEY.sign(text.encode()))}")

    assert (report.valid, results(report)) == (False, {"format": "fail"})


def test_odd_base64_is_refused():
    whole = token(kid=METHOD)
    header, payload, signature = whole.split(".")
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".index(signature[-1])
    twin = base64.urlsafe_b64encode(bytes([(last + 1) << 2])).decode()[0]

    report, _asked = check(f"{header}.{payload}.{signature[:-1]}{twin}")

    assert (report.valid, results(report)) == (False, {"format": "fail"})


# --- several proofs, and times ----------------------------------------------------------------------------------------
def proof(key=KEY, *, method=METHOD, **more):
    """A proof with any options, truly signed by this key."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": proofs.CRYPTOSUITE,
        "created": "2026-01-01T00:00:00Z",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    } | more
    return options | {"proofValue": "z" + multikey.base58_encode(key.sign(proofs._hash_data(BODY, options)))}


OTHER_METHOD = f"{THEIRS}#{multikey.encode(OTHER.public_key().public_bytes_raw())}"
UNKNOWN = {
    "type": "DataIntegrityProof",
    "cryptosuite": "ecdsa-rdfc-2019",
    "proofValue": "z1",
    "verificationMethod": METHOD,
}
CHAINED = proof(id="urn:uuid:2", previousProof="urn:uuid:1")
WITNESS = proof(OTHER, method=OTHER_METHOD)
SEVERAL = {
    "one that is not read": ([UNKNOWN], {"signature": "could_not_check"}),
    "one in a chain": ([CHAINED], {"signature": "could_not_check"}),
    "too many": ([proof()] * 5, ALL_WELL | {"signature": "could_not_check"}),
    "too many witnesses beside the issuer's": ([WITNESS] * 4 + [proof()], ALL_WELL | {"signature": "could_not_check"}),
    "too many, of which the issuer's is forged": ([WITNESS] * 4 + [proof(OTHER)], {"signature": "fail"}),
    "too many whose keys are elsewhere": ([proof(OTHER, method=f"{THEIRS}#1")] * 4 + [proof()], ALL_WELL),
    "the same twice": ([proof(), proof()], ALL_WELL),
    "one that is read and one that is not": ([UNKNOWN, proof()], ALL_WELL),
    "one that holds and one that does not": (
        [proof(), proof() | {"created": "2026-02-01T00:00:00Z"}],
        {"signature": "fail"},
    ),
    "the issuer's and a witness's": ([WITNESS, proof()], ALL_WELL),
    "the issuer's and a witness's that does not hold": (
        [WITNESS | {"created": "2026-02-01T00:00:00Z"}, proof()],
        {"signature": "fail"},
    ),
    "the issuer's and a witness's whose key is elsewhere": ([proof(OTHER, method=f"{THEIRS}#1"), proof()], ALL_WELL),
    "a witness's alone": ([WITNESS], ALL_WELL | {"issuer": "fail"}),
    "the issuer's forged and a witness's": ([WITNESS, proof(OTHER)], {"signature": "fail"}),
}


@pytest.mark.parametrize("case", SEVERAL)
def test_every_proof_that_is_read_has_to_hold_and_one_is_enough(case):
    several, expected = SEVERAL[case]

    report, asked = check(BODY | {"proof": several})

    assert results(report) == {"format": "pass"} | expected
    assert set(asked) <= {ISSUER}


def test_a_proof_that_was_not_looked_at_is_told():
    report, _asked = check(BODY | {"proof": [UNKNOWN, proof()]})

    assert report.checks[1].technical == "eddsa-rdfc-2022; not looked at: ecdsa-rdfc-2019"


@pytest.mark.parametrize(
    ("options", "result", "why", "words"),
    [
        ({"expires": "2026-11-24T00:00:01Z"}, "pass", "", "It has not run out."),
        (
            {"expires": "2026-11-24T00:00:00Z"},
            "fail",
            "expired",
            "Its signature has run out: it was valid only until a certain day.",
        ),
        ({"created": "2026-11-24T00:04:00Z"}, "pass", "", "It has not run out."),
        (
            {"created": "2026-11-24T00:06:00Z"},
            "fail",
            "early",
            "It says that it was signed at a time that is still to come.",
        ),
        ({"expires": "soon"}, "fail", "", "Its dates can't be read."),
        ({"domain": "https://a.example", "challenge": "x", "nonce": "y"}, "pass", "", "It has not run out."),
    ],
)
def test_a_proof_has_times_of_its_own(options, result, why, words):
    report, _asked = check(BODY | {"proof": [proof(**options)]})

    found = report.checks[-1]
    assert (found.name, found.result, found.why, str(found.plain)) == ("in_time", result, why, words)


def test_a_proof_without_its_moment_holds():
    options = {name: value for name, value in proof().items() if name not in ("created", "proofValue")}
    value = "z" + multikey.base58_encode(KEY.sign(proofs._hash_data(BODY, options)))

    assert check(BODY | {"proof": [options | {"proofValue": value}]})[0].valid is True


def test_a_proof_by_a_key_of_another_kind_does_not_hold():
    name = f"{ISSUER}#key-1"
    other = jwk_method(SIGNERS["ES256"], name=name)

    report, _asked = check(BODY | {"proof": [proof(method=name)]}, {ISSUER: issuing(other)})

    assert results(report) == {"format": "pass", "signature": "fail"}


def test_a_whole_credential_is_still_whole():
    assert results(check(signed(RICH))[0]) == ALL_WELL


def test_behind_a_sign_that_programs_write_differently_no_unknown_word_hides():
    whole, _asked = check(token(payload=BODY | {"name": "Badge\x01"}), {ISSUER: controller()})
    hiding, _asked = check(token(payload=BODY | {"name": "Badge\x01", "grade": "A+"}), {ISSUER: controller()})

    assert (whole.valid, results(hiding)) == (True, {"format": "fail"})
