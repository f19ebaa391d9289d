"""Whether the evidence is still what was judged: held against the sums in the signed bytes, and deciding nothing."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from apps.credentials import proofs, queries, verifier
from apps.credentials.formats.snapshot import EvidenceFacts
from apps.credentials.verification import Answer, CannotResolve, verify
from apps.submissions.models import EvidenceItem
from tests.conformance.conftest import RICH, signed
from tests.credentials.test_verification import ALL_WELL, NOW, asking, resolve, sign
from tests.factories import credential_with_picture

FILM = b"a film of shearing"
AT = [f"https://evidence.example/{number}" for number in range(5)]


def badge(*sums):
    facts = [EvidenceFacts(at, "Evidence", "Video", (), one) for at, one in zip(AT, sums, strict=False)]
    return proofs.dump(signed(replace(RICH, evidence=tuple(facts))))


def sum_of(data):
    return hashlib.sha256(data).hexdigest()


def world(**kept):
    """Issuers as ever; and at each of `AT`, by its number, an answer."""

    def ask(address, **how):
        number = f"at{AT.index(address)}" if address in AT else ""
        if number in kept:
            return kept[number]
        if address in AT:
            raise CannotResolve("no answer")
        return asking(resolve)(address, **how)

    return ask


def told(text, ask, as_it_is=lambda _sums: {}, own=None):
    report = verify(text, ask=ask, now=NOW, own=own, as_it_is=as_it_is)
    (found,) = [one for one in report.checks if one.name == "evidence"]
    return report.valid, found.result, found.technical


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (Answer(FILM, media_type="video/mp4"), ("pass", "1 with a sum, 1 the same, 0 changed")),
        (Answer(FILM, media_type="text/html"), ("pass", "1 with a sum, 1 the same, 0 changed")),
        (Answer(FILM + b"!", media_type="video/mp4"), ("fail", "1 with a sum, 0 the same, 1 changed")),
        (Answer(b"<p>Sign in</p>", media_type="text/html"), ("could_not_check", "1 with a sum, 0 the same, 0 changed")),
        (Answer(b"gone", 410, "text/plain"), ("could_not_check", "1 with a sum, 0 the same, 0 changed")),
        (None, ("could_not_check", "1 with a sum, 0 the same, 0 changed")),
    ],
)
def test_evidence_elsewhere_is_asked_at_its_address_and_decides_nothing(answer, result):
    kept = {"at0": answer} if answer else {}

    assert told(badge(sum_of(FILM)), world(**kept)) == (True, *result)


def test_what_is_no_sum_is_passed_over():
    body = {name: one for name, one in json.loads(badge(sum_of(FILM))).items() if name != "proof"}
    body["evidence"][0]["digestSRI"] = "sha256-é"

    report = verify(proofs.dump(sign(body)), ask=world(), now=NOW, as_it_is=lambda _sums: {})

    assert {one.name: one.result for one in report.checks} == ALL_WELL


def test_no_more_than_three_addresses_are_asked():
    asked = []

    def ask(address, **how):
        asked.append(address)
        return world(**{f"at{n}": Answer(FILM, media_type="video/mp4") for n in range(5)})(address, **how)

    found = told(badge(*[sum_of(FILM)] * 5), ask)

    assert found == (True, "could_not_check", "5 with a sum, 3 the same, 0 changed")
    assert [one for one in asked if one in AT] == AT[:3]


def test_what_is_kept_at_home_is_not_asked_for():
    def ask(address, **how):
        assert address not in AT
        return world()(address, **how)

    def ours(report, _text):
        report.own_id = "a" * 26

    text = badge(sum_of(FILM), sum_of(b"x"))
    found = told(text, ask, as_it_is=lambda sums: dict.fromkeys(sums, True), own=ours)

    assert found == (True, "pass", "2 with a sum, 2 the same, 0 changed")


@pytest.mark.django_db
def test_evidence_that_was_handed_in_here_is_read_where_it_lies():
    credential = credential_with_picture()
    text = queries.signed_form(credential).text
    (piece,) = EvidenceItem.objects.filter(public_id__in=queries.evidence_of(credential), kind="image")
    file = Path(piece.file.path)
    kept = file.read_bytes()

    whole = _evidence(verifier.check(text))
    file.write_bytes(kept + b"!")
    changed = _evidence(verifier.check(text))
    file.unlink()
    gone = _evidence(verifier.check(text))
    file.write_bytes(kept)

    assert (whole, changed, gone) == ((True, "pass"), (True, "fail"), (True, "could_not_check"))


def _evidence(report):
    return report.valid, {one.name: one.result for one in report.checks}["evidence"]
