"""Frames for other sites and what oEmbed tells of them, as a consumer of oEmbed 1.0 reads it."""

import json
from copy import deepcopy
from html.parser import HTMLParser
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from apps.backpacks import tokens, verbs
from apps.credentials import verbs as credentials
from tests.answers import headers_of
from tests.factories import browser, credential_with_picture, owner_of, person

pytestmark = pytest.mark.django_db
NAME = "Tāne Hēnare"
HOST = "http://localhost:8000"


@pytest.fixture(scope="module")
def made(around_the_file):
    found = credential_with_picture(learner=person(NAME))
    verbs.show_credential(found, by=found.earner, visibility="link")
    return type(found).objects.for_its_page().get(pk=found.pk)


@pytest.fixture
def credential(made):
    return deepcopy(made)


@pytest.fixture
def link(credential):
    collection = verbs.make_collection(by=credential.earner, title="Blades & <b>bones</b>")
    verbs.collect(collection, credential.backpack_item, by=credential.earner)
    return verbs.share(collection, by=credential.earner)


def asked(address, **more):
    return Client().get("/oembed", {"url": address} | more)


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found, self.words = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


def consumed(page):
    """As a consumer does it: from the page's own head to the answer, whose required fields it checks; then the frame."""
    heads = [
        one for one in Elements(page).all("link") if one.get("type") in {"application/json+oembed", "text/xml+oembed"}
    ]
    told = []
    for one in heads:
        assert one["rel"] == "alternate"
        answer = Client().get(one["href"].removeprefix(HOST))
        assert answer.status_code == 200
        if one["type"] == "application/json+oembed":
            assert answer.headers["Content-Type"] == "application/json"
            told.append({name: str(value) for name, value in json.loads(answer.content).items()})
        else:
            assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
            root = ET.fromstring(answer.content)  # noqa: S314 - of our own making
            assert root.tag == "oembed"
            told.append({part.tag: part.text for part in root})
    assert len(told) == 2
    assert told[0] == told[1]
    fields = told[0]
    assert (fields["version"], fields["type"]) == ("1.0", "rich")
    assert int(fields["width"]) > 0
    assert int(fields["height"]) > 0
    (frame,) = Elements(fields["html"]).all("iframe")
    assert (frame["width"], frame["height"]) == (fields["width"], fields["height"])
    return fields, frame


def test_a_consumer_goes_from_a_badges_page_to_its_frame(credential):
    path = f"/c/{credential.public_id}"

    fields, frame = consumed(Client().get(path).content.decode())

    assert {name: value for name, value in fields.items() if name not in {"html", "width", "height"}} == {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Satchel",
        "provider_url": HOST,
        "title": credential.version.name,
        "author_name": credential.issuer.name,
        "author_url": f"{HOST}/issuers/{credential.issuer.slug}",
        "thumbnail_url": f"{HOST}{path}/card.png",
        "thumbnail_width": "1200",
        "thumbnail_height": "630",
    }
    assert (frame["src"], frame["title"]) == (f"{HOST}/embed{path}", credential.version.name)
    assert "allow-scripts" not in frame["sandbox"]
    page = Client().get(frame["src"].removeprefix(HOST))
    assert (page.status_code, NAME in page.content.decode(), "Valid" in page.content.decode()) == (200, True, True)


def test_a_consumer_goes_from_a_shared_collection_to_its_frame(link):
    path = f"/b/{tokens.token_of(link.public_id)}"

    fields, frame = consumed(Client().get(f"{path}/").content.decode())

    assert (fields["title"], fields["author_name"], "author_url" in fields) == ("Blades & <b>bones</b>", NAME, False)
    page = Client().get(frame["src"].removeprefix(HOST)).content.decode()
    assert ("Blades &amp; &lt;b&gt;bones" in page, "It is valid." in page) == (True, True)


def test_the_frame_can_be_framed_anywhere_runs_nothing_and_is_kept_by_nobody(credential, link):
    for path in (f"/embed/c/{credential.public_id}", f"/embed/b/{tokens.token_of(link.public_id)}"):
        answer = Client().get(path)
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
        assert (policy["frame-ancestors"], policy["default-src"], "script-src" in policy) == ("*", "'none'", False)
        assert ("X-Frame-Options" in answer.headers, answer.headers["X-Robots-Tag"]) == (False, "noindex")
        assert "no-store" in answer.headers["Cache-Control"]
        page = Elements(answer.content.decode())
        assert page.all("script") == []
        assert {(one["target"], one["rel"]) for one in page.all("a")} == {("_blank", "noopener")}
    elsewhere = Client().get(f"/c/{credential.public_id}")
    assert elsewhere.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in elsewhere.headers["Content-Security-Policy"]


def test_the_frame_says_how_it_stands_now(credential):
    path = f"/embed/c/{credential.public_id}"
    owner = owner_of(credential.issuer)

    credentials.suspend(credential, by=owner, note="")
    assert "Paused" in Client().get(path).content.decode()
    credentials.revoke(credential, by=owner, reason="mistake", note="")
    assert "Taken back" in Client().get(path).content.decode()


def test_a_name_that_is_kept_back_stands_in_no_frame_and_no_answer(credential):
    credentials.disclose(credential, by=credential.earner, name=False, words=False, evidence=())
    path = f"/c/{credential.public_id}"

    told = [Client().get(f"/embed{path}").content.decode(), asked(f"{HOST}{path}").content.decode()]

    assert not [one for one in told if NAME in one or json.dumps(NAME)[1:-1] in one]


def test_the_frame_of_what_is_private_says_to_its_earner_too_that_there_is_nothing(credential):
    verbs.show_credential(credential, by=credential.earner, visibility="private")
    path = f"/embed/c/{credential.public_id}"

    own, others, never = (
        browser(credential.earner).get(path),
        Client().get(path),
        Client().get(f"/embed/c/{'a' * 26}"),
    )

    assert (own.status_code, own.content) == (404, others.content)
    assert (others.status_code, others.content, headers_of(others)) == (404, never.content, headers_of(never))
    assert "frame-ancestors *" in never.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("most", "size"),
    [
        ({}, (420, 220)),
        ({"maxwidth": "600", "maxheight": "400"}, (420, 220)),
        ({"maxwidth": "300"}, (300, 350)),
        ({"maxwidth": "300", "maxheight": "250"}, (300, 250)),
        ({"maxheight": "100"}, (420, 100)),
    ],
)
def test_a_frame_is_as_large_as_there_is_room(credential, most, size):
    body = asked(f"{HOST}/c/{credential.public_id}", **most).json()

    assert (body["width"], body["height"]) == size
    assert f'width="{size[0]}" height="{size[1]}"' in body["html"]
    fits = int(most.get("maxwidth", 1200)) >= 1200 and int(most.get("maxheight", 630)) >= 630
    assert ("thumbnail_url" in body) == fits


def test_the_answers_of_oembed_have_the_statuses_of_its_text(credential, link):
    page, token = f"{HOST}/c/{credential.public_id}", tokens.token_of(link.public_id)
    hidden = credential_with_picture()
    rows = {
        (page, ()): 200,
        (f"{HOST}/b/{token}/", (("format", "xml"),)): 200,
        (f"{HOST}/b/{token}/cv/", ()): 200,
        (page, (("format", "yaml"),)): 501,
        (page, (("maxwidth", "wide"),)): 400,
        (page, (("maxheight", "0"),)): 400,
        (page, (("maxheight", "-5"),)): 400,
        ("", ()): 400,
        (f"{HOST}/c/{hidden.public_id}", ()): 404,
        (f"{HOST}/c/{'a' * 26}", ()): 404,
        (f"{HOST}/b/nothing/", ()): 404,
        (f"{HOST}/b/\0/", ()): 404,
        (f"{HOST}/b/%00/", ()): 404,
        (f"{HOST}/", ()): 404,
        (f"{HOST}/backpack/", ()): 404,
        (f"https://elsewhere.example/c/{credential.public_id}", ()): 404,
        ("http://[::1", ()): 404,
        ("no address", ()): 404,
    }

    found = {(url, more): asked(url, **dict(more)).status_code for url, more in rows}

    assert found == rows
    answers = [asked(f"{HOST}/c/{one}") for one in (hidden.public_id, "a" * 26)]
    assert (answers[0].content, headers_of(answers[0])) == (answers[1].content, headers_of(answers[1]))


def test_oembed_reads_the_address_however_it_is_quoted(credential):
    address = quote(f"{HOST}/c/{credential.public_id}", safe="")

    answer = Client().get(f"/oembed?url={address}&format=json")

    assert (answer.status_code, answer.json()["type"], credential.public_id in answer.json()["html"]) == (
        200,
        "rich",
        True,
    )


def test_a_private_page_names_no_oembed(credential):
    verbs.show_credential(credential, by=credential.earner, visibility="private")

    assert "oembed" not in browser(credential.earner).get(f"/c/{credential.public_id}").content.decode()
