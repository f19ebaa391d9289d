"""What a report says to people: its checks by the questions that strangers ask."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.core import clock
from apps.credentials.models import Credential
from apps.credentials.verification.report import (
    AUTHENTICITY,
    COULD_NOT_CHECK,
    FAIL,
    PASS,
    SOURCE,
    VALIDITY,
    VALUE,
    Check,
    Report,
    Said,
)
from tests.factories import awarded_credential

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def report(*checks):
    told = Report(checked_at=NOW)
    for name, group, result in checks:
        told.add(name, group, result, f"{name}.")
    return told


def test_checks_are_told_by_question_in_the_order_in_which_strangers_ask():
    told = report(
        ("format", AUTHENTICITY, PASS),
        ("issuer", SOURCE, PASS),
        ("in_time", VALIDITY, PASS),
        ("record", AUTHENTICITY, PASS),
    )

    assert [(group.name, [check.name for check in group.checks]) for group in told.groups] == [
        ("validity", ["in_time"]),
        ("authenticity", ["format", "record"]),
        ("source", ["issuer"]),
    ]


@pytest.mark.parametrize(
    ("results", "answer"),
    [
        ([PASS, PASS], "pass"),
        ([PASS, COULD_NOT_CHECK], "partly"),
        ([COULD_NOT_CHECK, COULD_NOT_CHECK], "could_not_check"),
        ([PASS, COULD_NOT_CHECK, FAIL], "fail"),
    ],
)
def test_a_question_is_answered_with_yes_only_where_every_check_behind_it_passed(results, answer):
    told = report(*((f"c{number}", SOURCE, result) for number, result in enumerate(results)))

    assert [group.result for group in told.groups] == [answer]


WELL = {
    "format": (AUTHENTICITY, PASS),
    "signature": (AUTHENTICITY, PASS),
    "issuer": (SOURCE, PASS),
    "in_time": (VALIDITY, PASS),
    "status": (VALIDITY, PASS),
}


def well_but(*others, without=()):
    """A report in which all is well but for `others`: (name, group, result, why)."""
    told = Report(checked_at=NOW)
    changed = {name for name, *_rest in others}
    for name, (group, result) in WELL.items():
        if name not in changed and name not in without:
            told.add(name, group, result, "")
    for name, group, result, why in others:
        told.add(name, group, result, "", why=why)
    return told


REVOKED = ("status", VALIDITY, FAIL, "revoked")
RUN_OUT = ("in_time", VALIDITY, FAIL, "expired")
WRONG_PERSON = ("recipient", VALIDITY, FAIL, "")
VERDICTS = [
    ((), "good", None, True),
    ((("recipient", VALIDITY, PASS, ""),), "good", None, True),
    ((("status", VALIDITY, FAIL, "suspended"),), "paused", "status", True),
    ((REVOKED,), "taken_back", "status", True),
    ((("status", VALIDITY, FAIL, "superseded"),), "replaced", "status", True),
    ((("status", VALIDITY, FAIL, ""),), "unsound", "status", True),
    ((RUN_OUT,), "run_out", "in_time", True),
    ((("in_time", VALIDITY, FAIL, "early"),), "early", "in_time", True),
    ((("in_time", VALIDITY, FAIL, ""),), "unsound", "in_time", True),
    ((WRONG_PERSON,), "not_theirs", "recipient", True),
    ((("evidence", VALUE, FAIL, ""),), "unsound", "evidence", True),
    ((("signature", AUTHENTICITY, FAIL, ""),), "changed", "signature", False),
    ((("record", AUTHENTICITY, FAIL, ""),), "changed", "record", False),
    ((("hosted", AUTHENTICITY, FAIL, ""),), "changed", "hosted", False),
    ((("format", AUTHENTICITY, FAIL, ""),), "damaged", "format", False),
    ((("issuer", SOURCE, FAIL, ""),), "not_who_it_says", "issuer", False),
    ((("issuer", SOURCE, COULD_NOT_CHECK, ""),), "undecided", "issuer", False),
    ((("status", VALIDITY, COULD_NOT_CHECK, ""),), "undecided", "status", True),
    # Several at once: whether it is genuine comes first, then what the issuer settled, then what passes by itself.
    ((("signature", AUTHENTICITY, FAIL, ""), REVOKED), "changed", "signature", False),
    ((RUN_OUT, REVOKED), "taken_back", "status", True),
    ((WRONG_PERSON, REVOKED), "taken_back", "status", True),
    ((RUN_OUT, WRONG_PERSON), "not_theirs", "recipient", True),
    ((("issuer", SOURCE, COULD_NOT_CHECK, ""), RUN_OUT), "run_out", "in_time", False),
]


@pytest.mark.parametrize(("others", "verdict", "decider", "genuine"), VERDICTS)
def test_one_verdict_is_chosen_from_the_checks_and_genuine_is_said_only_of_what_was_shown(
    others, verdict, decider, genuine
):
    told = well_but(*others)

    assert (told.verdict, told.decider and told.decider.name, told.is_genuine) == (verdict, decider, genuine)


def test_nothing_checked_is_nothing_decided():
    told = Report(checked_at=NOW)

    assert (told.verdict, told.decider, told.is_genuine) == ("undecided", None, False)


def test_a_badge_that_nobody_signed_or_stands_behind_is_not_called_genuine():
    assert [well_but(without=[name]).is_genuine for name in ("signature", "issuer")] == [False, False]
    assert well_but(("hosted", AUTHENTICITY, PASS, ""), without=["signature"]).is_genuine


def test_a_check_that_does_not_decide_changes_no_verdict():
    told = well_but()
    told.add("endorsements", VALUE, FAIL, "Taken back.", decides=False)

    assert (told.verdict, told.decider) == ("good", None)


@pytest.mark.parametrize(
    ("issuer", "host"),
    [
        ("did:web:mаssey.example:i", "xn--mssey-4ve.example"),
        ("did:web:massey.example%3A8443", "massey.example:8443"),
        ("did:web:", ""),
        ("did:key:z6Mk", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_a_host_is_told_as_it_is_looked_up(issuer, host):
    assert Report(clock.now(), said=Said(issuer_id=issuer)).host == host


NAMES = ("format", "signature", "hosted", "record", "issuer", "status", "in_time", "recipient")
NAMES_OF_VALUE = ("evidence", "endorsements", "inside")


@pytest.mark.parametrize("name", [*NAMES, *NAMES_OF_VALUE])
def test_every_check_that_failed_or_could_not_be_made_says_what_to_do(name):
    advised = {result: str(Check(name, VALUE, result, "").remedy) for result in (PASS, FAIL, COULD_NOT_CHECK)}

    assert advised[PASS] == ""
    assert advised[FAIL].endswith(".")
    assert advised[COULD_NOT_CHECK].endswith(".")


def test_advice_goes_by_the_way_in_which_a_check_failed():
    advised = {
        why: str(Check("status", VALIDITY, FAIL, "", why=why).remedy) for why in ("revoked", "suspended", "stolen", "")
    }

    assert advised == {
        "revoked": "It no longer counts. Only the issuer can say more.",
        "suspended": "This is not a no. Check it again later, or ask the issuer how long it takes.",
        "stolen": "Ask the issuer what became of it.",
        "": "Ask the issuer what became of it.",
    }


@pytest.mark.django_db
def test_a_credential_stands_as_its_state_says_until_it_runs_out():
    credential = awarded_credential()
    waiting = credential.standing
    credential.state = Credential.State.CLAIMED
    kept = credential.standing
    credential.valid_until = clock.now() + timedelta(days=1)

    with clock.at(credential.valid_until):
        assert (waiting, kept, credential.standing) == ("offered", "valid", "expired")


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+14:00", "soon", "2026-01-01", ""])
def test_a_date_that_no_page_can_show_is_shown_as_none(text):
    report = Report(checked_at=clock.now(), document={"validFrom": text, "validUntil": text})

    assert (report.begins, report.ends) == (None, None)
