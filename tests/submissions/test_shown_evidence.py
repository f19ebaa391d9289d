"""A piece of evidence opens for strangers exactly while its credential may be seen and its earner shows it."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from apps.credentials import verbs as credentials
from apps.submissions import links
from apps.submissions.models import EvidenceItem
from tests.factories import awarded_credential, browser, credential_with_picture, person

pytestmark = pytest.mark.django_db


def show(credential, *pieces, to="link"):
    credentials.show(credential, to, by=credential.earner)
    ids = [piece.public_id for piece in pieces]
    credentials.disclose(credential, by=credential.earner, name=True, words=False, evidence=ids)


def pieces_of(credential):
    attempt = EvidenceItem.objects.filter(attempt__submission__learner=credential.earner)
    return attempt.get(kind="text"), attempt.filter(kind="image").first()


def from_evidence_host(address):
    parts = urlsplit(address)
    answer = Client(headers={"host": parts.netloc}).get(parts.path)
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


@pytest.mark.parametrize(("visibility", "is_shown", "opens"), [
    ("link", True, True), ("public", True, True), ("private", True, False), ("link", False, False),
])  # fmt: skip
def test_it_opens_for_strangers_exactly_when_both_say_so(visibility, is_shown, opens):
    credential = awarded_credential()
    text, _none = pieces_of(credential)
    show(credential, *([text] if is_shown else []), to=visibility)

    visitor = Client().get(f"/e/{text.public_id}")
    stranger = browser(person()).get(f"/e/{text.public_id}")

    assert (visitor.status_code, stranger.status_code) == ((200, 200) if opens else (302, 404))
    assert (text.text in visitor.content.decode()) is opens
    assert browser(credential.earner).get(f"/e/{text.public_id}").status_code == 200


def test_pieces_of_others_and_those_that_nobody_shows_are_not_among_what_strangers_see():
    credential, other = credential_with_picture(), awarded_credential()
    text, _picture = pieces_of(credential)
    show(credential, text)
    show(other, *pieces_of(other)[:1], to="private")

    assert list(EvidenceItem.objects.shown_to_strangers()) == [text]


def test_strangers_read_neither_its_title_nor_the_name_of_its_file():
    credential = credential_with_picture(title="Tāne at his bench", name="tane-rewi-bench.png")
    text, picture = pieces_of(credential)
    show(credential, text, picture)

    page = Client().get(f"/e/{text.public_id}").content.decode()
    led = Client().get(f"/e/{picture.public_id}")
    file = from_evidence_host(led.headers["Location"])

    assert "<h1>Evidence</h1>" in page
    assert text.title == "Log"
    assert ">Log" not in page
    assert file.headers["Content-Disposition"] == f'inline; filename="evidence-{picture.sha256[:8]}.png"'
    assert "tane" not in led.headers["Location"] + str(file.headers).lower()
    assert file.headers["Content-Security-Policy"].startswith("sandbox;")


def test_a_link_that_a_stranger_holds_dies_at_once_when_the_piece_is_taken_back():
    credential = credential_with_picture()
    _text, picture = pieces_of(credential)
    show(credential, picture)
    held = Client().get(f"/e/{picture.public_id}").headers["Location"]
    earners = links.to_file(picture, reader=credential.earner)
    assert from_evidence_host(held).status_code == 200

    credentials.disclose(credential, by=credential.earner, name=True, words=False, evidence=[])
    assert from_evidence_host(held).status_code == 404

    show(credential, picture)
    assert from_evidence_host(held).status_code == 200
    credentials.show(credential, "private", by=credential.earner)
    assert from_evidence_host(held).status_code == 404
    assert from_evidence_host(earners).status_code == 200
