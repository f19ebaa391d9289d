"""Credentials that name us are held against our record, byte for byte, picture and all."""

import json

import pytest

from apps.credentials import baking, queries, verifier
from apps.credentials.verification import NotABadge
from tests.credentials.test_baking import picture
from tests.factories import awarded_credential, person

pytestmark = pytest.mark.django_db
ALL_WELL = {"format": "pass", "signature": "pass", "issuer": "pass", "in_time": "pass", "record": "pass"}


def results(report):
    return {one.name: one.result for one in report.checks}


def test_our_words_in_another_picture_are_not_our_badge():
    credential = awarded_credential()
    other = baking.bake_png(picture("red"), queries.signed_form(credential).text)

    report = verifier.check(other)

    assert (report.valid, results(report)) == (False, ALL_WELL | {"record": "fail"})
    assert "picture around them" in str(report.checks[-1].plain)


def test_the_same_credential_in_other_bytes_is_not_the_file_we_signed():
    text = queries.signed_form(awarded_credential()).text

    report = verifier.check(json.dumps(json.loads(text), indent=1))

    assert (report.valid, results(report)) == (False, ALL_WELL | {"record": "fail"})


def test_any_byte_of_our_text_counts_even_where_it_names_a_vocabulary():
    text = queries.signed_form(awarded_credential()).text.encode()

    for place in range(0, len(text), 61):
        other = bytearray(text)
        other[place] ^= 1
        assert _verdict(bytes(other)) is False, other[place - 30 : place + 30]


def test_any_byte_of_our_picture_counts():
    whole = queries.baked_png(awarded_credential().pk)

    assert verifier.check(whole).valid is True
    for place in range(0, len(whole), 97):
        other = bytearray(whole)
        other[place] ^= 1
        assert _verdict(bytes(other)) is False, place


def test_it_belongs_to_its_earner_by_any_of_their_addresses_and_to_nobody_else():
    credential = awarded_credential()
    text = queries.signed_form(credential).text

    theirs = verifier.check(text, recipient=credential.earner.email.upper())
    somebodys = verifier.check(text, recipient=person().email)

    assert results(theirs) == ALL_WELL | {"recipient": "pass"}
    assert results(somebodys) == ALL_WELL | {"recipient": "fail"}
    assert credential.earner.email not in text


def _verdict(data):
    try:
        return verifier.check(data).valid
    except NotABadge:
        return False
