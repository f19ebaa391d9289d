"""Pictures that earners put up are kept in the sizes of pages too: hidden with the whole, and forgotten with it."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.backpacks import leaving, verbs
from apps.core import outbox
from tests.backpacks.test_blocks import photograph
from tests.backpacks.test_items import declared
from tests.factories import browser, person

pytestmark = pytest.mark.django_db


def certificate():
    """A scan, upright and finely grained."""
    data = BytesIO()
    Image.effect_noise((900, 1200), 60).convert("RGB").save(data, "JPEG", quality=95)
    return SimpleUploadedFile("scan.jpg", data.getvalue(), content_type="image/jpeg")


@pytest.fixture
def shown():
    """A told badge and a cover, seen by everybody."""
    owner = person()
    item = declared(owner, picture=certificate())
    collection = verbs.make_collection(by=owner, title="For the woolshed")
    block = verbs.collect(collection, item, by=owner)
    verbs.set_cover(collection, by=owner, picture=photograph(), alt="A shed at dawn")
    collection = verbs.publish_collection(collection, by=owner)
    return item, collection, block


def drawn(answer):
    assert answer.status_code == 200
    with Image.open(BytesIO(answer.content)) as picture:
        return picture.format, picture.size, answer["Content-Type"]


def kept():
    """Every file of a badge's picture or a cover that lies in the storage."""
    found = set()
    for top in ("items", "covers"):
        for folder in default_storage.listdir(top)[0] if default_storage.exists(top) else []:
            found |= {f"{top}/{folder}/{name}" for name in default_storage.listdir(f"{top}/{folder}")[1]}
    return found


def numbers(names):
    return {top: sum(one.startswith(f"{top}/") for one in names) for top in ("items", "covers")}


def test_each_address_answers_in_the_widths_of_pages_at_a_fraction_of_the_whole(shown):
    item, collection, block = shown
    mine, there = browser(item.person), f"/b/{collection.public_id}/"
    badge, cover = f"{there}{block.public_id}/picture", f"{there}cover.jpg"

    found = [drawn(Client().get(one)) for one in (badge, f"{badge}?w=240", f"{badge}?w=480")]
    covers = [drawn(Client().get(one)) for one in (cover, f"{cover}?w=480", f"{cover}?w=960", f"{cover}?w=1600")]
    own = [f"/backpack/items/{item.public_id}/picture", f"/backpack/collections/{collection.public_id}/cover.jpg"]
    owners = [drawn(mine.get(f"{one}?w=480")) for one in own]

    assert found == [
        ("PNG", (900, 1200), "image/png"),
        ("WEBP", (240, 320), "image/webp"),
        ("WEBP", (480, 640), "image/webp"),
    ]
    assert covers == [
        ("JPEG", (1600, 800), "image/jpeg"),
        ("WEBP", (480, 240), "image/webp"),
        ("WEBP", (960, 480), "image/webp"),
        ("WEBP", (1600, 800), "image/webp"),
    ]
    assert owners == [("WEBP", (480, 640), "image/webp"), ("WEBP", (480, 240), "image/webp")]
    assert len(Client().get(f"{badge}?w=240").content) < len(Client().get(badge).content) / 10


@pytest.mark.parametrize("width", ["241", "0", "-240", "240.0", "٢٤٠", "99999999", "x"])
def test_of_no_other_width_there_is_anything(shown, width):
    _item, collection, block = shown
    there = f"/b/{collection.public_id}/"

    asked = [Client().get(f"{there}{one}", {"w": width}) for one in (f"{block.public_id}/picture", "cover.jpg")]

    assert [one.status_code for one in asked] == [404, 404]


def test_who_has_a_size_is_told_that_it_is_the_same_until_it_is_hidden(shown):
    item, collection, block = shown
    there = f"/b/{collection.public_id}/{block.public_id}/picture"
    tags = [Client().get(f"{there}{end}")["ETag"] for end in ("", "?w=240", "?w=480")]
    again = Client().get(f"{there}?w=240", headers={"If-None-Match": tags[1]})
    other = Client().get(f"{there}?w=480", headers={"If-None-Match": tags[1]})

    verbs.unshare(collection, by=item.person)
    hidden = Client().get(f"{there}?w=240", headers={"If-None-Match": tags[1]})

    assert len(set(tags)) == 3
    assert [one.status_code for one in (again, other, hidden)] == [304, 200, 404]


def test_pages_name_the_sizes_beside_the_whole(shown):
    item, collection, block = shown
    there = f"/b/{collection.public_id}/"
    badge, cover = f"{there}{block.public_id}/picture", f"{there}cover.jpg"
    both = f'srcset="{badge}?w=240 240w, {badge}?w=480 480w" sizes="240px"'
    mine = f"/backpack/items/{item.public_id}/picture"

    card = Client().get(there).text
    verbs.edit_block(block, by=item.person, kind="large")
    large, inside = (Client().get(one).text for one in (there, f"{there}{block.public_id}/"))
    frame = Client().get(f"/embed/b/{collection.public_id}").text
    backpack, own = (browser(item.person).get(one).text for one in ("/backpack/", f"/backpack/items/{item.public_id}/"))

    assert f'srcset="{badge}?w=240"><img src="{badge}"' in card
    assert f'srcset="{cover}?w=480 480w, {cover}?w=960 960w, {cover}?w=1600 1600w"' in card
    set_cover = f"/backpack/collections/{collection.public_id}/cover"
    assert f"{set_cover}.jpg?w=480 480w" in browser(item.person).get(f"{set_cover}/").text
    assert [both in one for one in (large, inside)] == [True, True]
    assert f'srcset="{badge}?w=240"' in frame
    assert (f'srcset="{mine}?w=240"' in backpack, f"{mine}?w=480 480w" in own) == (True, True)


def test_what_was_kept_before_there_were_sizes_is_answered_whole(shown):
    _item, collection, block = shown
    there = f"/b/{collection.public_id}/"
    for name in kept():
        if name.endswith(".webp"):
            default_storage.delete(name)

    found = [drawn(Client().get(f"{there}{one}?w=480")) for one in (f"{block.public_id}/picture", "cover.jpg")]

    assert found == [("PNG", (900, 1200), "image/png"), ("JPEG", (1600, 800), "image/jpeg")]


ENDS = {
    "the cover is taken away": (lambda _i, c: verbs.set_cover(c, by=c.person, picture=None), "covers", False),
    "another cover is put up": (lambda _i, c: verbs.set_cover(c, by=c.person, picture=certificate()), "covers", True),
    "the collection is removed": (lambda _i, c: verbs.remove_collection(c, by=c.person), "covers", False),
    "the badge is removed": (lambda i, _c: verbs.remove_declared(i, by=i.person), "items", False),
}


@pytest.mark.parametrize("end", ENDS)
def test_all_sizes_go_with_the_whole(shown, end, django_capture_on_commit_callbacks):
    item, collection, _block = shown
    before = kept()
    act, goes, new = ENDS[end]

    with django_capture_on_commit_callbacks(execute=True):
        act(item, collection)

    after = kept()
    assert numbers(before) == {"items": 3, "covers": 4}
    assert numbers(after) == numbers(before) | {goes: 4 if new else 0}
    assert {one for one in after & before if one.startswith(goes)} == set()


def test_of_who_leaves_every_size_is_forgotten(shown):
    item, _collection, _block = shown
    before = kept()

    leaving.forget(item.person_id)
    outbox.drain()

    assert (len(before), kept()) == (7, set())
