"""1EdTech's own vectors, with the controller documents made from the keys in them: what must verify does."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from apps.credentials.verification import CannotResolve, verify
from tests.credentials.test_verification import asking

DATA = Path(__file__).parent / "data"
VECTORS = DATA / "vectors-1edtech"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ALL_WELL = {"format": "pass", "signature": "pass", "issuer": "pass", "in_time": "pass"}


def resolve(address):
    parts = urlsplit(address)
    path = VECTORS / "issuer-documents" / parts.netloc / parts.path.lstrip("/")
    if not path.is_file():
        raise CannotResolve(f"nothing at {address}")
    return json.loads(path.read_text())


@pytest.mark.parametrize(
    ("name", "valid", "results"),
    [
        ("simple.json", True, ALL_WELL),
        ("simple.1ob", True, ALL_WELL),
        ("simple-json.png", True, ALL_WELL),
        ("simple-did-web-method.json", True, ALL_WELL),
        ("simple-err-proof-value.json", False, {"format": "pass", "signature": "fail"}),
        # No achievement stands in it, so nobody comes to ask who signed it.
        ("simple-noproof.json", False, {"format": "fail"}),
        ("simple-json.svg", True, ALL_WELL),
    ],
)
def test_a_vector_gets_the_verdict_it_was_made_for(name, valid, results):
    report = verify((VECTORS / name).read_bytes(), ask=asking(resolve), now=NOW)

    assert (report.valid, {one.name: one.result for one in report.checks}) == (valid, results)


def test_a_vector_with_one_word_changed_fails():
    text = (VECTORS / "simple.json").read_text().replace("Teamwork Badge", "Teamwork badge")

    report = verify(text, ask=asking(resolve), now=NOW)

    assert {one.name: one.result for one in report.checks} == {"format": "pass", "signature": "fail"}


def test_the_vectors_are_unchanged():
    told = (DATA / "SOURCES.md").read_text()

    for path in sorted(one for one in VECTORS.rglob("*") if one.is_file()):
        line = f"| {hashlib.sha256(path.read_bytes()).hexdigest()} | {path.relative_to(DATA)} |"
        assert line in told
