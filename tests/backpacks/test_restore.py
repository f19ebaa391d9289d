"""A backpack that was carried away is taken in by another person's: what comes back is what went in."""

import io
import json
import threading
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection

from apps.backpacks import exporting, showing, unpacking, verbs
from apps.backpacks.models import Import, ImportedItem
from apps.backpacks.verbs import importing, items, restoring
from apps.core import clock, outbox
from apps.core.models import Job
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.credentials.verbs import keeping
from tests.backpacks import theirs
from tests.backpacks.test_blocks import photograph
from tests.backpacks.test_items import declared, picture
from tests.credentials.abroad import abroad
from tests.factories import awarded_credential, browser, person

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
        collection = verbs.make_collection(
            by=owner, title="For the woolshed", story="Sharp.", layout="ledger", shows_name=False
        )
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
            *(one.title, one.story, one.layout, one.shows_name, one.cover_alt, bool(one.cover)),
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


def retold(data, change, **files):
    """The archive with another list, and with more files."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        told = json.loads(old.read("manifest.json"))
        change(told)
        for name in {*old.namelist(), *files} - {"manifest.json"}:
            new.writestr(name, files[name] if name in files else old.read(name))
        new.writestr("manifest.json", json.dumps(told))
    return changed.getvalue()


def of_elsewhere(told):
    return next(one for one in told["items"] if one["kind"] == "elsewhere")


def more(*files):
    """Adds an item from elsewhere for each of these files to a list."""

    def change(told):
        first = of_elsewhere(told)
        for number, file in enumerate(files):
            told["items"].append({**first, "id": f"more-{number}", "name": f"More {number}", "file": file})

    return change


def spoilt(data):
    return with_other_bytes(data, "/original", b'"Elsewhere"', b'"Somewhere"')


def test_what_is_not_well_is_named_and_the_rest_is_taken(carried):
    _owner, data = carried

    came = verbs.restore(io.BytesIO(spoilt(data)), by=person())

    (left,) = came.refused
    assert (came.kept, came.collections, bool(left.name), bool(left.why)) == (1, 1, True, True)
    with zipfile.ZipFile(io.BytesIO(spoilt(data))) as archive:
        assert b'"Somewhere"' in archive.read(left.member)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive",
        {"README.txt": "x"},
        {"manifest.json": "{"},
        {"manifest.json": "[]"},
        {"manifest.json": json.dumps({"format": "another", "items": []})},
        {"manifest.json": json.dumps({"format": "satchel-backpack-1", "items": []})},
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

    with pytest.raises(Refused, match="not a backpack from Satchel"):
        verbs.restore(io.BytesIO(data), by=person())


MISREAD = "Its entry in the archive can’t be read."


def bad_tag(told):
    of_elsewhere(told)["tags"] = [["shed"]]


def no_day(told):
    next(one for one in told["items"] if one["kind"] == "declared")["earned_on"] = None


def long_name(told):
    one = next(one for one in told["items"] if one["kind"] == "declared")
    one["name"] = "x" * 201


def bad_title(told):
    told["collections"][0]["title"] = 17


def bad_kind(told):
    told["collections"][0]["blocks"][0]["kind"] = "song"


def control(told):
    told["collections"][0]["story"] = "\x00"


def no_tags(told):
    of_elsewhere(told)["tags"] = "shed"


def no_item(told):
    told["items"].insert(0, "nothing")


@pytest.mark.parametrize(
    ("change", "kept", "collections", "name"),
    [
        (bad_tag, 1, 1, "Shear a full-wool ewe — كامل — 羊毛 — 😀"),
        (no_tags, 1, 1, "Shear a full-wool ewe — كامل — 羊毛 — 😀"),
        (no_day, 1, 1, None),
        (long_name, 1, 1, "x" * 200),
        (bad_title, 2, 0, "a file without a name"),
        (bad_kind, 2, 0, "For the woolshed"),
        (control, 2, 0, "For the woolshed"),
        (no_item, 2, 1, "a file without a name"),
    ],
)
def test_what_is_told_badly_is_named_and_what_comes_after_it_still_comes(carried, change, kept, collections, name):
    owner, data = carried
    name = name or owner.backpack_items.get(kind="declared").name

    came = verbs.restore(io.BytesIO(retold(data, change)), by=person())

    told = [(one.name, one.why) for one in came.refused]
    assert (came.kept, came.collections, told) == (kept, collections, [(name, MISREAD)])


def test_a_badge_with_a_longer_name_than_a_form_takes_is_taken_or_told_of_with_what_fits(carried):
    _owner, data = carried

    def named(told):
        of_elsewhere(told)["name"] = "x" * 300

    taken = verbs.restore(io.BytesIO(retold(data, named)), by=person())
    left = verbs.restore(io.BytesIO(spoilt(retold(data, named))), by=person())

    assert (taken.kept, taken.refused) == (2, [])
    assert (left.kept, [one.name for one in left.refused]) == (1, ["x" * 200])


def test_what_breaks_us_is_named_and_what_comes_after_it_still_comes(carried, monkeypatch):
    _owner, data = carried
    other = person()
    with monkeypatch.context() as patched:
        patched.setattr(restoring, "file_foreign", lambda _foreign: 1 // 0)
        came = verbs.restore(io.BytesIO(data), by=other)
    again = verbs.restore(io.BytesIO(data), by=other)

    assert (came.kept, came.collections, [one.why for one in came.refused]) == (1, 1, ["It could not be checked."])
    assert (again.kept, again.refused) == (2, [])


def test_one_file_that_many_items_name_is_looked_at_once_and_held_by_none(carried):
    _owner, data = carried
    small = retold(data, more(*["big"] * 40), big=bytes(5_000_000))

    came = verbs.restore(io.BytesIO(small), by=person())

    twice = "Another item of the archive has the same file."
    assert len(small) < 100_000
    assert (came.kept, came.bytes_left, came.left_out) == (2, 5_000_000, 0)
    assert [(one.name, one.member) for one in came.refused] == [
        ("More 0", "big"),
        *[(f"More {number}", "") for number in range(1, 40)],
    ]
    assert {one.why for one in came.refused[1:]} == {twice}


def test_of_what_is_not_taken_only_so_much_is_named_and_kept_for_the_doctor(carried, monkeypatch):
    _owner, data = carried
    monkeypatch.setattr(restoring, "MOST_LEFT", 3)
    monkeypatch.setattr(restoring, "MOST_BYTES_LEFT", 8)
    archive = retold(data, more(*"abcde"), **{name: f"no {name} \0".encode() for name in "abcde"})

    came = verbs.restore(io.BytesIO(archive), by=person())

    assert [(one.name, one.member) for one in came.refused] == [("More 0", "a"), ("More 1", ""), ("More 2", "")]
    assert (came.kept, came.bytes_left, came.left_out) == (2, 6, 2)


@pytest.mark.parametrize(
    ("method", "lie", "why"),
    [
        (zipfile.ZIP_STORED, False, None),
        (zipfile.ZIP_BZIP2, False, "This file is compressed in a way that cannot be opened here."),
        (zipfile.ZIP_DEFLATED, True, "This file in the archive is broken."),
    ],
)
def test_no_more_of_a_file_is_unpacked_than_may_be(method, lie, why):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("one", bytes(100))
    data = made.getvalue()
    if lie:
        listed = data.rindex(b"PK\x01\x02")
        data = data[: listed + 24] + (50).to_bytes(4, "little") + data[listed + 28 :]

    def read():
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return restoring.read(archive, "one")

    if why is None:
        assert read() == bytes(100)
    else:
        with pytest.raises(Refused, match=why):
            read()


def test_a_file_of_more_bytes_than_are_asked_for_or_of_another_name_is_refused():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("one", bytes(100))

    with zipfile.ZipFile(made) as archive:
        assert restoring.read(archive, "one", 100) == bytes(100)
        with pytest.raises(Refused, match="larger than 20 MB"):
            restoring.read(archive, "one", 99)
        with pytest.raises(Refused, match="not in the archive"):
            restoring.read(archive, "two")


def test_what_was_awarded_here_is_there_already():
    credential = awarded_credential()
    outbox.drain()
    owner = credential.earner
    data = b"".join(exporting.archive(owner))

    own = verbs.restore(io.BytesIO(data), by=owner)
    others = verbs.restore(io.BytesIO(data), by=person())

    assert (own.kept, own.refused, owner.backpack_items.count()) == (1, [], 1)
    told = [(one.name, one.why, one.member.rpartition("/")[2]) for one in others.refused]
    assert (others.kept, told) == (
        0,
        [
            (
                own_name(owner),
                "That was awarded here, to somebody else: only the person who earned it can keep it.",
                "badge.png",
            )
        ],
    )


def own_name(owner):
    return owner.backpack_items.get().name


def test_a_newer_one_that_is_here_stays(settings):
    owner, other = person("Ana"), person("Bo")
    with abroad(settings) as there:
        verbs.file_foreign(credentials.keep_foreign(there.badge(), by=owner))
        newer = verbs.file_foreign(credentials.keep_foreign(there.badge(since=clock.now()), by=other))

        came = verbs.restore(io.BytesIO(b"".join(exporting.archive(owner))), by=other)

    assert (came.kept, came.refused, list(other.backpack_items.all())) == (1, [], [newer])


def test_badges_that_count_no_more_come_back_as_that_with_all_that_was_made_of_them(settings):
    owner, other = person("Ana"), person("Bo")
    with abroad(settings) as there:
        facts = {
            "expired": {"until": clock.now() + timedelta(days=1)},
            "revoked": there.place(7),
            "suspended": there.place(8, "suspension"),
        }
        badges = [there.badge(number=number, **one) for number, one in enumerate(facts.values())]
        collection = verbs.make_collection(by=owner, title="Once")
        for why, badge in zip(facts, badges, strict=True):
            item = verbs.file_foreign(credentials.keep_foreign(badge, by=owner))
            verbs.note_item(item, by=owner, tags=[why], note=f"Was {why}.")
            verbs.archive_item(item, by=owner)
            verbs.collect(collection, item, by=owner)
        there.ended["revocation"].add(7)
        there.ended["suspension"].add(8)
        with clock.at(clock.now() + timedelta(days=2)):
            data = b"".join(exporting.archive(owner))
            came = verbs.restore(io.BytesIO(data), by=other)
            there_now = list(other.backpack_items.order_by("pk"))
            standings = {item.tags[0]: showing.standing_of(item) for item in there_now}
            rows, page = brought(person("Cy"), data)

    assert (came.kept, came.collections, came.refused) == (3, 1, [])
    assert standings == {why: why for why in facts}
    assert [(one.note, bool(one.archived_at)) for one in there_now] == [(f"Was {why}.", True) for why in facts]
    assert [one.item for one in other.collections.get().blocks.order_by("position")] == there_now
    assert {one.foreign.verdict for one in there_now} == {"invalid"}
    assert rows == [("backpack.zip", "kept", "")]
    assert "3 badges are in yours now" in page


def test_one_that_was_awarded_there_and_is_replaced_by_now_comes_as_one_that_was_taken_back(settings):
    """Of what an award there was replaced with, its list says no more than that it counts no more."""
    owner, other = person("Ana"), person("Bo")
    with abroad(settings) as there:
        old = verbs.file_foreign(credentials.keep_foreign(there.badge(**there.place(7)), by=owner))
        verbs.note_item(old, by=owner, tags=["old"], note="")
        verbs.file_foreign(credentials.keep_foreign(there.badge(other.email, number=2, **there.place(8)), by=owner))
        data = b"".join(exporting.archive(owner))
        there.ended["revocation"].add(7)

        def as_awarded(told):
            for one in told["items"]:
                one["kind"] = "earned"

        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            signed = {
                f"{name.rpartition('/')[0]}/credential.json": archive.read(name)
                for name in archive.namelist()
                if name.endswith("/original.json")
            }
        came = verbs.restore(io.BytesIO(retold(data, as_awarded, **signed)), by=other)

    assert (came.kept, came.refused) == (2, [])
    told = [(one.tags, showing.standing_of(one)) for one in other.backpack_items.order_by("pk")]
    assert told == [(["old"], "revoked"), ([], "valid")]


def test_tags_that_are_too_many_are_told_of_and_the_badge_is_taken(carried):
    _owner, data = carried
    other = person()

    def tagged(told):
        of_elsewhere(told).update(tags=[f"tag {number}" for number in range(21)], archived=True)

    came = verbs.restore(io.BytesIO(retold(data, tagged)), by=other)

    item = other.backpack_items.get(kind="elsewhere")
    assert (came.kept, [one[1:] for one in came.refused]) == (2, [("That is more than 20 tags.", "")])
    assert (item.tags, item.note, item.archived_at is None) == ([], "", False)


def test_a_collection_without_a_cover_comes_without_one(carried):
    _owner, data = carried
    other = person()

    def bare(told):
        told["collections"][0].update(cover="", cover_alt="")

    came = verbs.restore(io.BytesIO(retold(data, bare)), by=other)

    assert (came.collections, came.refused, other.collections.get().cover) == (1, [], "")


def test_a_longer_list_than_may_be_is_no_backpack_for_the_page(carried):
    _owner, data = carried

    def padded(told):
        told["padding"] = "x" * restoring.MOST_OF_AN_ITEM * 2

    whole = verbs.restore(io.BytesIO(data), by=person(), most=2)
    told = []
    for archive, most in ((data, 1), (retold(data, padded), 2)):
        with pytest.raises(restoring.NoBackpack) as refused:
            verbs.restore(io.BytesIO(archive), by=person(), most=most)
        told.append((str(refused.value), refused.value.why))

    assert whole.kept == 2
    assert told == [
        ("That backpack holds more than 1 items.", "many"),
        ("That backpack holds more than 2 items.", "many"),
    ]


def test_whoever_runs_the_installation_takes_in_more_than_one_person_may_bring(carried, monkeypatch, tmp_path):
    _owner, data = carried
    monkeypatch.setattr(keeping, "MOST_KEPT", 1)
    monkeypatch.setattr(items, "MOST_DECLARED", 0)
    with_two = retold(data, more("two"), two=theirs.proof())
    file = tmp_path / "backpack.zip"
    file.write_bytes(with_two)
    one, other, said = person("Bo"), person("Cy"), io.StringIO()

    rows, page = brought(one, with_two)
    call_command("restore_backpack", file, address=other.email, stdout=said)

    assert [outcome for _name, outcome, _file in rows] == ["kept", "sick", "sick"]
    assert "You keep 1 badges of others. Give one up before you add another." in page
    assert "You have already added 0 by hand. Remove one first." in page
    assert (one.backpack_items.count(), other.backpack_items.count()) == (1, 3)
    assert said.getvalue() == "3 in the backpack, 1 collections made.\n"


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
    assert ("1 needs attention" in page, "What helps" in page, "Try again" in page) == (True, True, True)


def test_a_backpack_that_is_broken_is_a_row_with_a_sentence(carried):
    _owner, data = carried

    rows, page = brought(person(), with_other_bytes(data, "manifest.json", b'"collections"', b'"kept apart"'))

    assert [(name, outcome) for name, outcome, _file in rows] == [("backpack.zip", "sick")]
    assert "That is not a backpack from Satchel, or it is damaged." in page


def test_more_than_there_is_room_for_is_left_out_and_counted(carried, monkeypatch):
    _owner, data = carried
    archive = retold(data, more(*"abcd"), **{name: f"no {name} \0".encode() for name in "abcd"})
    roomy, narrow = person(), person()

    whole, _page = brought(roomy, archive)
    monkeypatch.setattr(importing, "MOST_OPEN", 3)
    monkeypatch.setattr(importing, "MOST_BYTES_OPEN", 8)
    rows, page = brought(narrow, archive)

    files = [(name, outcome, bool(file)) for name, outcome, file in rows]
    assert [name for name, _outcome, _file in whole[1:]] == [f"backpack.zip: More {number}" for number in range(4)]
    assert files == [
        ("backpack.zip", "kept", False),
        ("backpack.zip: More 0", "sick", True),
        ("More 1", "sick", False),
        ("More 2", "sick", False),
    ]
    assert "3 were not taken: see below. 1 more was left out: see to what needs you" in page


def test_a_file_that_is_missing_or_packed_in_another_way_is_a_row_with_a_sentence(carried):
    _owner, data = carried
    made = io.BytesIO(retold(data, more("none", "packed")))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("packed", b"no badge")

    rows, page = brought(person(), made.getvalue())

    assert rows == [("backpack.zip", "kept", ""), ("More 0", "sick", ""), ("More 1", "sick", "")]
    assert "2 badges are in yours now" in page
    for why in ("Its file is not in the archive.", "This file is compressed in a way that cannot be opened here."):
        assert why in page


def test_a_list_that_is_packed_in_another_way_is_no_backpack(carried):
    _owner, data = carried
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_BZIP2) as new:
        new.writestr("manifest.json", old.read("manifest.json"))

    told = unpacking.is_backpack(data), unpacking.is_backpack(made.getvalue())
    with pytest.raises(Refused, match="not a backpack from Satchel"):
        verbs.restore(made, by=person())

    assert told == (True, False)


def test_a_backpack_of_more_than_the_page_takes_is_a_row_with_a_sentence(carried, monkeypatch):
    _owner, data = carried
    monkeypatch.setattr(importing, "MOST_OF_A_BACKPACK", 1)
    other = person()

    rows, page = brought(other, data)

    assert [(name, outcome, bool(file)) for name, outcome, file in rows] == [("backpack.zip", "sick", True)]
    assert ("That backpack holds more than 1 items." in page, "Ask whoever runs this" in page) == (True, True)
    assert other.backpack_items.count() == 0


def jobs_of(item):
    return list(Job.objects.filter(key__startswith=f"import:{item.pk}:").order_by("pk").values_list("key", "state"))


def test_what_one_job_does_not_come_to_the_next_goes_on_with(carried, monkeypatch):
    owner, data = carried
    monkeypatch.setattr(importing, "AT_ONCE", timedelta(0))
    other = person("Bo")

    rows, page = brought(other, data)

    item = ImportedItem.objects.get()
    assert rows == [("backpack.zip", "kept", "")]
    assert "2 badges are in yours now, with their tags and notes. 1 collection was made." in page
    assert shape(other) == shape(owner)
    assert item.report == {}
    keys = [f"import:{item.pk}:1", f"import:{item.pk}:1:1", f"import:{item.pk}:1:2"]
    assert jobs_of(item) == [(key, "done") for key in keys]


def test_a_part_that_is_run_twice_is_passed_over_and_comes_to_the_same(carried, monkeypatch):
    owner, data = carried
    monkeypatch.setattr(importing, "AT_ONCE", timedelta(0))
    other = person("Bo")
    item = verbs.import_badges(by=other, files=[("backpack.zip", data)]).items.get()

    for at in (0, 0, 1, 0, 1, 2, 2):
        verbs.import_item(item.pk, at=at)

    item.refresh_from_db()
    assert (item.outcome, item.words.partition(":")[2]) == (
        "kept",
        " 2 badges are in yours now, with their tags and notes. 1 collection was made.",
    )
    assert shape(other) == shape(owner)


def test_what_two_workers_took_in_alongside_is_written_down_by_the_first(carried, monkeypatch):
    owner, data = carried
    monkeypatch.setattr(importing, "AT_ONCE", timedelta(0))
    other = person("Bo")
    item = verbs.import_badges(by=other, files=[("backpack.zip", data)]).items.get()

    def slowly(*given, **named):
        came = restoring.restore(*given, **named)
        monkeypatch.setattr(importing, "restore", restoring.restore)
        outbox.drain()
        return came

    monkeypatch.setattr(importing, "restore", slowly)
    verbs.import_item(item.pk)

    item.refresh_from_db()
    assert (item.outcome, item.report, len(jobs_of(item))) == ("kept", {}, 3)
    assert shape(other) == shape(owner)


def test_while_the_storage_is_away_a_backpack_waits_and_comes_when_it_is_back(carried, monkeypatch):
    owner, data = carried
    other = person("Bo")
    item = verbs.import_badges(by=other, files=[("backpack.zip", data)]).items.get()

    def away(*_given, **_named):
        raise OSError("The mount is gone")

    with monkeypatch.context() as patched:
        patched.setattr("apps.core.pictures.keeping.keep", away)
        outbox.drain()
    item.refresh_from_db()
    waits = (item.outcome, jobs_of(item))
    Job.objects.filter(key=f"import:{item.pk}:1").update(next_at=item.within.made_at)
    outbox.drain()
    item.refresh_from_db()

    assert waits == ("", [(f"import:{item.pk}:1", "pending")])
    assert (item.outcome, jobs_of(item)) == ("kept", [(f"import:{item.pk}:1", "done")])
    assert shape(other) == shape(owner)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_in_one_backpack_once(carried):
    owner, data = carried
    other = person("Bo")
    gate, came = threading.Barrier(2), []

    def work():
        gate.wait()
        try:
            came.append(verbs.restore(io.BytesIO(data), by=other))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _worker in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted((one.kept, one.collections, one.refused) for one in came) == [(2, 0, []), (2, 1, [])]
    assert shape(other) == shape(owner)


def test_a_backpack_in_a_backpack_is_a_row_with_a_sentence_and_is_not_opened(carried):
    _owner, data = carried
    other = person("Bo")
    before = brought(person("Cy"), retold(data, more("inner"), inner=b"no badge"))[0]

    rows, page = brought(other, retold(data, more("inner"), inner=data))

    assert [(name, outcome, bool(file)) for name, outcome, file in before] == [
        ("backpack.zip", "kept", False),
        ("backpack.zip: More 0", "sick", True),
    ]
    assert rows == [("backpack.zip", "kept", ""), ("More 0", "sick", "")]
    assert "This is an archive inside an archive, which is not opened." in page
    assert (other.backpack_items.count(), other.collections.count()) == (2, 1)
