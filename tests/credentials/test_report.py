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
    Report,
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
