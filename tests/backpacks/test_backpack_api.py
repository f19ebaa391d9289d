"""The backpack for programs: what lies in it, and bringing badges from elsewhere."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.verbs import create_token
from apps.backpacks import verbs
from apps.core import outbox
from tests.backpacks import theirs
from tests.factories import awarded_credential, browser, person

pytestmark = pytest.mark.django_db
ITEMS, IMPORT = "/api/v1/backpack/items/", "/api/v1/backpack/import/"


def bring(client, **given):
    answer = client.post(IMPORT, given)
    outbox.drain()
    return answer, client.get(answer["Location"]).json()


def test_badges_are_brought_and_found_again():
    someone = person()
    client = browser(someone)
    answer, came = bring(
        client,
        files=[SimpleUploadedFile("one.json", theirs.proof()), SimpleUploadedFile("holiday.png", theirs.PNG)],
        text=theirs.token(number=2).decode(),
    )
    listed = client.get(ITEMS).json()["results"]

    assert (answer.status_code, answer.json()["finished_at"]) == (202, None)
    assert [(one["kind"], one["name"], one["outcome"], len(one["findings"])) for one in came["items"]] == [
        ("file", "one.json", "kept", 0),
        ("file", "holiday.png", "sick", 1),
        ("text", "Pasted text", "kept", 0),
    ]
    assert came["items"][1]["findings"][0]["cure"].startswith("Save the original")
    assert [one["id"] for one in listed] == [came["items"][2]["item"], came["items"][0]["item"]]
    assert {name: listed[1][name] for name in ("kind", "name", "issuer_name", "earned_on", "ends_on", "standing")} == {
        "kind": "elsewhere",
        "name": "Weave a kete",
        "issuer_name": "Weavers",
        "earned_on": "2026-01-02",
        "ends_on": None,
        "standing": "nameless",
    }
    assert (listed[1]["proved"], listed[1]["checked_at"] is None) == (False, False)


def test_json_is_taken_too_and_a_slip_is_answered_in_words():
    client = browser(person())

    good = client.post(IMPORT, {"text": theirs.proof().decode()}, content_type="application/json")
    nothing = client.post(IMPORT, {}, content_type="application/json")

    assert (good.status_code, nothing.status_code) == (202, 400)
    assert "Give at least one file or address." in str(nothing.json())


def test_items_are_filtered_as_on_the_page():
    credential = awarded_credential()
    someone = credential.earner
    told = verbs.declare(by=someone, name="Kete", issuer_name="Weavers", earned_on=date(2020, 1, 1))
    verbs.note_item(told, by=someone, tags=["wool"], note="Mine.")
    client = browser(someone)

    def found(**asked):
        return [one["id"] for one in client.get(ITEMS, asked).json()["results"]]

    own, kete = credential.backpack_item.public_id, told.public_id
    assert found() == [kete, own]
    assert (found(view="declared"), found(q="kete"), found(tag="wool"), found(year=2020)) == ([kete],) * 4
    assert (found(kind="declared"), found(kind="earned"), found(kind="elsewhere")) == ([kete], [own], [])
    assert (found(kind="earned", view="valid"), found(kind="declared", view="valid")) == ([own], [])
    assert (found(issuer="Weavers"), found(view="valid"), found(tag="\0"), found(year="x")) == (
        [kete],
        [own],
        [kete, own],
        [kete, own],
    )


def test_nobody_reads_anothers_and_a_token_needs_the_scope():
    someone = person()
    verbs.declare(by=someone, name="Kete", issuer_name="Weavers", earned_on=date(2020, 1, 1))
    _answer, came = bring(browser(someone), text="x")
    other = browser(person())

    assert other.get(ITEMS).json()["results"] == []
    assert other.get(f"/api/v1/backpack/imports/{came['id']}/").status_code == 404
    reading = create_token(someone, by=someone, name="a", scopes=["backpack:read"])[1]
    writing = create_token(someone, by=someone, name="b", scopes=["backpack:write"])[1]
    asked = [
        Client().get(ITEMS, headers={"Authorization": f"Bearer {reading}"}).status_code,
        Client().get(ITEMS, headers={"Authorization": f"Bearer {writing}"}).status_code,
        Client().post(IMPORT, {"text": "x"}, headers={"Authorization": f"Bearer {writing}"}).status_code,
        Client().post(IMPORT, {"text": "x"}, headers={"Authorization": f"Bearer {reading}"}).status_code,
        Client().get(ITEMS).status_code,
    ]
    assert asked == [200, 403, 202, 403, 401]
