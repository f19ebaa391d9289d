"""Two links of one collection that differ: one keeps back the earner's name, one the evidence, on every door they open."""

import pytest
from django.test import Client

from apps.backpacks import queries, tokens, verbs
from apps.backpacks.models import ShareLink
from apps.credentials.models import Credential
from apps.credentials.queries import evidence_of
from apps.submissions import links
from apps.submissions.models import EvidenceItem
from tests.backpacks.test_nameless import Shared, named_in, walked
from tests.factories import browser, events_of, person
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db


class InPart(Shared):
    """The collection by links alone; the walk goes by one of them."""

    def __init__(self, settings):
        super().__init__(settings)
        verbs.unpublish_collection(self.collection, by=self.owner)
        self.whole = self.link

    def by(self, **hides):
        """Another link, by which the walk goes from now on."""
        self.link = verbs.share(self.collection, by=self.owner, **hides)
        return self.link

    @property
    def ends(self):
        return (tokens.token_of(self.link.public_id),)

    @property
    def page(self):
        return f"/b/{self.ends[0]}/"


@pytest.fixture
def shared(settings):
    return InPart(settings)


def of_strangers(came):
    return {address: body for address, body in came.items() if not address.startswith("/backpack/")}


def own_pages(shared):
    return [f"/c/{one.public_id}" for one in (shared.badge, shared.other)]


def opened(addresses):
    return [Client().get(one).status_code for one in addresses]


# --- without the name -------------------------------------------------------------------------------------------------
def test_a_link_without_the_name_says_it_on_no_door_and_the_other_link_still_does(shared):
    before = named_in(of_strangers(walked(shared)))
    shared.by(hides_name=True)
    without = of_strangers(walked(shared))
    shared.link = shared.whole
    again = named_in(of_strangers(walked(shared)))

    assert named_in(without) == set()
    assert shared.owner.email not in "".join(without.values())
    assert (len(before) > 10, again) == (True, before)


def test_by_it_the_same_badges_and_the_same_work_are_seen_and_none_leads_to_its_own_page(shared):
    shared.by(hides_name=True)
    body = "".join(of_strangers(walked(shared)).values())  # each piece of the work opens, or the walk ends

    page = Client().get(shared.page).content.decode()
    assert [one in page for one in (shared.badge.version.name, "Since 2023.")] == [True, True]
    assert [one for one in own_pages(shared) if one in body] == []


def test_while_only_such_links_live_no_badge_can_be_opened_by_itself(shared):
    own, before = own_pages(shared), opened(own_pages(shared))
    part = shared.by(hides_name=True)
    verbs.revoke_link(shared.whole, by=shared.owner)
    alone = opened(own)
    seen = Client().get(shared.page).content.decode()
    shared.by(name="Whole again")
    both = opened(own)
    shared.link = part

    assert (before, alone, both) == ([200, 404], [404, 404], [200, 404])
    assert shared.badge.version.name in seen
    assert named_in(of_strangers(walked(shared))) == set()


# --- without evidence -------------------------------------------------------------------------------------------------
def pieces(shared):
    return [f"{shared.page}{shared.blocks[0].public_id}/{piece}/" for piece in evidence_of(shared.badge)]


def doors(shared):
    """All but the pieces themselves, which open nothing."""
    end = shared.ends[0]
    yield from (f"/b/{end}/{one}" for one in ("", "?from=1", "cv/", "skills/", "card.png", "qr.svg", "qr.png"))
    yield from (f"/b/{end}/{block.public_id}/" for block in shared.blocks)
    yield from (f"/embed/b/{end}", f"/oembed?url=http://localhost:8000/b/{end}/")


def said(shared):
    answers = [Client().get(one) for one in doors(shared)]
    assert {one.status_code for one in answers} == {200}
    return "".join(one.content.decode(errors="replace") for one in answers)


def test_a_link_without_evidence_names_and_opens_no_piece_of_it(shared):
    ids = evidence_of(shared.badge) + evidence_of(shared.other)
    whole = said(shared), set(opened(pieces(shared)))
    shared.by(hides_evidence=True)
    without = said(shared), set(opened(pieces(shared)))

    assert ([one for one in ids if one in whole[0]], whole[1]) == (ids, {200, 302})
    assert ([one for one in ids if one in without[0]], without[1]) == ([], {404})
    assert "Zyxquill" in without[0]
    assert [one for one in own_pages(shared) if one in without[0]] == []


def test_an_address_of_the_evidence_host_opens_by_the_link_that_shows_it_alone(shared):
    piece = EvidenceItem.objects.get(public_id=evidence_of(shared.badge)[0])

    def found(link):
        way = links.Way("link", link.public_id)
        token = links.to_file(piece, reader=None, way=way).split("/")[3]
        return links.behind(links.read(token)) is not None

    made = shared.by(hides_name=True), shared.by(hides_evidence=True), shared.by(hides_name=True, hides_evidence=True)
    assert [found(one) for one in (shared.whole, *made)] == [True, True, False, False]
    verbs.revoke_link(shared.whole, by=shared.owner)
    assert [found(one) for one in (shared.whole, *made)] == [False, True, False, False]


# --- never more -------------------------------------------------------------------------------------------------------
def test_no_link_shows_what_the_collection_or_a_badge_in_it_keeps_back(shared):
    verbs.edit_block(shared.blocks[0], by=shared.owner, shows_evidence=False, shows_result=False)
    shared.switch(shows_name=False)

    for hides in ({}, {"hides_name": True}, {"hides_evidence": True}):
        shared.by(**hides)
        came = said(shared)
        assert ([one for one in evidence_of(shared.badge) if one in came], "Zyxquill" in came) == ([], False)
        assert set(opened(pieces(shared))) == {404}
        assert opened(own_pages(shared)) == [404, 404]


def test_what_its_earner_hides_is_seen_by_no_link(shared):
    verbs.show_credential(shared.badge, by=shared.owner, visibility=Credential.Visibility.PRIVATE)
    shared.by(hides_name=True)

    assert Client().get(f"{shared.page}{shared.blocks[0].public_id}/").status_code == 404
    assert set(opened(pieces(shared))) == {404}


def test_what_is_hidden_though_only_parts_of_it_were_shown_leaves_an_event_and_once_only(shared):
    """The credential itself was private all along: only its place in collections changes."""
    verbs.revoke_link(shared.whole, by=shared.owner)
    shared.by(hides_name=True)
    shared.badge.refresh_from_db()
    item, was = shared.badge.backpack_item, shared.badge.visibility
    before = events_of(item)

    for visibility in ("private", "private"):
        verbs.show_credential(shared.badge, by=shared.owner, visibility=visibility)

    shared.badge.refresh_from_db()
    assert (was, shared.badge.visibility) == ("private", "private")
    assert events_of(item) == [*before, ("backpack_item.hidden", shared.owner.public_id)]
    verbs.show_credential(shared.badge, by=shared.owner, visibility="link")
    verbs.show_credential(shared.badge, by=shared.owner, visibility="link")
    assert events_of(item) == [
        *before,
        ("backpack_item.hidden", shared.owner.public_id),
        ("backpack_item.unhidden", shared.owner.public_id),
    ]


def test_a_collection_as_a_link_shows_it_is_never_kept(shared):
    shared.by(hides_name=True)
    seen = queries.opened_by(shared.ends[0]).collection

    with pytest.raises(RuntimeError, match="as a link shows it"):
        seen.save()
    shared.collection.refresh_from_db()
    assert (seen.shows_name, shared.collection.shows_name) == (False, True)


# --- made -------------------------------------------------------------------------------------------------------------
def test_asked_twice_for_the_same_it_is_one_link_and_for_less_another(shared):
    asked = ({"hides_name": True}, {"hides_name": True}, {"hides_evidence": True}, {})
    made = [verbs.share(shared.collection, by=shared.owner, **one) for one in asked]

    assert [one.pk == made[0].pk for one in made] == [True, True, False, False]
    assert made[3] == shared.whole
    assert [kind for kind, _by in events_of(shared.collection)].count("collection.shared") == 3


def test_the_form_makes_one_and_the_pages_say_what_it_keeps_back(shared):
    mine, at = browser(shared.owner), f"/backpack/collections/{shared.collection.public_id}/"
    mine.post(f"{at}share/", {"name": "Reid", "hides_name": "on", "hides_evidence": "on"})

    link = ShareLink.objects.get(name="Reid")
    sheet = mine.get(f"{at}links/{link.public_id}/").content.decode().partition("<main")[2]
    assert (link.hides_name, link.hides_evidence) == (True, True)
    assert "Without your name and without evidence" in mine.get(at).content.decode()
    assert ["It does not say whose it is." in sheet, "It shows no evidence." in sheet] == [True, True]
    assert "Zyxquill" not in sheet
    shared.switch(shows_name=False)
    assert "hides_name" not in mine.get(f"{at}share/").content.decode()


def test_the_api_makes_one_says_what_it_keeps_back_and_hands_on_no_name(shared):
    mine = program(shared.owner, "collections:read", "collections:write")
    at = f"/api/v1/backpack/collections/{shared.collection.public_id}/links/"

    made = mine.post(at, {"hides_name": True}, "application/json")
    told = [(one["hides_name"], one["hides_evidence"]) for one in mine.get(at).json()["results"]]
    handed_on = mine.get(f"{at}{made.json()['id']}/share/").content.decode()

    assert (made.status_code, made.json()["hides_name"], made.json()["hides_evidence"]) == (201, True, False)
    assert told == [(False, False), (True, False)]
    assert "Zyxquill" not in handed_on
    assert program(person(), "collections:write").post(at, {}, "application/json").status_code == 404
