"""What a holder does with things in their backpack, for programs, as on the pages."""

import pytest

from apps.backpacks import verbs
from apps.core import outbox
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from tests.backpacks import theirs
from tests.backpacks.test_items import declared
from tests.factories import awarded_credential, browser, credential_with_picture, person
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
BACKPACK, JSON = "/api/v1/backpack/", "application/json"
ALL = ("backpack:read", "backpack:write", "credentials:write", "sharing:write", "collections:read")


def at(item, *path):
    return BACKPACK + "".join(f"{one}/" for one in ("items", item.public_id, *path))


def seen(credential):
    return browser().get(f"/c/{credential.public_id}").status_code


@pytest.fixture
def held():
    return awarded_credential()


@pytest.fixture
def mine(held):
    return program(held.earner, *ALL)


def test_a_thing_is_noted_put_away_and_taken_out_again(held, mine):
    item = held.backpack_item
    noted = mine.patch(at(item), {"tags": ["Knives", "knives"], "note": "From Ana."}, JSON).json()
    away = mine.patch(at(item), {"archived": True}, JSON).json()
    back = mine.patch(at(item), {"archived": False, "tags": []}, JSON).json()

    told = [(one["tags"], one["note"], one["archived_at"] is not None) for one in (noted, away, back)]
    assert told == [(["Knives"], "From Ana.", False), (["Knives"], "From Ana.", True), ([], "From Ana.", False)]
    assert mine.get(at(item)).json() == back


def test_an_award_is_declined_and_kept_after_all(held, mine):
    item = held.backpack_item
    answers = [mine.post(at(item, act)).status_code for act in ("decline", "keep", "keep")]

    assert (answers, Credential.objects.get(pk=held.pk).state) == ([200] * 3, "claimed")


def test_who_sees_it_and_what_of_it_is_read_and_changed_alone():
    credential = credential_with_picture()
    item, mine = credential.backpack_item, program(credential.earner, *ALL)
    before = mine.get(at(item, "shown")).json()
    text, picture = (one["id"] for one in before["evidence"])

    shown = mine.patch(at(item, "shown"), {"visibility": "link"}, JSON).json()
    stranger = seen(credential)
    more = mine.patch(at(item, "shown"), {"evidence": [picture], "name": False}, JSON).json()
    hidden = mine.patch(at(item, "shown"), {"visibility": "private"}, JSON).json()

    told = {name: before[name] for name in ("visibility", "name", "words")}
    assert told == {"visibility": "private", "name": True, "words": credential.shows_words}
    assert [one["shown"] for one in before["evidence"]] == [False, False]
    assert shown == before | {"visibility": "link"}
    assert {one["id"]: one["shown"] for one in more["evidence"]} == {text: False, picture: True}
    assert (more["visibility"], more["name"]) == ("link", False)
    assert (stranger, hidden, seen(credential)) == (200, more | {"visibility": "private"}, 404)


def test_what_nobody_signed_is_told_of_and_thrown_away(mine):
    told = {"name": "Kete", "issuer_name": "Weavers", "earned_on": "2020-01-01"}
    made = mine.post(f"{BACKPACK}items/declare/", told, JSON)
    wrong = mine.post(f"{BACKPACK}items/declare/", told | {"ends_on": "2019-01-01"}, JSON)
    there = f"{BACKPACK}items/{made.json()['id']}/"

    assert (made.status_code, made.json()["standing"], wrong.status_code) == (201, "declared", 409)
    assert "It ends before it begins" in wrong.json()["detail"]
    assert [mine.delete(there).status_code, mine.get(there).status_code] == [204, 404]


def test_a_badge_from_elsewhere_is_looked_at_again_and_given_up_and_an_award_of_ours_is_neither(held, mine):
    foreign = verbs.file_foreign(credentials.keep_foreign(theirs.proof(), by=held.earner))
    told = declared(held.earner)
    again = [mine.post(at(one, "check-again")).status_code for one in (held.backpack_item, told)]
    gone = [mine.delete(at(one)).status_code for one in (foreign, held.backpack_item)]
    kept = [mine.post(at(one, "keep")).status_code for one in (held.backpack_item, told)]

    assert (again, gone, kept) == ([409, 409], [204, 409], [200, 409])
    assert held.earner.backpack_items.filter(credential=held).exists()


def test_what_was_brought_is_listed(mine):
    brought = mine.post(f"{BACKPACK}import/", {"text": theirs.proof().decode()}, JSON).json()
    outbox.drain()

    (listed,) = mine.get(f"{BACKPACK}imports/").json()["results"]
    assert (listed["id"], [one["outcome"] for one in listed["items"]]) == (brought["id"], ["kept"])


def test_all_of_it_is_carried_away_in_the_forms_of_the_page(held, mine):
    page = browser(held.earner)
    names = ("backpack.zip", "backpack-light.zip", "clr.json", "presentation.json", "badges.csv")
    answers = [
        (client.get(f"{there}{name}"))
        for name in names
        for client, there in ((mine, f"{BACKPACK}export/"), (page, "/backpack/export/"))
    ]
    told = [(one["Content-Type"], one["Content-Disposition"], len(one.getvalue()) > 0) for one in answers]

    assert told[::2] == told[1::2]
    assert answers[-2].getvalue() == answers[-1].getvalue()


def test_the_public_page_is_written_turned_on_and_off(held, mine):
    page = f"{BACKPACK}profile/"
    none = [mine.get(page).status_code, mine.post(f"{page}on/").status_code]
    written = mine.put(page, {"handle": "Hana-R", "headline": "Shearer"}, JSON).json()
    taken = program(person(), *ALL).put(page, {"handle": "hana-r"}, JSON)
    on = mine.post(f"{page}on/", {"may_be_found": True}, JSON).json()
    opened = browser().get("/p/hana-r").status_code
    off = mine.post(f"{page}off/").json()

    assert none == [404, 404]
    assert (written["handle"], written["headline"], written["is_on"]) == ("hana-r", "Shearer", False)
    assert (taken.status_code, "That address is taken" in taken.json()["detail"]) == (409, True)
    assert [(one["is_on"], one["may_be_found"]) for one in (on, off)] == [(True, True), (False, False)]
    assert (opened, browser().get("/p/hana-r").status_code) == (200, 404)


def test_a_collection_is_handed_on_by_a_link_or_by_its_own_address(held, mine):
    collection = verbs.make_collection(by=held.earner, title="Blades")
    verbs.collect(collection, held.backpack_item, by=held.earner)
    link = verbs.share(collection, by=held.earner)
    there = f"{BACKPACK}collections/{collection.public_id}/"
    by_link, early = mine.get(f"{there}links/{link.public_id}/share/"), mine.get(f"{there}share/")
    verbs.publish_collection(collection, by=held.earner)
    by_address = mine.get(f"{there}share/")
    verbs.revoke_link(link, by=held.earner)

    assert (by_link.status_code, early.status_code, by_address.status_code) == (200, 409, 200)
    assert by_address.json()["url"].endswith(f"/b/{collection.public_id}/")
    assert browser().get(by_link.json()["url"].removeprefix("http://localhost:8000")).status_code == 404
    assert mine.get(f"{there}links/{link.public_id}/share/").status_code == 404


def test_a_token_does_what_it_is_for_and_nobody_reaches_anothers_things(held, mine):
    item = held.backpack_item
    acts = (
        ("get", ()),
        ("patch", ()),
        ("delete", ()),
        ("post", ("keep",)),
        ("post", ("decline",)),
        ("post", ("check-again",)),
        ("get", ("shown",)),
        ("patch", ("shown",)),
    )
    reader, other = program(held.earner, "backpack:read"), program(person(), *ALL)

    asked = {
        whose: [getattr(client, method)(at(item, *path), content_type=JSON).status_code for method, path in acts]
        for whose, client in (("reader", reader), ("other", other))
    }

    assert asked == {"reader": [200, 403, 403, 403, 403, 403, 200, 403], "other": [404] * len(acts)}
