"""Taken back or paused: lists of every kind, most of them truly signed by whoever should not have."""

import base64
import gzip
import time

import pytest

from apps.credentials import jose, multikey, proofs
from apps.credentials.formats import bitstring, ob3, vcjwt
from apps.credentials.formats.snapshot import StatusFacts
from apps.credentials.verification import Answer, Outside, Report, saying
from apps.credentials.verification import status as status_of
from apps.credentials.verification.tokens import V1
from tests.conformance.conftest import ISSUER, KEY, METHOD, ORIGIN, RICH, SIGNERS, STATUS_LIST, controller
from tests.credentials.test_proofs import PATIENCE
from tests.credentials.test_signatures import (
    ALL_WELL,
    BODY,
    NOW,
    OTHER,
    THEIRS,
    World,
    check,
    jwk_method,
    results,
    told,
)
from tests.credentials.test_verification import sign

INDEX = 70_000
PAUSED = f"{ORIGIN}/status/kowhai/2"
ENTRY = ob3.status_entry(StatusFacts(STATUS_LIST, INDEX))
UNKNOWN = "Could not check whether this was taken back. That says nothing against it."


def badge(entry):
    return sign(BODY | {"credentialStatus": entry})


def unsigned(*revoked, purpose="revocation", address=STATUS_LIST, subject=None, **more):
    document = bitstring.list_credential(
        address=address,
        issuer_id=ISSUER,
        purpose=purpose,
        encoded=bitstring.encode(revoked),
        valid_from=RICH.valid_from,
    )
    return document | {"credentialSubject": document["credentialSubject"] | (subject or {})} | more


def listed(*revoked, **more):
    return sign(unsigned(*revoked, **more))


def status(entry, documents, *, now=NOW):
    report, asked = check(badge(entry), {ISSUER: controller()} | documents, now=now)
    found = [one for one in report.checks if one.name == "status"]
    assert len(found) == 1
    assert {name: one for name, one in results(report).items() if name != "status"} == ALL_WELL
    assert report.valid is {"pass": True, "fail": False, "could_not_check": None}[found[0].result]
    return found[0], [one for one in asked if one != ISSUER]


def said(entry, documents, **how):
    found, _asked = status(entry, documents, **how)
    return found.result, found.why, str(found.plain)


# --- lists that count -------------------------------------------------------------------------------------------------
CLEAR = ("pass", "", "The issuer has not taken it back.")
TAKEN_BACK = ("fail", "revoked", "The issuer has taken it back.")
ONLY_PAUSED = ("fail", "suspended", "The issuer has paused it.")
COULD_NOT = ("could_not_check", "", UNKNOWN)
NOWHERE = ("fail", "", "It names a place that isn't in the list of badges taken back.")


def as_token(key=KEY, *revoked, **header):
    return Answer(vcjwt.sign(unsigned(*revoked), kid=header.get("kid", METHOD), private_key=key).encode())


@pytest.mark.parametrize("form", ["proof", "token"])
@pytest.mark.parametrize(
    ("indexes", "expected"), [((), CLEAR), ((INDEX - 1, INDEX + 1), CLEAR), ((INDEX,), TAKEN_BACK)]
)
def test_one_bit_says_whether_it_was_taken_back(form, indexes, expected):
    served = listed(*indexes) if form == "proof" else as_token(KEY, *indexes)

    assert said(ENTRY, {STATUS_LIST: served}) == expected


def test_what_was_taken_back_is_that_however_many_proofs_it_has():
    once = badge(ENTRY)

    report, _asked = check(once | {"proof": once["proof"] * 5}, {ISSUER: controller(), STATUS_LIST: listed(INDEX)})

    assert (report.verdict, results(report)) == (
        "taken_back",
        ALL_WELL | {"signature": "could_not_check", "status": "fail"},
    )
    (signature,) = [one for one in report.checks if one.name == "signature"]
    assert (str(signature.plain), signature.technical) == (
        "Could not check every signature: there are too many. Those that were checked are valid.",
        "5 proofs, of which 4 are looked at",
    )


def test_a_token_may_be_signed_by_any_key_of_the_issuer():
    key, kid = SIGNERS["ES256"], f"{ISSUER}/keys/2"
    documents = controller()
    method = jwk_method(key, name=kid)
    documents |= {
        "verificationMethod": [*documents["verificationMethod"], method],
        "assertionMethod": [*documents["assertionMethod"], kid],
    }

    assert said(ENTRY, {ISSUER: documents, STATUS_LIST: as_token(key, INDEX, kid=kid)}) == TAKEN_BACK


def test_a_list_of_the_paused_says_so():
    entry = ENTRY | {"statusPurpose": "suspension"}

    assert said(entry, {STATUS_LIST: listed(INDEX, purpose="suspension")}) == ONLY_PAUSED
    assert said(entry, {STATUS_LIST: listed(purpose="suspension")}) == CLEAR


def test_a_second_list_tells_who_is_only_paused_and_is_asked_about_nobody_else():
    entry = ob3.status_entry(StatusFacts(STATUS_LIST, INDEX, PAUSED))
    of_paused = {PAUSED: listed(INDEX, purpose="suspension", address=PAUSED)}
    nobody_paused = {PAUSED: listed(purpose="suspension", address=PAUSED)}
    revoked = {STATUS_LIST: listed(INDEX)}

    _found, asked = status(entry, {STATUS_LIST: listed()} | of_paused)

    assert asked == [STATUS_LIST]
    assert said(entry, revoked | of_paused) == ONLY_PAUSED
    for other in (nobody_paused, {}, {PAUSED: listed(INDEX, address=PAUSED)}, {PAUSED: {"id": PAUSED}}):
        assert said(entry, revoked | other) == TAKEN_BACK
    by_a_stranger = {PAUSED: sign(unsigned(INDEX, purpose="suspension", address=PAUSED), key=OTHER)}
    assert said(entry, revoked | by_a_stranger) == TAKEN_BACK
    assert said(entry | {"statusReference": f"{PAUSED}#{INDEX + 1}"}, revoked | of_paused) == TAKEN_BACK
    assert said(entry | {"statusReference": f"file:///etc#{INDEX}"}, revoked | of_paused) == TAKEN_BACK


def test_an_index_may_be_a_number_and_what_it_comes_to_is_told():
    found, _asked = status(ENTRY, {STATUS_LIST: listed(INDEX)})

    assert found.technical == f"revocation: {STATUS_LIST}#{INDEX} is 1"
    assert direct(ENTRY | {"statusListIndex": INDEX}, {STATUS_LIST: TRUE})[0] == TAKEN_BACK
    assert direct(ENTRY | {"statusListIndex": True}, {STATUS_LIST: TRUE})[0] == NOWHERE
    assert direct(ENTRY | {"statusListIndex": -1}, {STATUS_LIST: TRUE})[0] == NOWHERE


def test_a_list_shorter_than_it_should_be_is_read_and_told():
    packed = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(2_000))).decode().rstrip("=")
    entry = ENTRY | {"statusListIndex": "5"}

    found, _asked = status(entry, {STATUS_LIST: listed(subject={"encodedList": packed})})

    assert (found.result, found.technical.endswith("a list of only 16000")) == ("pass", True)


def test_a_list_without_an_id_and_one_for_several_purposes_count():
    nameless = {name: one for name, one in unsigned(INDEX).items() if name != "id"}
    several = unsigned(INDEX, purpose=["suspension", "revocation"])

    assert said(ENTRY, {STATUS_LIST: sign(nameless)}) == TAKEN_BACK
    assert said(ENTRY, {STATUS_LIST: sign(several)}) == TAKEN_BACK


# --- lists that do not count ------------------------------------------------------------------------------------------
OTHER_METHOD = f"{ISSUER}#{multikey.encode(OTHER.public_key().public_bytes_raw())}"
THEIR_METHOD = f"{THEIRS}#{multikey.encode(OTHER.public_key().public_bytes_raw())}"
BOMB = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(200 * 1024 * 1024), 9)).decode().rstrip("=")
TRUE = listed(INDEX)
NO_COUNT = {
    "nothing": {},
    "taken away": Answer(b"", 410),
    "a page": Answer(b"<!doctype html>"),
    "noise": Answer(bytes(range(256))),
    "too large": Answer(b'{"a":"' + b"x" * 2 * 1024 * 1024 + b'"}'),
    "a badge": sign(BODY),
    "unsigned": unsigned(),
    "a bit changed": TRUE | {"credentialSubject": unsigned()["credentialSubject"]},
    "by a stranger, in the issuer's name": sign(unsigned(), key=OTHER, method=OTHER_METHOD),
    "by a stranger, with the issuer's key": sign(unsigned(), key=OTHER),
    "by another issuer": sign(unsigned(issuer=THEIRS), key=OTHER, method=THEIR_METHOD),
    "by another issuer, as the issuer's": sign(unsigned(), key=OTHER, method=THEIR_METHOD),
    "for another purpose": listed(purpose="suspension"),
    "for no purpose": listed(purpose="message"),
    "for another address": listed(id=PAUSED),
    "of another kind": listed(type=["VerifiableCredential"]),
    "about nothing": sign(unsigned() | {"credentialSubject": {"id": STATUS_LIST}}),
    "not valid yet": listed(validFrom="2026-11-25T00:00:00Z"),
    "run out": listed(validUntil="2026-11-24T00:00:00Z"),
    "an end that is no date": listed(validUntil="soon"),
    "a gzip bomb": listed(subject={"encodedList": BOMB}),
    "no gzip": listed(subject={"encodedList": "uAAAA"}),
    "cut off": listed(subject={"encodedList": bitstring.encode([])[:-20]}),
    "no list": listed(subject={"encodedList": ""}),
    "words of its own": unsigned()
    | {"@context": [ob3.CONTEXTS[0], {"x": "https://a.example/x"}], "proof": TRUE["proof"]},
    "a context that is not known": unsigned()
    | {"@context": [ob3.CONTEXTS[0], "https://a.example/x"], "proof": TRUE["proof"]},
    "contexts that contradict each other": unsigned() | {"@context": [ob3.CONTEXTS[0], V1], "proof": TRUE["proof"]},
    "nobody's token": Answer(vcjwt.sign(unsigned(), kid=METHOD, private_key=KEY).rpartition(".")[0].encode() + b"."),
    "a stranger's token": as_token(OTHER),
    "a token that says two things": Answer(
        jose.sign(
            proofs.dump(vcjwt.claims(unsigned()) | {"iss": THEIRS} | unsigned()).encode(),
            header={"kid": METHOD},
            private_key=KEY,
        ).encode()
    ),
}


@pytest.mark.parametrize("case", NO_COUNT)
def test_a_list_that_is_not_the_issuers_own_says_nothing(case):
    began = time.process_time()

    found, asked = status(ENTRY, {STATUS_LIST: NO_COUNT[case]})

    assert (found.result, found.why, str(found.plain)) == COULD_NOT
    assert found.technical
    assert asked == [STATUS_LIST]
    assert time.process_time() - began < 2 * PATIENCE


def test_a_true_list_is_not_read_by_words_that_its_signature_does_not_cover():
    """The graph is as it was signed; the JSON says beside it that nobody was taken back."""
    subject = TRUE["credentialSubject"]
    vocabulary = "https://www.w3.org/ns/credentials/status#"
    moved = {
        "id": subject["id"],
        "type": f"{vocabulary}BitstringStatusList",
        f"{vocabulary}statusPurpose": {"@id": f"{vocabulary}revocation"},
        f"{vocabulary}encodedList": {
            "@type": "https://w3id.org/security#multibase",
            "@value": subject["encodedList"],
        },
        "statusPurpose": "revocation",
        "encodedList": bitstring.encode([]),
    }

    assert said(ENTRY, {STATUS_LIST: TRUE | {"credentialSubject": moved}}) == COULD_NOT


def test_an_issuer_that_does_not_answer_leaves_its_list_unread():
    report, _asked = check(badge(ENTRY), {STATUS_LIST: TRUE})

    assert results(report) == ALL_WELL | {"issuer": "could_not_check", "status": "could_not_check"}


# --- entries ----------------------------------------------------------------------------------------------------------
ENTRIES = {
    "a place behind the end": ({"statusListIndex": "131072"}, NOWHERE),
    "a place far behind the end": ({"statusListIndex": "999999999999"}, NOWHERE),
    "a place that is too long": ({"statusListIndex": "9" * 5000}, NOWHERE),
    "a place before the beginning": ({"statusListIndex": "-1"}, NOWHERE),
    "half a place": ({"statusListIndex": "1.5"}, NOWHERE),
    "a place in words": ({"statusListIndex": "five"}, NOWHERE),
    "a place in other digits": ({"statusListIndex": "٥"}, NOWHERE),
    "an empty place": ({"statusListIndex": ""}, NOWHERE),
    "a list that is a file": ({"statusListCredential": "file:///etc/passwd"}, COULD_NOT),
    "a list that is a script": ({"statusListCredential": "javascript:alert(1)"}, COULD_NOT),
    "a list that is a DID": ({"statusListCredential": "did:web:a.example"}, COULD_NOT),
    "a purpose of no account": (
        {"statusPurpose": "message"},
        ("pass", "", "The issuer keeps no list in which it could be taken back."),
    ),
}


@pytest.mark.parametrize("case", ENTRIES)
def test_an_entry_that_leads_nowhere(case):
    change, expected = ENTRIES[case]

    found, asked = status(ENTRY | change, {STATUS_LIST: TRUE})

    assert (found.result, found.why, str(found.plain)) == expected
    assert set(asked) <= {STATUS_LIST}


def direct(entry, documents):
    """The check alone: of a credential that is well formed by the contexts of others, and holds."""
    world = World({ISSUER: controller()} | documents)
    body = BODY | {"credentialStatus": entry}
    report = Report(NOW, document=body, said=saying.of_verifiable(body))
    status_of.check(report, Outside(world))
    (found,) = report.checks
    return (found.result, found.why, str(found.plain)), world.asked


STRANGE = [
    {"id": "https://a.example/1", "type": "RevocationList2020Status"},
    ENTRY | {"statusPurpose": ""},
    ENTRY | {"statusPurpose": ["revocation", "suspension"]},
    ENTRY | {"statusSize": 2},
    ENTRY | {"type": ["BitstringStatusListEntry", "StatusList2021Entry"]},
    ENTRY | {"statusListIndex": [str(INDEX), "1"]},
    "https://a.example/1",
    5,
    None,
]


@pytest.mark.parametrize("entry", STRANGE)
def test_a_status_of_a_kind_that_is_not_known_could_not_be_checked(entry):
    assert direct([entry, {}], {STATUS_LIST: TRUE}) == (COULD_NOT, [])


def without(entry, *names):
    return {name: one for name, one in entry.items() if name not in names}


AS_SIGNED = ob3.status_entry(StatusFacts(STATUS_LIST, INDEX, PAUSED))
# As who holds a badge may lay out its entry anew: the statements that were signed are the same.
LAID_OUT = {
    "in two pieces": [without(AS_SIGNED, "statusPurpose"), without(AS_SIGNED, "statusListIndex")],
    "a piece for each member": [
        {"id": AS_SIGNED["id"], "type": AS_SIGNED["type"], name: one}
        for name, one in without(AS_SIGNED, "id", "type").items()
    ],
    "twice": [AS_SIGNED, AS_SIGNED],
    "its members in lists": {name: one if name in ("id", "type") else [one, one] for name, one in AS_SIGNED.items()},
}


@pytest.mark.parametrize("case", LAID_OUT)
def test_an_entry_says_the_same_however_it_is_laid_out(case):
    document = badge(AS_SIGNED) | {"credentialStatus": LAID_OUT[case]}
    world = {ISSUER: controller()}

    clear, _asked = check(document, world | {STATUS_LIST: listed()})
    taken_back, _asked = check(document, world | {STATUS_LIST: TRUE})
    paused = {PAUSED: listed(INDEX, purpose="suspension", address=PAUSED)}
    only_paused, _asked = check(document, world | {STATUS_LIST: TRUE} | paused)

    assert [(one.verdict, results(one)) for one in (clear, taken_back, only_paused)] == [
        ("good", ALL_WELL | {"status": "pass"}),
        ("taken_back", ALL_WELL | {"status": "fail"}),
        ("paused", ALL_WELL | {"status": "fail"}),
    ]


def test_of_two_entries_under_one_id_nobody_can_tell_which_place_is_whose():
    pause = {"statusPurpose": "suspension", "statusListCredential": PAUSED}
    document = badge([ENTRY, ENTRY | pause | {"statusListIndex": "1"}])
    swapped = document | {"credentialStatus": [ENTRY | {"statusListIndex": "1"}, ENTRY | pause]}
    lists = {ISSUER: controller(), STATUS_LIST: TRUE, PAUSED: listed(purpose="suspension", address=PAUSED)}

    for one in (document, swapped):
        report, _asked = check(one, lists)
        assert (report.verdict, results(report)) == ("undecided", ALL_WELL | {"status": "could_not_check"})


def test_of_several_entries_the_worst_counts():
    other, unknown = f"{ORIGIN}/status/kowhai/3", {"type": "Something"}
    clear = ENTRY | {"statusListCredential": other}
    pause = {"statusPurpose": "suspension", "statusListCredential": PAUSED}
    lists = {
        STATUS_LIST: TRUE,
        other: listed(address=other),
        PAUSED: listed(INDEX, purpose="suspension", address=PAUSED),
    }

    assert direct([clear, ENTRY], lists)[0] == TAKEN_BACK
    assert direct([ENTRY | pause, clear], lists)[0] == ONLY_PAUSED
    assert direct([ENTRY | pause, ENTRY], lists)[0] == TAKEN_BACK
    assert direct([clear, unknown], lists)[0] == COULD_NOT
    assert direct([clear, ENTRY | {"statusPurpose": "refresh"}], lists)[0] == CLEAR
    assert direct([clear] * 4 + [ENTRY], lists)[0] == COULD_NOT
    assert direct([], lists)[0] == ("pass", "", "The issuer keeps no list in which it could be taken back.")


def test_what_our_own_record_says_is_not_asked_again():
    report = Report(NOW, document=BODY | {"credentialStatus": ENTRY})
    report.add("status", "validity", "pass", "Known.")
    world = World({})

    status_of.check(report, Outside(world))

    assert ([str(one.plain) for one in report.checks], world.asked) == (["Known."], [])


# --- a list of names --------------------------------------------------------------------------------------------------
NAMES = f"{ORIGIN}/revocations"
BY_NAME = {"id": NAMES, "type": "1EdTechRevocationList"}


def named(*revoked, **more):
    return {"id": NAMES, "issuer": ISSUER, "revokedCredentials": list(revoked)} | more


OF_NAMES = {
    "nobody": (named(), CLEAR),
    "others": (named({"id": f"{ORIGIN}/c/other", "revoked": True}), CLEAR),
    "it": (named({"id": BODY["id"], "revoked": True}), TAKEN_BACK),
    "it, with no more words": (named({"id": BODY["id"]}), TAKEN_BACK),
    "it, with the reason": (
        named({"id": BODY["id"], "revocationReason": "Awarded by mistake."}),
        ("fail", "revoked", "The issuer has taken it back: Awarded by mistake."),
    ),
    "it, taken back no longer": (named({"id": BODY["id"], "revoked": False}), CLEAR),
    "an issuer in full": (named({"id": BODY["id"]}, issuer={"id": ISSUER, "name": "Kōwhai"}), TAKEN_BACK),
    "no issuer": ({"revokedCredentials": [{"id": BODY["id"]}]}, TAKEN_BACK),
    "another issuer": (named({"id": BODY["id"]}, issuer=THEIRS), COULD_NOT),
    "no names": ({"id": NAMES, "issuer": ISSUER}, COULD_NOT),
    "names that are none": (named(BODY["id"], 5), COULD_NOT),
    "taken away": (Answer(b"", 410), COULD_NOT),
    "a page": (Answer(b"<html>"), COULD_NOT),
}


@pytest.mark.parametrize("case", OF_NAMES)
def test_a_list_of_names_says_who_was_taken_back(case):
    served, expected = OF_NAMES[case]

    assert direct(BY_NAME, {NAMES: served}) == (expected, [NAMES])


@pytest.mark.parametrize("address", ["http://satchel.example/revocations", "urn:uuid:1", "file:///etc/passwd"])
def test_a_list_of_names_is_asked_for_over_https_only(address):
    assert direct(BY_NAME | {"id": address}, {address: named({"id": BODY["id"]})}) == (COULD_NOT, [])


def test_what_was_taken_back_and_has_run_out_says_both():
    body = BODY | {"credentialStatus": ENTRY, "validUntil": "2026-11-23T00:00:00Z"}

    report, _asked = check(sign(body), {ISSUER: controller(), STATUS_LIST: TRUE})

    assert results(report) == ALL_WELL | {"in_time": "fail", "status": "fail"}
    assert told(report, "status") == "The issuer has taken it back."


def test_a_list_of_the_forerunner_is_read_without_the_mark_of_multibase():
    older = unsigned(INDEX, type=["VerifiableCredential", "StatusList2021Credential"])
    older["credentialSubject"] |= {
        "type": "StatusList2021",
        "encodedList": older["credentialSubject"]["encodedList"].removeprefix("u") + "=",
    }
    served = Answer(vcjwt.sign(older, kid=METHOD, private_key=KEY).encode())
    entry = ENTRY | {"type": "StatusList2021Entry"}

    assert direct(entry, {STATUS_LIST: served})[0] == TAKEN_BACK
    assert direct(entry, {STATUS_LIST: TRUE})[0] == COULD_NOT


def test_a_badge_may_have_an_entry_for_each_purpose():
    """VC Data Model 2.0, section 4.10: the official schema of Open Badges 3.0 knows one."""
    paused = ENTRY | {"id": f"{PAUSED}#{INDEX}", "statusListCredential": PAUSED, "statusPurpose": "suspension"}
    lists = {STATUS_LIST: listed(), PAUSED: listed(INDEX, purpose="suspension", address=PAUSED)}

    assert said([ENTRY, paused], lists) == ONLY_PAUSED
    assert said([ENTRY, paused], lists | {PAUSED: listed(purpose="suspension", address=PAUSED)}) == CLEAR
    assert results(check(badge([ENTRY, {"id": "https://a.example/"}]), lists)[0]) == {"format": "fail"}
