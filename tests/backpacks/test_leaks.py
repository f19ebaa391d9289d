"""One walk past everything that strangers can open: what an earner keeps back stands in none of it.

All of it is first found in the same walk by who may see it, so that nothing is missed because it was never there.
"""

import io
import json
import zipfile
from datetime import date

import pytest
from django.test import Client

from apps.backpacks import exporting, tokens, verbs
from apps.credentials import verbs as credentials
from apps.credentials.queries import evidence_of
from apps.submissions.models import EvidenceItem
from tests.backpacks.test_blocks import photograph
from tests.backpacks.test_items import picture
from tests.factories import awarded_credential, browser, person

pytestmark = pytest.mark.django_db

HIDDEN_COLLECTION, HIDDEN_STORY, TOLD = "Quokkaherd", "Wombatstory", "Numbatpaper"
TAG, NOTE, CAPTION, ABOUT, COVER = "bilbytag", "dingonote", "emucaption", "galahabout", "kookaburra cover"
FILES = (".json", ".png", ".svg", ".jwt", ".pdf", "/record", "/record.json", "/card.png", "/qr.svg", "/qr.png")
OLDER = ("/ob2.json", "/ob2.png", "/ob2.svg", "/share/", "/disclose/")


@pytest.fixture(scope="module")
def house(around_the_file):
    """An earner who hides one badge, shows another in part, keeps a collection and a paper to themselves."""
    hidden, shown = awarded_credential(), awarded_credential()
    owner, other = hidden.earner, shown.earner
    type(owner).objects.filter(pk=owner.pk).update(name="Zyxquill Wallaroo")
    owner.refresh_from_db()
    verbs.note_item(hidden.backpack_item, by=owner, tags=[TAG], note=NOTE)
    told = verbs.declare(by=owner, name=TOLD, issuer_name="School", earned_on=date(2025, 1, 1), picture=picture())
    collection = verbs.make_collection(by=owner, title=HIDDEN_COLLECTION, story=HIDDEN_STORY)
    blocks = [verbs.collect(collection, item, by=owner) for item in (hidden.backpack_item, told)]
    verbs.edit_block(blocks[1], by=owner, words=CAPTION)
    verbs.set_cover(collection, by=owner, picture=photograph(), alt=COVER)
    link = verbs.share(collection, by=owner)
    verbs.edit_profile(owner, by=owner, handle="zyxquill", about=ABOUT, shows_skills=True)
    return {
        "hidden": hidden,
        "shown": shown,
        "owner": owner,
        "other": other,
        "link": link,
        "blocks": blocks,
        "told": told,
    }


def addresses(house):
    """Everything that names what is hidden, and every list in which it could stand."""
    hidden, link, collection = house["hidden"], house["link"], house["link"].collection
    base = f"/c/{hidden.public_id}"
    for one in ("", *FILES, *OLDER):
        yield f"{base}{one}"
    yield f"/embed{base}"
    for end in (tokens.token_of(link.public_id), collection.public_id):
        for one in (
            "",
            "cv/",
            "skills/",
            "cover.jpg",
            "card.png",
            "qr.svg",
            *(f"{block.public_id}/" for block in house["blocks"]),
            *(f"{house['blocks'][0].public_id}/{piece}/" for piece in evidence_of(hidden)),
        ):
            yield f"/b/{end}/{one}"
        yield f"/b/{end}/{house['blocks'][1].public_id}/picture"
        yield f"/embed/b/{end}"
    for page in (base, f"/b/{collection.public_id}/", f"/b/{tokens.token_of(link.public_id)}/", "/p/zyxquill"):
        yield f"/oembed?url=http://localhost:8000{page}"
    yield from ("/p/zyxquill", "/p/zyxquill/card.png")
    yield f"/backpack/items/{house['told'].public_id}/picture"
    yield f"/backpack/collections/{collection.public_id}/preview/"
    yield from (
        "/sitemap.xml",
        "/sitemap-catalogue.xml",
        "/sitemap-achievements.xml",
        "/sitemap-issuers.xml",
        "/robots.txt",
    )
    for word in ("Zyxquill", HIDDEN_COLLECTION, TOLD, TAG, NOTE):
        yield f"/search/?q={word}"
        yield f"/catalogue/?q={word}"
        yield f"/backpack/?q={word}"
    yield from ("/api/v1/credentials/", "/api/v1/backpack/items/", f"/api/v1/credentials/{hidden.public_id}/share/")
    yield from ("/backpack/export/badges.csv", "/backpack/export/clr.json", "/backpack/export/presentation.json")


def secrets(house):
    """What must not stand in an answer that somebody else gets."""
    hidden = house["hidden"]
    pieces = EvidenceItem.objects.filter(public_id__in=evidence_of(hidden))
    return {
        *("Zyxquill", HIDDEN_COLLECTION, HIDDEN_STORY, TOLD, TAG, NOTE, CAPTION, ABOUT, COVER),
        *(piece.public_id for piece in pieces),
        *(piece.title for piece in pieces if len(piece.title) > len("After")),
        house["owner"].email,
    }


def answers(client, house):
    """Address -> (status, all that came)."""
    found = {}
    for address in addresses(house):
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found[address] = (answer.status_code, body.decode(errors="replace") + json.dumps(dict(answer.headers)))
    return found


def leaks(client, house):
    """What stands where; the question itself said back is no secret of the earner's."""
    kept = secrets(house)
    return {
        (address, secret)
        for address, (_status, text) in answers(client, house).items()
        for secret in kept
        if secret in text and secret not in address
    }


@pytest.fixture
def kept_back(house):
    """Everything is hidden again."""
    owner = house["owner"]
    verbs.unshare(house["link"].collection, by=owner)
    verbs.turn_off_profile(owner, by=owner)
    return house


def test_while_it_is_shown_all_of_it_is_found_on_the_same_walk(house):
    owner = house["owner"]
    verbs.publish_collection(house["link"].collection, by=owner)
    verbs.turn_on_profile(owner, by=owner)
    credentials.disclose(house["hidden"], by=owner, name=True, words=True, evidence=evidence_of(house["hidden"]))

    found = {secret for _address, secret in leaks(browser(owner), house)} | {s for _a, s in leaks(Client(), house)}

    # An e-mail address stands in none of it, whoever looks.
    assert secrets(house) - found == {owner.email}


@pytest.mark.parametrize("whose", ["visitor", "somebody else", "another earner"])
def test_what_is_hidden_stands_in_nothing_that_others_can_open(kept_back, whose):
    client = {
        "visitor": Client,
        "somebody else": lambda: browser(person()),
        "another earner": lambda: browser(kept_back["other"]),
    }[whose]()

    assert leaks(client, kept_back) == set()
    named = {
        a: s
        for a, (s, _t) in answers(client, kept_back).items()
        if a.startswith(("/c/", "/b/", "/p/", "/embed/", "/oembed"))
    }
    assert {status for status in named.values() if status != 302} == {404}


def test_it_is_in_no_archive_of_others(kept_back):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(exporting.archive(kept_back["other"]))))
    assert [
        (name, secret)
        for name in archive.namelist()
        for secret in secrets(kept_back)
        if secret.encode() in archive.read(name) or secret in name
    ] == []


def test_what_a_shown_page_keeps_back_does_not_stand_in_it(kept_back):
    """The other badge is shown: without its name, its result and its evidence."""
    owner, shown = kept_back["other"], kept_back["shown"]
    type(owner).objects.filter(pk=owner.pk).update(name="Yabbie Lyrebird")
    owner.refresh_from_db()
    credentials.disclose(shown, by=owner, name=True, words=True, evidence=evidence_of(shown))
    collection = verbs.make_collection(by=owner, title="In part")
    block = verbs.collect(collection, shown.backpack_item, by=owner)
    verbs.edit_block(block, by=owner, kind="large", shows_name=False, shows_result=False, shows_evidence=False)
    link = verbs.share(collection, by=owner)
    there = f"/b/{tokens.token_of(link.public_id)}/"
    criteria = [one["name"] for one in shown.snapshot["achievement"]["criteria"]]
    back = {shown.public_id, *criteria, *evidence_of(shown)}

    pages = "".join(Client().get(f"{there}{one}").content.decode() for one in ("", "cv/", f"{block.public_id}/"))
    assert {one for one in back if one in pages} == set()
    assert {Client().get(f"/c/{shown.public_id}{one}").status_code for one in ("", *FILES)} == {404}
    pieces = [f"{there}{block.public_id}/{one}/" for one in evidence_of(shown)]
    assert {Client().get(one).status_code for one in pieces} == {404}

    verbs.edit_block(block, by=owner, shows_name=True, shows_result=True, shows_evidence=True)
    pages = "".join(Client().get(f"{there}{one}").content.decode() for one in ("", "cv/", f"{block.public_id}/"))
    assert {one for one in back if one in pages} == back
    assert {Client().get(one).status_code for one in pieces} == {200}
