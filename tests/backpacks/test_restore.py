"""A backpack that was carried away is taken in by another person's: what comes back is what went in."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.backpacks import exporting, verbs
from apps.backpacks.models import Import
from apps.core import clock, outbox
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from tests.backpacks.test_blocks import photograph
from tests.backpacks.test_items import declared, picture
from tests.credentials.abroad import abroad
from tests.factories import browser, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def carried(settings):
    owner = person("Ana")
    with abroad(settings) as there:
        kept = credentials.keep_foreign(there.badge(owner.email), by=owner)
        foreign = verbs.file_foreign(kept)
        told = declared(owner, picture=picture(), words="Two days.")
        verbs.note_item(foreign, by=owner, tags=["shed"], note="Ask Brita.")
        verbs.archive_item(told, by=owner)
        collection = verbs.make_collection(by=owner, title="For the woolshed", story="Sharp.", layout="ledger")
        verbs.write_block(collection, by=owner, kind="heading", words="Blades")
        block = verbs.collect(collection, foreign, by=owner)
        verbs.edit_block(block, by=owner, kind="large", words="My best.", shows_name=False)
        verbs.collect(collection, told, by=owner)
        verbs.set_cover(collection, by=owner, picture=photograph(), alt="A shed at dawn")
        yield owner, b"".join(exporting.archive(owner))


def shape(owner):
    """All that a person would know again."""
    items = [
        (
            one.kind,
            one.name,
            one.issuer_name,
            one.earned_on,
            one.tags,
            one.note,
            bool(one.archived_at),
            bool(one.picture),
        )
        for one in owner.backpack_items.order_by("kind")
    ]
    signed = [(one.text, one.sha256, one.kind, one.valid_from) for one in owner.foreign_credentials.all()]
    collections = [
        (
            *(one.title, one.story, one.layout, one.cover_alt, bool(one.cover)),
            [
                (b.kind, b.words, b.item and b.item.name, b.shows_name, b.shows_result, b.shows_evidence)
                for b in one.blocks.select_related("item")
            ],
        )
        for one in owner.collections.all()
    ]
    return items, signed, collections


def test_what_comes_back_is_what_went_in_and_twice_is_once(carried):
    owner, data = carried
    other = person("Bo")

    first = verbs.restore(io.BytesIO(data), by=other)
    again = verbs.restore(io.BytesIO(data), by=other)

    assert (first.kept, first.collections, first.refused) == (2, 1, [])
    assert (again.kept, again.collections, again.refused) == (2, 0, [])
    assert shape(other) == shape(owner)
    assert other.foreign_credentials.get().proved_address == ""


def test_nothing_that_comes_back_is_shown_to_anybody(carried):
    owner, data = carried
    verbs.publish_collection(owner.collections.get(), by=owner)
    other = person("Bo")

    verbs.restore(io.BytesIO(data), by=other)

    assert [one.visibility for one in other.collections.all()] == ["private"]


def with_other_bytes(data, name, before, after):
    """The archive with other words in the files that `name` names."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(changed, "w") as new:
        for one in old.infolist():
            body = old.read(one)
            new.writestr(one.filename, body.replace(before, after) if name in one.filename else body)
    return changed.getvalue()


def spoilt(data):
    return with_other_bytes(data, "/original", b'"Elsewhere"', b'"Somewhere"')


def test_what_is_not_well_is_named_and_the_rest_is_taken(carried):
    _owner, data = carried

    came = verbs.restore(io.BytesIO(spoilt(data)), by=person())

    (left,) = came.refused
    assert (came.kept, came.collections, bool(left.name), bool(left.why)) == (1, 1, True, True)
    assert b'"Somewhere"' in left.data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive",
        {"README.txt": "x"},
        {"manifest.json": "{"},
        {"manifest.json": "[]"},
        {"manifest.json": json.dumps({"format": "another", "items": []})},
        {
            "manifest.json": json.dumps(
                {"format": "satchel-backpack-1", "items": [{"kind": "earned"}], "collections": []}
            )
        },
        {"manifest.json": json.dumps({"format": "satchel-backpack-1", "items": {}, "collections": None})},
    ],
)
def test_what_is_no_backpack_is_refused_in_a_sentence(data):
    if isinstance(data, dict):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for name, body in data.items():
                archive.writestr(name, body)
        data = made.getvalue()

    with pytest.raises(Refused, match="no backpack of a Satchel"):
        verbs.restore(io.BytesIO(data), by=person())


# --- by the page --------------------------------------------------------------------------------------------------------
def brought(by, data):
    """The page's own form, and what its page says once every job is done."""
    client = browser(by)
    answer = client.post("/backpack/import/", {"picture": [SimpleUploadedFile("backpack.zip", data)]})
    outbox.drain()
    made = Import.objects.get(public_id=answer.url.split("/")[-2])
    rows = list(made.items.order_by("position").values_list("name", "outcome", "file"))
    return rows, client.get(answer.url).content.decode()


def test_a_whole_backpack_that_is_brought_by_the_page_brings_all_that_was_made_of_it_and_twice_is_once(carried):
    owner, data = carried
    other = person("Bo")

    first, again = (brought(other, data) for _time in range(2))

    assert [rows for rows, _page in (first, again)] == [[("backpack.zip", "kept", "")]] * 2
    assert "A whole backpack: 2 badges are in yours now, with their tags and notes. 1 collection was made." in first[1]
    assert "collection was made" not in again[1]
    assert shape(other) == shape(owner)
    assert [one.visibility for one in other.collections.all()] == ["private"]


def test_what_somebody_made_of_their_own_since_stays(carried):
    owner, data = carried
    foreign, told = (owner.backpack_items.get(kind=kind) for kind in ("elsewhere", "declared"))
    with clock.at(clock.now() + timedelta(days=1)):
        verbs.note_item(foreign, by=owner, tags=["blades"], note="Asked her.")
        verbs.unarchive_item(told, by=owner)
        rows, _page = brought(owner, data)

    for one in (foreign, told):
        one.refresh_from_db()
    assert rows == [("backpack.zip", "kept", "")]
    assert (foreign.tags, foreign.note, told.archived_at) == (["blades", "shed"], "Asked her.", None)
    assert (owner.backpack_items.count(), owner.collections.count()) == (2, 1)


def test_what_a_backpack_holds_that_is_not_well_is_seen_by_the_doctor(carried):
    _owner, data = carried
    other = person("Bo")

    rows, page = brought(other, spoilt(data))

    assert [(name.partition(":")[0], outcome, bool(file)) for name, outcome, file in rows] == [
        ("backpack.zip", "kept", False),
        ("backpack.zip", "sick", True),
    ]
    assert (
        "1 badge is in yours now, with its tags and its note. 1 collection was made. 1 was not taken: see below."
        in page
    )
    assert ("1 needs the doctor" in page, "What helps" in page, "Try again" in page) == (True, True, True)


@pytest.mark.parametrize(("name", "before", "after"), [
    ("manifest.json", b'"collections"', b'"kept apart"'),
    ("manifest.json", b'"For the woolshed"', b"17"),
    ("manifest.json", b'"shed"', b'["shed"]'),
])  # fmt: skip
def test_a_backpack_that_is_broken_is_a_row_with_a_sentence(carried, name, before, after):
    _owner, data = carried

    rows, page = brought(person(), with_other_bytes(data, name, before, after))

    assert [(name, outcome) for name, outcome, _file in rows] == [("backpack.zip", "sick")]
    assert "That is no backpack of a Satchel, or it is broken." in page
