from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from apps.backpacks import verbs
from apps.backpacks.models import Block, TakenOut
from apps.core import clock, outbox
from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.core.tasks import forget_old
from tests.backpacks.test_items import declared
from tests.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection():
    owner = person()
    made = verbs.make_collection(by=owner, title="For the woolshed")
    verbs.collect(made, declared(owner), by=owner)
    return made


def photograph():
    """With a place in it, as a telephone writes."""
    data = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Ōtaki, at home"
    Image.new("RGBA", (2400, 1200), (10, 80, 60, 120)).convert("RGB").save(data, "JPEG", exif=exif)
    return SimpleUploadedFile("dawn.jpg", data.getvalue(), content_type="image/jpeg")


def test_words_stand_between_the_badges_in_the_order_they_are_put(collection):
    owner = collection.person
    heading = verbs.write_block(collection, by=owner, kind="heading", words="Shearing")
    text = verbs.write_block(collection, by=owner, kind="text", words="Since **2023**.")
    badge = collection.blocks.get(kind="small")

    verbs.arrange(collection, by=owner, order=[heading.public_id, text.public_id, badge.public_id])
    verbs.publish_collection(collection, by=owner)

    page = Client().get(f"/b/{collection.public_id}/").content.decode()
    found = [page.index(one) for one in ("Shearing</h2>", "Since <strong>2023</strong>.", "First aid</a>")]
    assert found == sorted(found)


def test_words_stay_words_and_a_badge_stays_a_badge(collection):
    owner, badge = collection.person, collection.blocks.get()
    text = verbs.write_block(collection, by=owner, kind="text", words="Since 2023.")
    for act in (
        lambda: verbs.edit_block(badge, by=owner, kind="text"),
        lambda: verbs.edit_block(text, by=owner, kind="large"),
        lambda: verbs.write_block(collection, by=owner, kind="large", words="x"),
    ):
        with pytest.raises(Refused):
            act()
    verbs.edit_block(badge, by=owner, kind="large", words="My best.")
    verbs.edit_block(text, by=owner, kind="heading")
    assert [(one.kind, one.words) for one in collection.blocks.all()] == [
        ("large", "My best."),
        ("heading", "Since 2023."),
    ]


def test_the_database_holds_no_block_that_is_neither(collection):
    badge = collection.blocks.get()
    for changes in ({"item": None}, {"kind": "text"}):
        with pytest.raises(IntegrityError, match="block_holds_a_badge_or_words"), transaction.atomic():
            Block.objects.filter(pk=badge.pk).update(**changes)
    Block.objects.filter(pk=badge.pk).update(kind="large")


def test_what_is_taken_out_is_out_and_twice_is_once(collection):
    badge = collection.blocks.get()
    verbs.uncollect(badge, by=collection.person)
    verbs.uncollect(badge, by=collection.person)
    assert (collection.blocks.count(), collection.person.backpack_items.count()) == (0, 1)


def look_of(collection):
    names = ("public_id", "kind", "item", "words", "shows_name", "shows_result", "shows_evidence")
    return list(collection.blocks.values_list(*names))


@pytest.fixture
def three(collection):
    """A heading, a badge with a caption that keeps something back, a text."""
    owner, badge = collection.person, collection.blocks.get()
    heading = verbs.write_block(collection, by=owner, kind="heading", words="Shearing")
    text = verbs.write_block(collection, by=owner, kind="text", words="Since 2023.")
    verbs.edit_block(badge, by=owner, kind="large", words="My best.", shows_result=False)
    verbs.arrange(collection, by=owner, order=[one.public_id for one in (heading, badge, text)])
    return collection


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_was_taken_out_is_put_back_as_it_was_and_where_it_was(three, place):
    owner, before = three.person, look_of(three)
    block = three.blocks.all()[place]
    verbs.uncollect(block, by=owner)
    assert look_of(three) == [one for one in before if one[0] != block.public_id]

    verbs.put_back(three, by=owner, block_id=block.public_id)

    assert look_of(three) == before
    with pytest.raises(Refused, match="put back any more"):
        verbs.put_back(three, by=owner, block_id=block.public_id)
    item = block.item.public_id if block.item else ""
    happened = Event.objects.filter(kind__in=("collection.item_removed", "collection.item_put_back")).order_by("pk")
    assert [(one.kind, one.data) for one in happened] == [
        ("collection.item_removed", {"item": item}),
        ("collection.item_put_back", {"item": item}),
    ]


def test_it_goes_to_its_place_though_the_rest_was_put_in_order_meanwhile(three):
    owner, (heading, badge, text) = three.person, three.blocks.all()
    verbs.uncollect(badge, by=owner)
    verbs.arrange(three, by=owner, order=[text.public_id, heading.public_id])

    verbs.put_back(three, by=owner, block_id=badge.public_id)

    assert list(three.blocks.values_list("public_id", flat=True)) == [one.public_id for one in (text, badge, heading)]


def test_only_the_last_is_put_back_for_a_day_and_by_whose_it_is(three):
    owner, (heading, badge, text) = three.person, three.blocks.all()
    for one in (heading, text):
        verbs.uncollect(one, by=owner)

    with pytest.raises(Refused, match="put back any more"):
        verbs.put_back(three, by=owner, block_id=heading.public_id)
    with pytest.raises(PermissionDenied):
        verbs.put_back(three, by=person(), block_id=text.public_id)
    with clock.at(clock.now() + timedelta(days=1)), pytest.raises(Refused, match="put back any more"):
        verbs.put_back(three, by=owner, block_id=text.public_id)
    verbs.put_back(three, by=owner, block_id=text.public_id)
    assert [one.public_id for one in three.blocks.all()] == [badge.public_id, text.public_id]


def test_what_is_in_it_again_or_left_the_backpack_or_finds_no_room_is_not_put_back(three, monkeypatch):
    owner, (heading, badge, _text) = three.person, three.blocks.all()
    verbs.uncollect(badge, by=owner)
    again = verbs.collect(three, badge.item, by=owner)
    with pytest.raises(Refused, match="already back in the collection"):
        verbs.put_back(three, by=owner, block_id=badge.public_id)
    verbs.uncollect(again, by=owner)
    verbs.remove_declared(badge.item, by=owner)
    with pytest.raises(Refused, match="put back any more"):
        verbs.put_back(three, by=owner, block_id=again.public_id)

    verbs.uncollect(heading, by=owner)
    monkeypatch.setattr("apps.backpacks.verbs.collections.MOST_BLOCKS", 1)
    with pytest.raises(Refused, match="up to 1 parts"):
        verbs.put_back(three, by=owner, block_id=heading.public_id)


def test_what_was_taken_out_is_forgotten_after_a_day_and_with_its_collection(three):
    owner, block = three.person, three.blocks.first()
    other = verbs.make_collection(by=owner, title="Other")
    verbs.uncollect(verbs.write_block(other, by=owner, kind="text", words="Mine."), by=owner)
    verbs.uncollect(block, by=owner)
    verbs.remove_collection(other, by=owner)
    assert [one.collection for one in TakenOut.objects.all()] == [three]

    with clock.at(clock.now() + timedelta(days=2)):
        forget_old()
        outbox.drain()

    assert TakenOut.objects.count() == 0


def test_the_page_says_what_was_taken_out_and_undoes_it(three):
    client, base = Client(), f"/backpack/collections/{three.public_id}/"
    client.force_login(three.person)
    before, block = look_of(three), three.blocks.get(kind="large")
    undo = f"{base}blocks/{block.public_id}/put-back/"

    taken = client.post(f"{base}blocks/{block.public_id}/remove/")
    page = client.get(taken.url).content.decode()
    assert taken.url == f"{base}?taken={block.public_id}#inside"
    assert ("Taken out: “First aid”" in page, f'action="{undo}"' in page) == (True, True)
    assert "Taken out" not in client.get(base).content.decode()

    done = client.post(undo)
    late = client.post(undo, follow=True).content.decode()

    assert (done.url, look_of(three)) == (f"{base}#inside", before)
    assert "be put back any more" in late
    assert "Taken out" not in client.get(taken.url).content.decode()


def test_a_collection_has_an_end(collection, monkeypatch):
    monkeypatch.setattr("apps.backpacks.verbs.collections.MOST_BLOCKS", 2)
    owner = collection.person
    verbs.write_block(collection, by=owner, kind="text", words="x")
    with pytest.raises(Refused, match="up to 2 parts"):
        verbs.write_block(collection, by=owner, kind="text", words="y")


def test_a_cover_is_drawn_anew_without_what_its_camera_wrote_and_goes_with_the_collection(
    collection, django_capture_on_commit_callbacks
):
    owner = collection.person
    with django_capture_on_commit_callbacks(execute=True):
        verbs.set_cover(collection, by=owner, picture=photograph(), alt="A shed at dawn")
    collection.refresh_from_db()
    with default_storage.open(collection.cover, "rb") as file:
        data = file.read()
    with Image.open(BytesIO(data)) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (1600, 800), {})
    assert "Ōtaki".encode() not in data

    with django_capture_on_commit_callbacks(execute=True):
        verbs.remove_collection(collection, by=owner)
    assert not default_storage.exists(collection.cover)


def test_each_change_of_what_others_see_leaves_one_event_without_anyones_words_and_no_change_leaves_none(collection):
    owner, badge = collection.person, collection.blocks.get()
    last = Event.objects.latest("pk").pk

    text = verbs.write_block(collection, by=owner, kind="text", words="Since 2023.")
    for _twice in range(2):
        verbs.edit_collection(collection, by=owner, title=collection.title, story="At dawn.", shows_name=False)
        verbs.edit_block(badge, by=owner, kind="small", words="", shows_result=False, shows_evidence=False)
        verbs.edit_block(text, by=owner, kind="heading", words="Since 2022.")
        verbs.arrange(collection, by=owner, order=[text.public_id])
        verbs.set_cover(collection, by=owner, picture=photograph(), alt="A shed at dawn")
    for _twice in range(2):
        verbs.set_cover(collection, by=owner, picture=None)

    happened = Event.objects.filter(pk__gt=last).order_by("pk")
    assert {(one.subject_id, one.actor_id) for one in happened} == {(collection.public_id, owner.public_id)}
    assert [(one.kind, one.data) for one in happened] == [
        ("collection.block_written", {"block": text.public_id, "words": digest("Since 2023.")}),
        ("collection.edited", {"fields": ["shows_name", "story"]}),
        ("collection.block_edited", {"block": badge.public_id, "fields": ["shows_evidence", "shows_result"]}),
        (
            "collection.block_edited",
            {"block": text.public_id, "fields": ["kind", "words"], "words": digest("Since 2022.")},
        ),
        ("collection.arranged", {}),
        ("collection.cover_set", {"fields": ["cover", "cover_alt"]}),
        ("collection.cover_removed", {}),
    ]


def test_only_whose_it_is_writes_in_it(collection):
    stranger, badge = person(), collection.blocks.get()
    for act in (
        lambda by: verbs.write_block(collection, by=by, kind="text", words="x"),
        lambda by: verbs.edit_block(badge, by=by, words="x"),
        lambda by: verbs.set_cover(collection, by=by, picture=None),
        lambda by: verbs.uncollect(badge, by=by),
        lambda by: verbs.put_back(collection, by=by, block_id=badge.public_id),
    ):
        with pytest.raises(PermissionDenied):
            act(stranger)
        act(collection.person)


def test_the_page_adds_several_at_once_moves_by_arrows_and_by_a_whole_order():
    owner = person()
    client = Client()
    client.force_login(owner)
    client.post("/backpack/collections/new/", {"title": "Three"})
    collection = owner.collections.get()
    told = [declared(owner, name) for name in ("One", "Two", "Three")]
    base = f"/backpack/collections/{collection.public_id}"

    client.post(f"{base}/add/", {"item": ["\x00", *(one.public_id for one in told), "nonsense"]})
    order = list(collection.blocks.values_list("public_id", flat=True))
    client.post(f"{base}/arrange/", {"move": f"{order[2]}:up"})
    assert list(collection.blocks.values_list("public_id", flat=True)) == [order[0], order[2], order[1]]
    answer = client.post(f"{base}/arrange/", {"order": ",".join(order)}, headers={"X-Requested-With": "fetch"})

    assert (answer.status_code, list(collection.blocks.values_list("public_id", flat=True))) == (204, order)
    page = client.get(f"{base}/").content.decode()
    assert ("Everything you have is in it." in page, page.count("data-id=")) == (True, 3)
