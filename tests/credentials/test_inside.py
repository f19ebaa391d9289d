"""What stands inside a credential is checked by itself: endorsements as tokens, and the credentials of a learner record."""

import json
from dataclasses import replace

import pytest

from apps.credentials import contexts, strict
from apps.credentials.formats import endorsement, ob3, vcjwt
from apps.credentials.verification.inside import MOST_RECORDS
from tests.conformance.conftest import ISSUER, KEY, METHOD, MINIMAL, PAGE, RICH, SIGNERS, signed
from tests.conformance.test_endorsement import FACTS
from tests.credentials.test_verification import ALL_WELL, check, results, sign

OLD = replace(MINIMAL, id="https://other.example/c/2", valid_until=MINIMAL.valid_from.replace(year=2026, month=3))
ENDORSED = ob3.build(RICH)


def with_tokens(*tokens):
    document = json.loads(json.dumps(ENDORSED))
    document["credentialSubject"]["achievement"]["endorsementJwt"] = list(tokens)
    return vcjwt.sign(document, kid=METHOD, private_key=KEY)


def token(about=PAGE, key=KEY, **change):
    document = endorsement.build(replace(FACTS, subject_id=about)) | change
    return vcjwt.sign(document, kid=METHOD, private_key=key)


@pytest.mark.parametrize(
    ("tokens", "found"),
    [
        ([token()], ("pass", "1 checked")),
        ([token(), token(name="Another")], ("pass", "2 checked")),
        ([token(about=ISSUER)], ("fail", "it is about something else")),
        ([token(key=SIGNERS["ES256"])], ("fail", "alg is 'ES256', but the key signs with EdDSA")),
        ([token()[:-8] + "A" * 8], ("fail", "the signature does not match the content and key")),
        (
            [token(id=["https://a.example/1"])],
            ("fail", "jti is ['https://a.example/1'], but the credential's id is ['https://a.example/1']"),
        ),
        (["e30.e30.AAAA"], ("fail", "That is not a credential: nothing in it says that it is one.")),
        ([token(id=["x"])], ("fail", "jti is ['x'], but the credential's id is ['x']")),
        ([token()] * 11, ("could_not_check", "more than 10")),
    ],
)
def test_an_endorsement_in_a_token_is_checked_by_itself(tokens, found):
    report = check(with_tokens(*tokens))

    assert [(one.result, one.technical) for one in report.checks if one.name == "endorsements"] == [found]
    assert report.valid is {"pass": True, "fail": False, "could_not_check": None}[found[0]]


def test_an_endorsement_in_a_token_is_not_signed_by_a_proof_and_so_refused_beside_one():
    document = sign(ENDORSED | {"endorsementJwt": [token()]})

    assert [(one.result, one.technical) for one in check(document).checks] == [
        ("fail", "/endorsementJwt is not a known term here")
    ]


def record(*held, key=KEY, **change):
    return sign(
        {
            "@context": [contexts.CREDENTIALS_V2, *contexts.CLR_2, ob3.CONTEXTS[1]],
            "id": "https://satchel.example/clr/1",
            "type": ["VerifiableCredential", "ClrCredential"],
            "issuer": {"id": ISSUER, "type": ["Profile"], "name": "Kōwhai"},
            "name": "All of it",
            "validFrom": "2026-01-02T03:04:05Z",
            "credentialSubject": {"type": ["ClrSubject"], "verifiableCredential": list(held)},
        }
        | change,
        key=key,
    )


WHOLE, SECOND = signed(RICH), signed(replace(MINIMAL, id="https://other.example/c/3"))


def test_a_learner_record_holds_when_every_credential_in_it_does():
    report = check(record(WHOLE, SECOND))

    assert (report.valid, results(report), report.kind) == (
        True,
        ALL_WELL | {"inside": "pass"},
        "Comprehensive Learner Record 2.0",
    )
    assert [(one.valid, one.said.achievement_name) for one in report.inside] == [
        (True, RICH.achievement.name),
        (True, MINIMAL.achievement.name),
    ]
    assert [one["valid"] for one in report.to_json()["inside"]] == [True, True]


@pytest.mark.parametrize(
    ("other", "valid", "why"),
    [
        (signed(OLD), False, "1 of 2: valid until 2026-03-02T03:04:05+00:00"),
        (SECOND | {"name": "Mine"}, False, "1 of 2: the signature does not match the document and key"),
        ({name: one for name, one in SECOND.items() if name != "proof"}, False, "1 of 2: no proof in the document"),
    ],
)
def test_one_that_does_not_hold_fails_the_record_and_is_named(other, valid, why):
    report = check(record(WHOLE, other))

    (found,) = [one for one in report.checks if one.name == "inside"]
    assert (report.valid, found.technical) == (valid, why)
    assert "Turned up" in str(found.plain)


def test_no_more_than_thirty_are_looked_at_and_the_rest_is_not_passed():
    held = [signed(replace(MINIMAL, id=f"https://other.example/c/{number}")) for number in range(31)]

    report = check(record(*held))

    assert (report.valid, report.checks[-1].technical) == (None, "31 inside, 30 looked at")


def test_a_record_of_thirty_badges_with_rubrics_and_evidence_is_read():
    held = [signed(replace(RICH, id=f"https://other.example/c/{number}")) for number in range(MOST_RECORDS)]

    whole = {name: one for name, one in record(*held).items() if name != "proof"}
    whole["credentialSubject"]["id"] = "https://satchel.example/clr/1#holder"

    report = check(vcjwt.sign(whole, kid=METHOD, private_key=KEY))

    assert strict._values(json.dumps(whole)) > 5_000  # as many as thirty that are awarded here
    assert (report.valid, results(report)["inside"], len(report.inside)) == (True, "pass", MOST_RECORDS)


def test_a_record_that_is_forged_says_nothing_of_what_is_inside():
    forged = record(WHOLE) | {"name": "All of mine"}

    assert results(check(forged)) == {"format": "pass", "signature": "fail"}


def test_a_record_of_nothing_is_none():
    assert results(check(record())) == {"format": "fail"}


@pytest.mark.parametrize("named", ["urn:a:b", ["urn:a:b", "urn:c:d"], {"id": "urn:a:b"}])
def test_of_a_subject_that_no_schema_has_looked_at_whatever_names_it_belongs_to_nobody(named):
    document = record(WHOLE)
    subject = document["credentialSubject"] | {"identifier": named}

    report = check(record(WHOLE, credentialSubject=subject), recipient="a@example.com")

    assert results(report) == ALL_WELL | {"inside": "pass", "recipient": "could_not_check"}


def test_a_record_of_somebodys_own_that_holds_badges_of_others_is_not_said_to_be_theirs():
    me = {"type": "IdentityObject", "hashed": False, "identityHash": "me@evil.example", "identityType": "emailAddress"}
    mine = {"type": ["AchievementSubject"], "identifier": [me]}
    own = sign(
        {name: one for name, one in SECOND.items() if name != "proof"}
        | {"credentialSubject": SECOND["credentialSubject"] | mine}
    )

    def told(*held):
        subject = {"type": ["ClrSubject"], "identifier": [me], "verifiableCredential": list(held)}
        whose = check(record(*held, credentialSubject=subject), recipient="me@evil.example").whose
        return whose.result, str(whose.plain)

    assert told(own) == ("pass", "It was awarded to the person with that address.")
    assert told(own, WHOLE) == (
        "could_not_check",
        (
            "It names the person with that address, but contains badges that were awarded to another address: "
            f"{RICH.achievement.name}."
        ),
    )
