"""A collection that does not say whose it is: its earner's name stands in nothing that strangers get by way of it.

The name is first found in the same walk while it is shown, so that nothing is missed because it was never there.
"""

import json
from urllib.parse import urlsplit

import pytest
from django.test import Client

from apps.backpacks import boards, queries, sheet, tokens, verbs
from apps.backpacks.models import Collection
from apps.core import outbox
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.credentials.queries import evidence_of
from tests.backpacks.test_items import declared
from tests.credentials.abroad import abroad
from tests.factories import browser, credential_with_picture, person

pytestmark = pytest.mark.django_db
NAME, INITIALS = "Zyxquill Wallaroo", ">ZW<"


class Shared:
    """Four badges by a link and in public: one with all it has, one without its result, one from elsewhere that is proved
    to be its holder's, one told.
    """

    def __init__(self, settings):
        self.owner = owner = person(NAME, email="earner@example.org")
        self.badge = credential_with_picture(learner=owner, title=f"{NAME} at work", name="zyxquill.png")
        self.other = credential_with_picture(learner=owner)
        for one in (self.badge, self.other):
            credentials.disclose(one, by=owner, name=True, words=True, evidence=evidence_of(one))
        with abroad(settings) as there:
            elsewhere = verbs.file_foreign(credentials.keep_foreign(there.badge(owner.email), by=owner))
            outbox.drain()
        elsewhere.skills = ["Weaving"]
        elsewhere.save(update_fields=["skills"])
        self.collection = verbs.make_collection(by=owner, title="For the woolshed", story="Since 2023.")
        items = (self.badge.backpack_item, self.other.backpack_item, elsewhere, declared(owner))
        self.blocks = [verbs.collect(self.collection, item, by=owner) for item in items]
        for block in self.blocks:
            verbs.edit_block(block, by=owner, kind="large")
        verbs.edit_block(self.blocks[1], by=owner, shows_result=False)
        self.link = verbs.share(self.collection, by=owner)
        verbs.publish_collection(self.collection, by=owner)
        self.token = tokens.token_of(self.link.public_id)

    def switch(self, shows_name):
        self.collection = verbs.edit_collection(self.collection, by=self.owner, shows_name=shows_name)

    @property
    def ends(self):
        return self.token, self.collection.public_id


@pytest.fixture
def shared(settings):
    return Shared(settings)


def addresses(shared):
    """All that lies under both ends of the address, and what other sites ask for it."""
    for end in shared.ends:
        yield from (f"/b/{end}/{one}" for one in ("", "?from=1", "cv/", "skills/", "card.png", "qr.svg", "qr.png"))
        yield from (f"/b/{end}/{block.public_id}/" for block in shared.blocks)
        yield from (f"/b/{end}/{shared.blocks[0].public_id}/{piece}/" for piece in evidence_of(shared.badge))
        yield f"/embed/b/{end}"
        for page in ("", "cv/"):
            for form in ("json", "xml"):
                yield f"/oembed?url=http://localhost:8000/b/{end}/{page}&format={form}"
    yield f"/backpack/collections/{shared.collection.public_id}/preview/"


def walked(shared):
    """Address -> what came, with where it led."""
    mine, visitor, came = browser(shared.owner), Client(), {}
    for address in addresses(shared):
        answer = (mine if address.startswith("/backpack/") else visitor).get(address)
        if answer.status_code == 302:
            parts = urlsplit(answer["Location"])
            answer = Client(headers={"host": parts.netloc}).get(f"{parts.path}?{parts.query}")
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200, address
        words = body.decode(errors="replace")
        if address.startswith("/backpack/"):  # above it the menu says who is signed in
            words = words.partition("<main")[2]
        came[address] = words + json.dumps(dict(answer.headers))
    for end in shared.ends:
        collection = queries.opened_by(end).collection
        made = sheet.of_collection(collection, end)
        board, _names, _pictures = boards.of_collection(collection, end)
        came[f"sheet of {end}"] = json.dumps([made.to_json(), made.by_line, made.signature_text, str(made.signature)])
        came[f"card of {end}"] = json.dumps(board[:3])
    return came


def named_in(came):
    return {address for address, body in came.items() for one in (NAME, "Zyxquill", INITIALS) if one in body}


def test_switched_off_the_name_stands_in_nothing_that_it_stood_in_before(shared):
    before = walked(shared)
    shared.switch(shows_name=False)
    after = walked(shared)
    shared.switch(shows_name=True)
    again = walked(shared)

    says = {
        f"{start}{end}{rest}"
        for end in shared.ends
        for start, rest in [
            *(("/b/", f"/{one}") for one in ("", "?from=1", "cv/", "skills/")),
            *(("/b/", f"/{block.public_id}/") for block in shared.blocks),
            ("/embed/b/", ""),
            *(
                ("/oembed?url=http://localhost:8000/b/", f"/{page}&format={form}")
                for page in ("", "cv/")
                for form in ("json", "xml")
            ),
            ("sheet of ", ""),
            ("card of ", ""),
        ]
    } | {f"/backpack/collections/{shared.collection.public_id}/preview/"}
    assert named_in(before) == says
    assert named_in(after) == set()
    assert named_in(again) == says
    assert shared.owner.email not in "".join(after.values())


def test_without_the_name_no_badge_is_led_to_its_own_page_which_says_it_and_none_opens_there(shared):
    own = [f"/c/{one.public_id}" for one in (shared.badge, shared.other)]
    before = [Client().get(one).status_code for one in own]

    shared.switch(shows_name=False)

    body = "".join(walked(shared).values())
    assert (before, [Client().get(one).status_code for one in own]) == ([200, 404], [404, 404])
    assert [one for one in own if one in body] == []


def test_what_its_earner_shows_by_itself_stays_open_and_the_page_does_not_lead_there(shared):
    verbs.show_credential(shared.badge, by=shared.owner, visibility="public")

    shared.switch(shows_name=False)

    own = f"/c/{shared.badge.public_id}"
    assert Client().get(own).status_code == 200
    assert own not in "".join(walked(shared).values())


def test_it_stands_on_no_page_that_says_who_they_are(shared):
    verbs.edit_profile(shared.owner, by=shared.owner, handle="zyxquill", shows_skills=True)
    verbs.turn_on_profile(shared.owner, by=shared.owner)
    before = Client().get("/p/zyxquill").content.decode()

    shared.switch(shows_name=False)

    after = Client().get("/p/zyxquill").content.decode()
    there = f"/b/{shared.collection.public_id}/"
    assert [there in one for one in (before, after)] == [True, False]


def test_the_page_switches_it_and_says_how_it_stands(shared):
    mine = browser(shared.owner)
    page = f"/backpack/collections/{shared.collection.public_id}/"
    words = {"title": "For the woolshed", "story": "Since 2023.", "layout": "pockets"}

    mine.post(page, words)
    off = Collection.objects.get(pk=shared.collection.pk).shows_name, mine.get(page).content.decode()
    mine.post(page, words | {"shows_name": "on"})
    on = Collection.objects.get(pk=shared.collection.pk).shows_name, mine.get(page).content.decode()

    told = "It does not say whose it is."
    assert [(shows, told in said) for shows, said in (off, on)] == [(False, True), (True, False)]
    assert Credential.objects.get(pk=shared.badge.pk).visibility == "link"


@pytest.mark.parametrize("page", ["share/", "publish/", "links/{link}/"])
def test_before_it_is_shown_it_is_said_whether_the_name_is(shared, page):
    mine = browser(shared.owner)
    there = f"/backpack/collections/{shared.collection.public_id}/{page.format(link=shared.link.public_id)}"
    told = ("sees its story, your name", "see its story, your name", "shown under your name")
    before = mine.get(there).content.decode()

    shared.switch(shows_name=False)

    after = mine.get(there).content.decode()
    assert [any(one in said for one in told) for said in (before, after)] == [True, False]
