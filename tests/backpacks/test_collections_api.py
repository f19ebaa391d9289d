"""Collections for programs: made, filled, put in order, shown and hidden as on the pages."""

import pytest
from django.test import Client

from apps.backpacks import verbs
from apps.backpacks.models import Collection
from apps.core.refused import Refused
from tests.backpacks.test_items import declared
from tests.factories import awarded_credential, browser, person
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
COLLECTIONS = "/api/v1/backpack/collections/"
BOTH = ("collections:read", "collections:write")
JSON = "application/json"


@pytest.fixture
def credential():
    return awarded_credential()


@pytest.fixture
def mine(credential):
    return program(credential.earner, *BOTH)


def made(client, title="For the woolshed", **words):
    return client.post(COLLECTIONS, {"title": title, **words}, JSON).json()


def at(collection, *path):
    return COLLECTIONS + "".join(f"{one}/" for one in (collection["id"], *path))


def filled(client, credential):
    collection = made(client)
    return client.post(at(collection, "parts"), {"item": credential.backpack_item.public_id}, JSON).json()


def test_a_collection_is_made_filled_put_in_order_and_thrown_away(credential, mine):
    collection = made(mine, story="Since **2023**.", layout="ledger")
    item = credential.backpack_item.public_id
    answers = [mine.post(at(collection, "parts"), {"item": item}, JSON) for _time in range(2)]
    heading = mine.post(at(collection, "parts"), {"kind": "heading", "words": "Knives"}, JSON).json()["parts"][1]["id"]
    badge = answers[0].json()["parts"][0]["id"]
    ordered = mine.put(at(collection, "order"), {"order": [heading, badge]}, JSON).json()
    mine.patch(at(collection, "parts", badge), {"kind": "large", "words": "My best.", "shows_result": False}, JSON)
    mine.patch(at(collection), {"title": "Kitchen\nwork", "shows_name": False}, JSON)
    found = mine.get(at(collection)).json()
    mine.delete(at(collection, "parts", heading))
    (listed,) = mine.get(COLLECTIONS).json()["results"]
    gone = [mine.delete(at(collection)), mine.get(at(collection))]

    assert [one.status_code for one in answers] == [201, 200]
    assert [one["id"] for one in ordered["parts"]] == [heading, badge]
    told = ("title", "story", "layout", "shows_name", "size", "visibility", "public_url")
    assert {name: found[name] for name in told} == {
        "title": "Kitchen work",
        "story": "Since **2023**.",
        "layout": "ledger",
        "shows_name": False,
        "size": 1,
        "visibility": "private",
        "public_url": None,
    }
    assert found["url"] == f"http://localhost:8000/backpack/collections/{found['id']}/"
    assert found["parts"][1] == {
        "id": badge,
        "kind": "large",
        "item": item,
        "words": "My best.",
        "shows_name": True,
        "shows_result": False,
        "shows_evidence": True,
    }
    assert (listed["id"], listed["title"], listed["size"]) == (found["id"], "Kitchen work", 1)
    assert [one.status_code for one in gone] == [204, 404]


def test_it_is_shown_by_links_and_to_everybody_and_hidden_again(credential, mine):
    collection = filled(mine, credential)
    stranger = Client()

    def opens(*addresses):
        return [stranger.get(one.removeprefix("http://localhost:8000")).status_code for one in addresses]

    link = mine.post(at(collection, "links"), {"name": "For Mere"}, JSON).json()
    by_link = opens(link["url"])
    (listed,) = mine.get(at(collection, "links")).json()["results"]
    public = mine.post(at(collection, "publish"), {"may_be_found": True}, JSON).json()
    to_all = opens(public["public_url"])
    mine.post(at(collection, "unpublish"), {}, JSON)
    not_to_all = opens(public["public_url"], link["url"])
    mine.delete(at(collection, "links", link["id"]))
    taken_back = opens(link["url"])
    again = mine.post(at(collection, "links"), {}, JSON).json()
    hidden = mine.post(at(collection, "unshare"), {}, JSON).json()

    assert (by_link, to_all, not_to_all, taken_back, opens(again["url"])) == ([200], [200], [404, 200], [404], [404])
    assert (listed, link["expires_at"]) == (link, None)
    assert (public["visibility"], public["may_be_found"], hidden["visibility"]) == ("public", True, "private")
    assert mine.get(at(collection, "links")).json()["results"] == []


def test_what_can_not_be_is_refused_in_words_and_changes_nothing(credential, mine):
    collection, empty = filled(mine, credential), made(mine, "Empty")
    badge = collection["parts"][0]["id"]
    text = mine.post(at(collection, "parts"), {"kind": "text", "words": "Hello."}, JSON).json()["parts"][1]["id"]
    before = mine.get(at(collection)).json()
    theirs = declared(person("Somebody else")).public_id
    answers = [
        mine.post(COLLECTIONS, {"title": " "}, JSON),
        mine.post(at(collection, "parts"), {"item": theirs}, JSON),
        mine.post(at(collection, "parts"), {"item": badge, "words": "Both"}, JSON),
        mine.post(at(collection, "parts"), {"kind": "large", "words": "x"}, JSON),
        mine.patch(at(collection, "parts", text), {"words": " "}, JSON),
        mine.patch(at(collection, "parts", text), {"shows_name": False}, JSON),
        mine.patch(at(collection, "parts", badge), {"kind": "text"}, JSON),
        mine.put(at(collection, "order"), {"order": badge}, JSON),
        mine.post(at(collection, "links"), {"expires_at": "2020-01-01T00:00Z"}, JSON),
        *(
            mine.post(at(collection, "links"), {"expires_at": f"{end}T23:59"}, JSON)
            for end in ("9999-12-31", "0001-01-01")
        ),
        mine.post(at(empty, "publish"), {}, JSON),
    ]

    assert [one.status_code for one in answers] == [400, 404, 400, 400, 400, 400, 409, 400, 409, 409, 409, 409]
    assert "Add a badge first" in answers[-1].content.decode()
    assert mine.get(at(collection)).json() == before


def test_each_address_says_what_can_be_asked_of_it(credential, mine):
    collection = filled(mine, credential)

    answers = [mine.options(at(collection, *path)) for path in ((), ("parts",), ("order",), ("links",), ("publish",))]

    assert [one.status_code for one in answers] == [200] * 5


def test_what_another_window_threw_away_is_told_and_not_an_error(credential, mine):
    collection = Collection.objects.get(public_id=filled(mine, credential)["id"])
    verbs.remove_collection(collection, by=credential.earner)

    with pytest.raises(Refused, match="This collection is gone"):
        verbs.publish_collection(collection, by=credential.earner)


@pytest.mark.parametrize("who", ["another earner", "by a token that only reads", "by a token for the backpack"])
def test_nobody_else_finds_or_changes_a_collection(credential, mine, who):
    collection = filled(mine, credential)
    link = mine.post(at(collection, "links"), {}, JSON).json()
    before = mine.get(at(collection)).json()
    other, status = {
        "another earner": (program(person(), *BOTH), 404),
        "by a token for the backpack": (program(credential.earner, "backpack:read", "backpack:write"), 403),
        "by a token that only reads": (program(credential.earner, "collections:read"), 403),
    }[who]
    badge = collection["parts"][0]["id"]

    answers = [
        other.patch(at(collection), {"title": "Mine"}, JSON),
        other.post(at(collection, "parts"), {"kind": "text", "words": "x"}, JSON),
        other.patch(at(collection, "parts", badge), {"words": "x"}, JSON),
        other.delete(at(collection, "parts", badge)),
        other.post(at(collection, "parts", badge, "put-back"), {}, JSON),
        other.put(at(collection, "order"), {"order": []}, JSON),
        other.post(at(collection, "links"), {}, JSON),
        other.delete(at(collection, "links", link["id"])),
        *(other.post(at(collection, act), {}, JSON) for act in ("publish", "unpublish", "unshare")),
        other.delete(at(collection)),
    ]

    assert {one.status_code for one in answers} == {status}
    assert other.get(at(collection)).status_code == (200 if who == "by a token that only reads" else status)
    assert mine.get(at(collection)).json() == before


def test_the_part_that_was_taken_out_last_is_put_back(credential, mine):
    collection = filled(mine, credential)
    badge = collection["parts"][0]["id"]
    mine.patch(at(collection, "parts", badge), {"words": "My best.", "shows_result": False}, JSON)
    before = mine.get(at(collection)).json()["parts"]
    mine.delete(at(collection, "parts", badge))

    back, again = (mine.post(at(collection, "parts", badge, "put-back"), {}, JSON) for _time in range(2))

    assert (back.status_code, back.json()["parts"]) == (200, before)
    assert (again.status_code, "put back any more" in again.text) == (409, True)


def test_a_page_of_collections_and_one_of_many_parts_ask_as_often_as_of_few(django_assert_num_queries):
    owner = person()
    few, many = (verbs.make_collection(by=owner, title=title) for title in ("Few", "Many"))
    for collection, number in ((few, 1), (many, 5)):
        for _number in range(number):
            verbs.collect(collection, declared(owner), by=owner)
    client = browser(owner)
    client.get(COLLECTIONS)

    for limit in (1, 2):
        with django_assert_num_queries(3):
            assert len(client.get(f"{COLLECTIONS}?limit={limit}").json()["results"]) == limit
    for collection in Collection.objects.all():
        with django_assert_num_queries(6):
            client.get(f"{COLLECTIONS}{collection.public_id}/")
