"""No artefact tells of what is hidden: a private badge, a link taken back, a name that is kept back."""

import json

import pytest
from django.test import Client

from apps.backpacks import codes, tokens, verbs
from apps.credentials import verbs as credentials
from tests.factories import credential_with_picture, person, published_version

pytestmark = pytest.mark.django_db
NAME, BADGE = "Tāne Wheturangi Hēnare", "Sharpen the old blade of Rēkohu"


@pytest.fixture
def badge():
    found = credential_with_picture(learner=person(NAME), version=published_version(name=BADGE))
    verbs.show_credential(found, by=found.earner, visibility="link")
    found.refresh_from_db()
    return found


def everything_of(badge, link, *, code, link_code):
    """Every address that hands it on: of the badge, of the collection that holds it, and by code."""
    page, token = f"http://localhost:8000/c/{badge.public_id}", tokens.token_of(link.public_id)
    shared = f"http://localhost:8000/b/{token}/"
    return [
        *(
            f"/c/{badge.public_id}{end}"
            for end in ("", ".json", ".jwt", ".png", ".svg", ".pdf", "/ob2.json", "/ob2.png")
        ),
        *(f"/c/{badge.public_id}{end}" for end in ("/record", "/record.json", "/card.png", "/qr.svg", "/qr.png")),
        *(f"/embed/c/{badge.public_id}", f"/oembed?url={page}", f"/oembed?url={page}&format=xml", f"/v/{code}"),
        *(f"/b/{token}{end}" for end in ("/", "/cv/", "/skills/", "/card.png", "/qr.svg", "/qr.png")),
        *(f"/embed/b/{token}", f"/oembed?url={shared}", f"/oembed?url={shared}&format=xml", f"/v/{link_code}"),
    ]


def tells(answer, words):
    body = answer.content + str(dict(answer.headers)).encode()
    return any(one in body for one in (words.encode(), json.dumps(words)[1:-1].encode()))


def test_a_private_badge_is_in_nothing_that_a_stranger_can_open(badge):
    owner = badge.earner
    collection = verbs.make_collection(by=owner, title="Things")
    verbs.collect(collection, badge.backpack_item, by=owner)
    link = verbs.share(collection, by=owner)
    code, link_code = (codes.code_of(verbs.make_code(one, by=owner).public_id) for one in (badge, link))
    paths = everything_of(badge, link, code=code, link_code=link_code)
    stranger = Client()
    shown = {path: stranger.get(path, follow=True) for path in paths}
    assert {path: one.status_code for path, one in shown.items() if one.status_code != 200} == {}
    assert sum(tells(one, BADGE) for one in shown.values()) > 10  # there is something to leak

    verbs.show_credential(badge, by=owner, visibility="private")
    of_badge = {path: stranger.get(path, follow=True) for path in paths[:17]}
    assert {path: one.status_code for path, one in of_badge.items() if one.status_code != 404} == {}
    everything = of_badge | {path: stranger.get(path, follow=True) for path in paths[17:]}
    assert [path for path, one in everything.items() if tells(one, BADGE)] == []

    verbs.unshare(collection, by=owner)
    of_link = {path: stranger.get(path, follow=True) for path in paths[17:]}
    assert {path: one.status_code for path, one in of_link.items() if one.status_code != 404} == {}
    assert [path for path, one in of_link.items() if tells(one, NAME) or tells(one, "Things")] == []


def test_a_name_that_is_kept_back_is_in_no_artefact_of_the_badge(badge):
    owner = badge.earner
    code = codes.code_of(verbs.make_code(badge, by=owner).public_id)
    credentials.disclose(badge, by=owner, name=False, words=False, evidence=())
    page = f"http://localhost:8000/c/{badge.public_id}"
    paths = [
        *(f"/c/{badge.public_id}{end}" for end in ("", ".json", ".pdf", "/record", "/record.json", "/card.png")),
        *(f"/embed/c/{badge.public_id}", f"/oembed?url={page}", f"/oembed?url={page}&format=xml", f"/v/{code}"),
    ]

    answers = {path: Client().get(path, follow=True) for path in paths}

    assert {one.status_code for one in answers.values()} == {200}
    assert [path for path, one in answers.items() if tells(one, NAME)] == []
    assert sum(tells(one, BADGE) for one in answers.values()) >= 7
