"""What a badge shows of its work opens under the collection, also where the badge keeps something else back there."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client

from apps.backpacks import tokens, verbs
from apps.core import clock
from apps.credentials import verbs as credentials
from apps.credentials.queries import evidence_of
from apps.submissions.models import EvidenceItem
from tests.backpacks.test_items import declared
from tests.backpacks.test_skills import aligned_version
from tests.factories import browser, credential_with_picture, person

pytestmark = pytest.mark.django_db
NAME, WORDS = "Zyxquill Wallaroo", "I sharpened ten knives."


class Share:
    """A badge with a text and a picture, large in a collection that others open by a link, without its earner's name."""

    def __init__(self, credential):
        self.credential, self.owner = credential, credential.earner
        self.text, self.picture = evidence_of(credential)
        self.disclose(self.text, self.picture)
        self.collection = verbs.make_collection(by=self.owner, title="For the woolshed")
        self.block = verbs.collect(self.collection, credential.backpack_item, by=self.owner)
        self.edit(kind="large", shows_name=False)
        self.link = verbs.share(self.collection, by=self.owner)
        self.there = f"/b/{tokens.token_of(self.link.public_id)}/"

    def disclose(self, *pieces):
        credentials.disclose(self.credential, by=self.owner, name=True, words=False, evidence=pieces)

    def edit(self, **changes):
        self.block = verbs.edit_block(self.block, by=self.owner, **changes)

    def at(self, piece, there=None):
        return f"{there or self.there}{self.block.public_id}/{piece}/"


@pytest.fixture
def share():
    owner = person(NAME)
    return Share(credential_with_picture(learner=owner, title=f"{NAME} at work", name="zyxquill.png"))


def linked(address, pieces):
    """Where the pieces of a page lead."""
    page = unescape(Client().get(address).content.decode())
    return [one for one in re.findall(r'href="([^"]*)"', page) if any(piece in one for piece in pieces)]


def opened(address):
    """What a stranger gets, and where they were led to last."""
    answer = Client().get(address)
    if answer.status_code == 302:
        address = answer["Location"]
        answer = from_evidence_host(address)
    return answer, address


def from_evidence_host(address):
    parts = urlsplit(address)
    answer = Client(headers={"host": parts.netloc}).get(f"{parts.path}?{parts.query}")
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def said(answer):
    body = answer.body if answer.streaming else answer.content
    return body.decode(errors="replace") + str(dict(answer.headers))


@pytest.mark.parametrize("page", ["", "block"])
def test_each_link_to_the_work_of_a_badge_without_its_name_opens_for_strangers_and_does_not_name_it(share, page):
    found = linked(share.there + (f"{share.block.public_id}/" if page else ""), [share.text, share.picture])

    answers = [opened(address)[0] for address in found]

    assert found == [share.at(share.text), share.at(share.picture)]
    assert [(one.status_code, one["Content-Type"]) for one in answers] == [
        (200, "text/html; charset=utf-8"),
        (200, "image/png"),
    ]
    told = [said(one) for one in answers]
    assert WORDS in told[0]
    assert [secret for secret in (NAME, "Zyxquill", "zyxquill", "Log<") for one in told if secret in one] == []


def test_a_badge_that_keeps_nothing_back_leads_to_the_addresses_that_are_signed(share):
    share.edit(shows_name=True)

    found = linked(share.there, [share.text, share.picture])

    assert [urlsplit(one).path for one in found] == [f"/e/{share.text}", f"/e/{share.picture}"]
    assert [opened(urlsplit(one).path)[0].status_code for one in found] == [200, 200]
    assert opened(share.at(share.text))[0].status_code == 200  # as a page says that was open before


ENDINGS = {
    "the link is taken back": lambda one: verbs.revoke_link(one.link, by=one.owner),
    "the collection is hidden": lambda one: verbs.unshare(one.collection, by=one.owner),
    "the collection is removed": lambda one: verbs.remove_collection(one.collection, by=one.owner),
    "the evidence is switched off there": lambda one: one.edit(shows_evidence=False),
    "the badge is taken out": lambda one: verbs.uncollect(one.block, by=one.owner),
    "the badge is hidden": lambda one: verbs.show_credential(one.credential, by=one.owner, visibility="private"),
    "the piece is no longer shown": lambda one: one.disclose(),
}


@pytest.mark.parametrize("end", ENDINGS)
def test_it_ends_with_the_next_request_also_on_the_evidence_host(share, end):
    _answer, held = opened(share.at(share.picture))
    before = [opened(share.at(share.text))[0].status_code, from_evidence_host(held).status_code]

    ENDINGS[end](share)

    after = [opened(share.at(share.text))[0].status_code, from_evidence_host(held).status_code]
    assert (before, after) == ([200, 200], [404, 404])


def test_a_link_that_runs_out_takes_what_was_opened_by_it_along(share):
    now = clock.now()
    short = verbs.share(share.collection, by=share.owner, name="Short", expires_at=now + timedelta(minutes=1))
    _answer, held = opened(share.at(share.picture, f"/b/{tokens.token_of(short.public_id)}/"))
    _answer, others = opened(share.at(share.picture))

    with clock.at(now + timedelta(minutes=2)):
        found = [from_evidence_host(one).status_code for one in (held, others)]

    assert found == [404, 200]


def test_by_one_collection_opens_nothing_of_another_and_nothing_that_is_not_shown(share):
    other = Share(credential_with_picture(learner=share.owner, title="Other", name="other.png"))
    share.disclose(share.text)
    told = verbs.collect(share.collection, declared(share.owner), by=share.owner)

    found = {
        "the piece that is kept back": share.at(share.picture),
        "a piece of another badge": share.at(other.text),
        "under another badge": f"{share.there}{told.public_id}/{share.text}/",
        "under another collection": f"{other.there}{share.block.public_id}/{share.text}/",
        "by another link": share.at(share.text, f"/b/{'a' * 26}/"),
    }

    assert {name: Client().get(one).status_code for name, one in found.items()} == dict.fromkeys(found, 404)
    assert opened(share.at(share.text))[0].status_code == 200


def test_of_a_public_collection_it_opens_until_it_is_public_no_more(share):
    verbs.publish_collection(share.collection, by=share.owner)
    there = f"/b/{share.collection.public_id}/"
    (found, held), (_same, by_link) = opened(share.at(share.picture, there)), opened(share.at(share.picture))
    assert found.status_code == 200

    verbs.unpublish_collection(share.collection, by=share.owner)

    assert [from_evidence_host(one).status_code for one in (held, by_link)] == [404, 200]


def test_skills_lead_to_the_same_addresses():
    version, _first = aligned_version()
    share = Share(credential_with_picture(version=version))

    without_a_name = linked(f"{share.there}skills/", [share.text, share.picture])
    share.edit(shows_name=True)
    with_all = linked(f"{share.there}skills/", [share.text, share.picture])

    assert set(without_a_name) == {share.at(share.text), share.at(share.picture)}
    assert {urlsplit(one).path for one in with_all} == {f"/e/{share.text}", f"/e/{share.picture}"}


def test_its_earner_sees_there_what_strangers_see(share):
    page = browser(share.owner).get(share.at(share.text)).content.decode()

    assert "<h1>Evidence</h1>" in page
    assert EvidenceItem.objects.get(public_id=share.text).title not in page
