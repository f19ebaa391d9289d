"""A backpack that was carried away is taken in by another person's: what comes back is what went in."""

import io
import json
import zipfile

import pytest

from apps.backpacks import exporting, verbs
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from tests.backpacks.test_blocks import photograph
from tests.backpacks.test_items import declared, picture
from tests.credentials.abroad import abroad
from tests.factories import person

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


def test_what_is_not_well_is_named_and_the_rest_is_taken(carried):
    _owner, data = carried
    spoilt = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(spoilt, "w") as new:
        for one in old.infolist():
            body = old.read(one)
            if one.filename.startswith("elsewhere/") and "/original" in one.filename:
                body = body.replace(b'"Elsewhere"', b'"Somewhere"')
            new.writestr(one.filename, body)

    came = verbs.restore(spoilt, by=person())

    ((name, why),) = came.refused
    assert (came.kept, came.collections, bool(name), bool(why)) == (1, 1, True, True)


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
