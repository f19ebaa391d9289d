"""Who stands behind a credential: documents at addresses and in DIDs, and which of their keys count."""

import json
from dataclasses import replace

import pytest

from apps.credentials import documents, jose, multikey, proofs, queries, verbs, verifier
from apps.credentials.formats import vcjwt
from apps.credentials.models import SignedForm, SigningKey, StatusList
from apps.credentials.verification import Answer, CannotResolve, Outside, issuers, verify
from apps.credentials.verification.values import origin
from tests.conformance.conftest import ISSUER, KEY, METHOD, PUBLIC, RICH, SIGNERS, controller, signed
from tests.credentials.test_signatures import (
    ALL_WELL,
    BODY,
    KID,
    NAMELESS,
    OTHER,
    THEIRS,
    World,
    check,
    issuing,
    jwk_method,
    part,
    proof,
    results,
    token,
    told,
)
from tests.credentials.test_verification import NOW, sign
from tests.factories import awarded_credential, owner_of

MULTIBASE = multikey.encode(PUBLIC)
BARE = {"id": ISSUER, "type": ["Profile"], "name": "Kōwhai"}
BARE_JWK = jose.public_jwk(KEY.public_key())


def issued_by(issuer_id):
    return BODY | {"issuer": BODY["issuer"] | {"id": issuer_id}}


def signed_by(issuer_id, *, name, key=KEY):
    return sign(issued_by(issuer_id), key=key, method=name)


def token_of(issuer_id, key=KEY, **header):
    body = issued_by(issuer_id)
    return token(key, payload=vcjwt.claims(body) | body, **header)


# --- did:web ----------------------------------------------------------------------------------------------------------
DID_WEB = {
    "did:web:a.example": "https://a.example/.well-known/did.json",
    "did:web:a.example%3A8443": "https://a.example:8443/.well-known/did.json",
    "did:web:a.example%3a8443:issuers:kowhai": "https://a.example:8443/issuers/kowhai/did.json",
    "did:web:a.example:user:alice%20b": "https://a.example/user/alice%20b/did.json",
}


@pytest.mark.parametrize("did", DID_WEB)
def test_a_did_web_is_asked_for_where_its_specification_says(did):
    method = {"id": f"{did}#1", "type": "Multikey", "controller": did, "publicKeyMultibase": MULTIBASE}

    whole, asked = check(signed_by(did, name=f"{did}#1"), {DID_WEB[did]: issuing(method, issuer=did)})
    anothers, _asked = check(signed_by(did, name=f"{did}#1"), {DID_WEB[did]: issuing(method, issuer=THEIRS)})

    host = DID_WEB[did].split("/")[2]
    assert (whole.valid, results(whole), asked) == (True, ALL_WELL, [DID_WEB[did]])
    assert told(whole, "issuer") == f"The issuer's own address, {host}, publishes the key that signed it."
    assert results(anothers) == {"format": "pass", "issuer": "fail"}


NOT_ASKED = [
    "did:web:",
    "did:web:a.example:..",
    "did:web:a.example:.:x",
    "did:web:a.example%2Fx",
    "did:web:user%40a.example",
    "did:web:a.example%3A80%3A90",
    "did:web:[::1]",
    "did:example:1",
    "did:ethr:0x1",
    "did:key:z6Mknothing",
    "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
    "did:jwk:e30",
    "did:jwk:%",
    "did:jwk:" + part(BARE_JWK | {"d": "AA"}),
    "did:jwk:" + part(BARE_JWK | {"use": "enc"}),
    "urn:uuid:1",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "ftp://a.example/",
]


@pytest.mark.parametrize("issuer_id", NOT_ASKED)
def test_an_issuer_that_can_not_be_looked_up_could_not_be_checked_and_nobody_is_asked(issuer_id):
    report, asked = check(token_of(issuer_id), {})

    assert (report.valid, results(report), asked) == (None, {"format": "pass", "signature": "could_not_check"}, [])


# --- did:key ----------------------------------------------------------------------------------------------------------
def test_a_did_key_is_the_key_in_it_and_no_other():
    did, other = f"did:key:{MULTIBASE}", multikey.encode(OTHER.public_key().public_bytes_raw())

    whole, asked = check(signed_by(did, name=f"{did}#{MULTIBASE}"), {})
    stranger, _asked = check(signed_by(did, name=f"{did}#{other}", key=OTHER), {})
    forged, _asked = check(signed_by(did, name=f"{did}#{MULTIBASE}", key=OTHER), {})

    assert (whole.valid, results(whole), asked) == (True, ALL_WELL | NAMELESS, [])
    assert whole.verdict == "nameless"
    assert (stranger.valid, results(stranger)) == (False, ALL_WELL | {"issuer": "fail"})
    assert results(forged) == {"format": "pass", "signature": "fail"}


# --- where it is at home ----------------------------------------------------------------------------------------------
HOSTS = {
    "https://mаssey.example/i": "xn--mssey-4ve.example",
    "https://MASSEY.example:443/i": "massey.example",
    "https://massey.example:8443/i": "massey.example:8443",
    "https://massey.example@evil.example/i": "evil.example",
}


@pytest.mark.parametrize("issuer_id", HOSTS)
def test_a_host_is_told_as_it_is_looked_up_and_no_letter_passes_for_another(issuer_id):
    name = f"{issuer_id}#1"
    method = {"id": name, "type": "Multikey", "controller": issuer_id, "publicKeyMultibase": MULTIBASE}

    report, _asked = check(signed_by(issuer_id, name=name), {issuer_id: issuing(method, issuer=issuer_id)})

    host = HOSTS[issuer_id]
    assert (report.valid, report.host) == (True, host)
    assert told(report, "issuer") == f"The issuer's own address, {host}, publishes the key that signed it."


# --- what counts as a key of its own ----------------------------------------------------------------------------------
def multibase(kind="Multikey", **more):
    return {"id": METHOD, "type": kind, "controller": ISSUER, "publicKeyMultibase": MULTIBASE} | more


OTHER_MULTIBASE = multikey.encode(OTHER.public_key().public_bytes_raw())
OTHERS = [multibase(id=f"{ISSUER}#{n}", publicKeyMultibase=OTHER_MULTIBASE) for n in range(issuers.MOST_METHODS)]
COUNTING = {
    "a Multikey": issuing(multibase()),
    "an Ed25519VerificationKey2020": issuing(multibase("Ed25519VerificationKey2020")),
    "an Ed25519VerificationKey2018": issuing(
        multibase("Ed25519VerificationKey2018", publicKeyBase58=multikey.base58_encode(PUBLIC))
    ),
    "a JsonWebKey": issuing(jwk_method(KEY, name=METHOD)),
    "a JsonWebKey2020": issuing(jwk_method(KEY, name=METHOD, type="JsonWebKey2020")),
    "one in assertionMethod itself": {"id": ISSUER, "assertionMethod": [multibase()]},
    "one alone, without a list": {"id": ISSUER, "assertionMethod": multibase()},
    "by another name": issuing(multibase(id=f"{ISSUER}#key-0")),
    "behind all those of eight years": issuing(*OTHERS, multibase()),
    "one that will run out": issuing(multibase(expires="2026-11-24T00:00:01Z")),
    "one that will be withdrawn": issuing(multibase(revoked="2027-01-01T00:00:00Z")),
}


@pytest.mark.parametrize("case", COUNTING)
def test_a_key_counts_in_each_way_in_which_a_document_may_name_it(case):
    report, _asked = check(BODY | {"proof": [proof()]}, {ISSUER: COUNTING[case]})

    assert (report.valid, results(report)) == (True, ALL_WELL)


UNKNOWN = "The issuer does not know the key that signed this."
WITHDRAWN = "The issuer has withdrawn the key that signed this: it may have been compromised."
RUN_OUT = "The key that signed this has run out: the issuer no longer vouches for it."
SOMEBODY = "The issuer's address describes somebody else."
NOT_COUNTING = {
    "of another controller": (issuing(multibase(controller=THEIRS)), UNKNOWN),
    "of no controller": (issuing({**multibase(), "controller": None}), UNKNOWN),
    "not for assertions": (issuing(multibase()) | {"assertionMethod": [], "authentication": [METHOD]}, UNKNOWN),
    "another by that name": (issuing(multibase(publicKeyMultibase=OTHER_MULTIBASE)), UNKNOWN),
    "another by that name, and itself by another": (
        issuing(multibase(publicKeyMultibase=OTHER_MULTIBASE), multibase(id=f"{ISSUER}#key-0")),
        UNKNOWN,
    ),
    "of a kind that is not read": (issuing(multibase("EcdsaSecp256k1VerificationKey2019")), UNKNOWN),
    "a JWK that holds its private half": (
        issuing(jwk_method(KEY, name=METHOD, publicKeyJwk=BARE_JWK | {"d": "AA"})),
        UNKNOWN,
    ),
    "in base58 without end": (issuing(multibase("Ed25519VerificationKey2018", publicKeyBase58="2" * 200_000)), UNKNOWN),
    "withdrawn": (issuing(multibase(revoked="2026-11-24T00:00:00Z")), WITHDRAWN),
    "withdrawn, nobody knows when": (issuing(multibase(revoked="yes")), WITHDRAWN),
    "withdrawn by another name": (
        issuing(multibase(), multibase(id=f"{ISSUER}#key-0", revoked="2026-01-01T00:00:00Z")),
        WITHDRAWN,
    ),
    "withdrawn, and no longer for assertions": (
        issuing(multibase(revoked="2026-01-01T00:00:00Z")) | {"assertionMethod": []},
        WITHDRAWN,
    ),
    "run out": (issuing(multibase(expires="2026-11-24T00:00:00Z")), RUN_OUT),
    "by another name, behind too many others": (issuing(*OTHERS, multibase(id=f"{ISSUER}#key-0")), UNKNOWN),
    "withdrawn, behind many others": (issuing(*OTHERS, multibase(revoked="2026-01-01T00:00:00Z")), WITHDRAWN),
    "in a document with another id": (issuing(multibase(), issuer=THEIRS), SOMEBODY),
    "in a document without an id": ({"assertionMethod": [multibase()]}, SOMEBODY),
    "nowhere": (BARE, UNKNOWN),
}


@pytest.mark.parametrize("case", NOT_COUNTING)
def test_a_key_that_does_not_count_fails_the_issuer_alone(case):
    document, words = NOT_COUNTING[case]

    report, _asked = check(BODY | {"proof": [proof()]}, {ISSUER: document})

    assert (report.valid, results(report)) == (False, ALL_WELL | {"issuer": "fail"})
    assert told(report, "issuer") == words


# --- a key at an address of its own -----------------------------------------------------------------------------------
HOSTED = {
    "a bare JWK": BARE_JWK,
    "a JsonWebKey": jwk_method(KEY),
    "both": jwk_method(KEY) | BARE_JWK,
    "a Multikey": multibase(id=KID),
}


@pytest.mark.parametrize("case", HOSTED)
def test_a_key_beside_a_profile_without_keys_holds_and_nobody_says_whose_it_is(case):
    report, asked = check(token(kid=KID), {ISSUER: BARE, KID: HOSTED[case]})

    assert (report.valid, results(report)) == (None, ALL_WELL | {"issuer": "could_not_check"})
    assert told(report, "issuer") == (
        "Could not check who signed: the issuer's address doesn't say which keys are its own."
    )
    assert asked == [ISSUER, KID]


def test_a_key_at_its_own_address_that_is_not_the_issuers():
    theirs, _asked = check(token(kid=KID), {ISSUER: BARE, KID: jwk_method(KEY, controller=THEIRS)})
    not_listed, _asked = check(token(kid=KID), {ISSUER: controller() | {"assertionMethod": []}, KID: BARE_JWK})
    another, _asked = check(
        token(OTHER, kid=KID, jwk=jose.public_jwk(OTHER.public_key())), {ISSUER: BARE, KID: BARE_JWK}
    )
    withdrawn, _asked = check(token(kid=KID), {ISSUER: BARE, KID: jwk_method(KEY, revoked="2026-01-01T00:00:00Z")})
    gone, _asked = check(token(kid=KID), {ISSUER: BARE, KID: Answer(b"", 410)})
    silent, _asked = check(token(kid=KID), {KID: BARE_JWK})
    nothing, _asked = check(token(kid=KID), {ISSUER: BARE, KID: {"keys": [BARE_JWK]}})

    assert results(theirs) == {"format": "pass", "issuer": "fail"}
    for report in (not_listed, another, withdrawn):
        assert (report.valid, results(report)) == (False, ALL_WELL | {"issuer": "fail"})
    assert results(silent) == ALL_WELL | {"issuer": "could_not_check"}
    for report in (gone, nothing):
        assert (report.valid, results(report)) == (None, {"format": "pass", "signature": "could_not_check"})


def test_a_key_may_lie_at_the_origin_of_a_did_web():
    did, kid = "did:web:a.example", "https://a.example/keys/1"
    document = issuing(jwk_method(KEY, name=kid, issuer=did), issuer=did)

    report, asked = check(token_of(did, kid=kid), {DID_WEB[did]: document})

    assert (report.valid, asked) == (True, [DID_WEB[did]])


@pytest.mark.parametrize("value", [None, 5, "x", [], {}, [[METHOD]], [{"id": []}], [None], {"id": METHOD}])
@pytest.mark.parametrize("member", ["verificationMethod", "assertionMethod", "id", "controller"])
def test_whatever_an_issuers_document_holds_the_verifier_answers(member, value):
    for text in (
        token(kid=METHOD),
        token(),
        token(kid="x"),
        token(jwk=BARE_JWK),
        proofs.dump(BODY | {"proof": proof()}),
    ):
        report, _asked = check(text, {ISSUER: controller() | {member: value}})

        assert report.checks


def test_a_method_may_hold_anything():
    for name in ("id", "type", "publicKeyJwk", "publicKeyMultibase", "publicKeyBase58", "revoked", "expires"):
        for value in (None, 5, [], {}, "", [{}], {"kty": []}, {"kty": "RSA", "n": "AA", "e": "AA"}):
            document = issuing(multibase()) | {"verificationMethod": [multibase() | {name: value}]}
            assert check(token(kid=METHOD), {ISSUER: document})[0].checks


def test_what_may_be_the_issuers_is_told_by_its_origin():
    may_be = [METHOD, "key-1", "#1", "", "../x", "https://satchel.example/", "HTTPS://SATCHEL.example:443/k"]
    may_not = [
        "http://satchel.example/k",
        "https://satchel.example:1/k",
        "https://[::1",
        "https://a\x00b/",
        "C:\\x",
        "did:x:1",
    ]

    assert [one for one in may_be if not issuers.may_be_of(one, ISSUER)] == []
    assert [one for one in may_not if issuers.may_be_of(one, ISSUER)] == []


# --- our own ----------------------------------------------------------------------------------------------------------
OURS = dict.fromkeys(("format", "signature", "issuer", "in_time", "record", "status", "evidence"), "pass")


@pytest.mark.django_db
def test_every_signed_form_of_ours_agrees_with_our_record():
    credential = awarded_credential()
    forms = {one.format: one.text for one in credential.forms.exclude(format=SignedForm.Format.OB2_JWS)}

    for name, text in forms.items():
        report = verifier.check(text)
        assert (report.valid, results(report), report.own_id) == (True, OURS, credential.public_id), name
    assert set(forms) == set(SignedForm.Format) - {SignedForm.Format.OB2_JWS}


@pytest.mark.django_db
def test_a_token_in_our_name_that_we_never_signed_is_not_the_file_that_was_signed_here():
    credential = awarded_credential()
    body = json.loads(queries.signed_form(credential).text)
    del body["proof"]

    own_key = verifier.check(token(payload=body, jwk=BARE_JWK))

    assert own_key.valid is False
    assert {name: one for name, one in results(own_key).items() if one == "fail"} == {
        "issuer": "fail",
        "record": "fail",
    }


@pytest.mark.django_db
def test_the_record_is_read_at_once(django_assert_num_queries):
    form = queries.signed_form(awarded_credential())

    with django_assert_num_queries(1):
        assert queries.form_signed_as(form.text, form.credential.public_id) == form
    with django_assert_num_queries(1):
        assert queries.form_signed_as("something else", form.credential.public_id) == form
    assert queries.form_signed_as(form.text, "a" * 26) is None


@pytest.mark.django_db
def test_what_lies_at_our_addresses_comes_from_the_database(settings):
    credential = awarded_credential()
    settings.PUBLIC_URL, settings.FETCH_ALLOW = "https://satchel.example", []
    issuer = credential.issuer
    ask = verifier.Asking({})
    key = SigningKey.objects.select_related("issuer").filter(issuer=issuer).first()
    StatusList.objects.filter(issuer=issuer, number=1).update(text="{}", jwt="e.e.e")
    status = queries.status_list_url(issuer, 1)

    def read(address, accept="application/json"):
        return ask(address, accept=accept, seconds=1)

    did = documents.did_of(issuer)
    assert issuers.document_of(did, Outside(ask)) == documents.did_document(issuer)
    assert json.loads(read(queries.key_url(key)).body) == documents.key_document(key)
    assert read(status, "application/vc, application/vc+jwt") == Answer(b"{}")
    assert read(status, "application/vc+jwt, application/vc") == Answer(b"e.e.e")
    for path in ("issuers/nobody/did.json", f"issuers/{issuer.slug}/keys/none", f"status/{issuer.slug}/99", "status/x"):
        with pytest.raises(CannotResolve, match="nothing of ours"):
            read(f"https://satchel.example/{path}")


@pytest.mark.django_db
def test_a_key_of_ours_in_other_hands_is_gone_from_its_address():
    credential = awarded_credential()
    key = SigningKey.objects.select_related("issuer").filter(issuer=credential.issuer).first()
    verbs.compromise_key(key, by=owner_of(credential.issuer), why="A laptop was stolen.")

    assert verifier.Asking({})(queries.key_url(key), accept="application/json", seconds=1).gone


def test_the_world_is_asked_each_thing_once():
    world = World({ISSUER: issuing(jwk_method(SIGNERS["RS256"]))})
    outside = Outside(world)

    for _turn in range(3):
        issuers.key_named(KID, ISSUER, outside)

    assert world.asked == [ISSUER]


def test_an_issuer_whose_address_leads_on_to_another_host_has_not_spoken():
    def ask(address, **_how):
        elsewhere = Answer(json.dumps(controller()).encode(), url="https://elsewhere.example/issuers/kowhai")
        beside = replace(elsewhere, url=f"{ISSUER}/profile")
        return elsewhere if led_away else beside

    text = json.dumps(signed(RICH))
    led_away = False
    at_home = verify(text, ask=ask, now=NOW)
    led_away = True
    away = verify(text, ask=ask, now=NOW)

    assert (results(at_home)["issuer"], results(away)["issuer"]) == ("pass", "could_not_check")
    assert "leads on to https://elsewhere.example" in {one.name: one.technical for one in away.checks}["issuer"]


def test_one_host_is_asked_no_more_than_a_few_times_for_one_badge():
    outside = Outside(World({f"https://victim.example/{number}": {} for number in range(20)}))

    answered = [_answers(outside, f"https://victim.example/{number}") for number in range(20)]

    assert answered == [True] * 8 + [False] * 12


def test_what_is_read_at_home_is_no_question_to_that_host():
    world = World({f"https://home.example/{number}": {} for number in range(30)})
    outside = Outside(world, at_home=lambda address: address.startswith("https://home.example/"))

    answered = [_answers(outside, f"https://home.example/{number}") for number in range(30)]

    assert answered == [True] * 24 + [False] * 6


def _answers(outside, address):
    try:
        outside.get(address)
    except CannotResolve:
        return False
    return True


def test_a_host_in_another_script_is_the_host_that_goes_over_the_wire():
    assert origin("https://kōwhai.example/1") == origin("https://xn--kwhai-g9a.example:443/2")
