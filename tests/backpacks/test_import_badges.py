"""Badges from elsewhere are brought: each is checked, kept or seen by the doctor, and none is dropped in silence."""

import io
import json
import threading
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test import Client

from apps.backpacks import doctor, listing, unpacking, verbs
from apps.backpacks.models import BackpackItem, Import, ImportedItem
from apps.backpacks.verbs import importing
from apps.core import clock, outbox
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.credentials import baking, queries, verifier
from apps.credentials import verbs as credentials
from apps.credentials.models import ForeignCredential
from config.schedule import SCHEDULE
from tests.backpacks import theirs
from tests.credentials.abroad import abroad
from tests.factories import awarded_credential, browser, events_of, person

# What the bakery uses for addresses in drawings.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:Please use rfc3986:DeprecationWarning")]
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon():
    with clock.at(NOW):
        yield


@pytest.fixture
def someone():
    return person()


def brought(by, *files, addresses=(), text=""):
    """An import, with every job of it done."""
    named = [(f"{number}.json", data) if isinstance(data, bytes) else data for number, data in enumerate(files, 1)]
    made = verbs.import_badges(by=by, files=named, addresses=addresses, text=text)
    outbox.drain()
    made.refresh_from_db()
    return made


def outcomes(made):
    return list(made.items.order_by("position").values_list("outcome", flat=True))


def only(made):
    return made.items.get()


def kept_files():
    _folders, files = default_storage.listdir("imports") if default_storage.exists("imports") else ([], [])
    return set(files)


def zipped(files, method=zipfile.ZIP_DEFLATED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


# --- what becomes of each ---------------------------------------------------------------------------------------------
def test_badges_of_other_programs_are_kept_as_they_were_given_and_lie_in_the_backpack(someone):
    token, picture = theirs.token(number=2), baking.bake_png(theirs.PNG, theirs.proof(number=3).decode())
    made = brought(someone, theirs.proof(), token, picture, theirs.older_picture(), theirs.vector("simple-json.svg"))

    assert outcomes(made) == ["kept", "kept", "kept", "unsure", "unsure"]
    items = [one.item for one in made.items.order_by("position").select_related("item__foreign")]
    assert [(one.kind, one.person, one.name) for one in items] == [
        *[("elsewhere", someone, "Weave a kete")] * 3,
        ("elsewhere", someone, items[3].name),
        ("elsewhere", someone, "Teamwork"),
    ]
    with default_storage.open(items[2].foreign.file, "rb") as file:
        assert file.read() == picture
    assert (made.finished_at, made.ends_at) == (NOW, NOW + timedelta(days=30))
    assert {one.file.name for one in made.items.all()} == {""}
    assert list(listing.items(someone, listing.Asked())) == list(reversed(items))
    events = Event.objects.filter(subject_id=made.public_id).values_list("kind", "actor_id", "data")
    assert list(events) == [("import.begun", someone.public_id, {"items": 5})]


def test_what_is_kept_by_any_way_is_filed_by_the_house_once(someone):
    foreign = credentials.keep_foreign(theirs.proof(), by=someone)
    outbox.drain()
    [event] = Event.objects.filter(kind="foreign_credential.kept")
    job = Job.objects.get(key=f"apps.backpacks.tasks.file_foreign:{event.pk}")
    verbs.file_foreign(foreign)

    assert job.arguments == {"event_id": event.pk}
    assert [one.foreign for one in BackpackItem.objects.all()] == [foreign]


def test_the_same_again_is_there_already_whether_in_one_import_or_in_the_next(someone):
    same = theirs.proof()
    first = brought(someone, same, same, baking.bake_png(theirs.PNG, same.decode()))
    later = brought(someone, same)
    others = brought(person(), same)

    assert (outcomes(first), outcomes(later), outcomes(others)) == (["kept", "there", "there"], ["there"], ["kept"])
    items = {one.item_id for one in ImportedItem.objects.filter(within__person=someone)}
    assert items == {BackpackItem.objects.get(person=someone).pk}
    assert [one.words for one in first.items.order_by("position")] == [
        "",
        "You keep this badge already.",
        "You keep this badge already, as new as this one or newer.",
    ]


def test_a_newer_one_takes_the_place_of_the_older(someone):
    older = only(brought(someone, theirs.proof())).item
    verbs.note_item(older, by=someone, tags=["wool"], note="Mine.")

    made = brought(someone, theirs.proof(born=theirs.BORN + timedelta(days=1)))

    assert outcomes(made) == ["newer"]
    assert [(one.tags, one.note) for one in listing.items(someone, listing.Asked())] == [(["wool"], "Mine.")]


def test_whose_it_is_counts_addresses_that_were_proved(someone, settings):
    with abroad(settings) as there:
        made = brought(someone, there.badge(someone.email), there.badge("other@people.example", number=2))
    page = browser(someone).get(made.get_absolute_url()).content.decode()

    proved = [one.item.foreign.proved_address for one in made.items.order_by("position")]
    assert (outcomes(made), proved) == (["kept", "kept"], [someone.email, ""])
    assert page.count("It is not proved that it is yours") == 1
    assert "/accounts/email/" in page


def test_an_award_of_this_house_is_said_to_be_one(someone):
    credential = awarded_credential()
    data = queries.baked_png(credential.pk)

    mine, others = brought(credential.earner, data), brought(someone, data)

    assert (outcomes(mine), only(mine).item) == (["ours"], credential.backpack_item)
    assert (outcomes(others), only(others).why, only(others).item) == (["sick"], "others", None)


def test_what_lies_at_an_address_is_fetched_and_what_leads_inside_is_not(someone, settings):
    with abroad(settings) as there:
        document = f"http://localhost:{there.issuer.split(':')[2].split('/')[0]}/nothing"
        made = brought(
            someone,
            addresses=[document, "http://169.254.169.254/latest", "http://10.0.0.1/b", "https://nobody.invalid/b"],
        )

    items = list(made.items.order_by("position"))
    assert [one.outcome for one in items] == ["sick"] * 4
    assert [one.why for one in items] == ["text", "inside", "inside", ""]
    assert [one.report.get("verdict") for one in items] == [None, None, None, "undecided"]
    assert all(one.can_be_tried_again for one in items)


def test_a_badge_at_an_address_is_kept(someone, settings):
    from tests.core.test_client import Server, ok

    server = Server(ok(theirs.proof()))
    settings.FETCH_ALLOW = [f"localhost:{server.port}"]
    with server:
        made = brought(someone, addresses=[f"http://localhost:{server.port}/badge.json"])

    assert outcomes(made) == ["kept"]


def test_pasted_text_may_hold_several(someone):
    pretty = json.dumps(json.loads(theirs.proof(number=2)), indent=2)
    made = brought(someone, text=f"\n{theirs.proof().decode()},\n{pretty}\n")
    tokens = brought(someone, text=f"{theirs.token(number=3).decode()}\n\n{theirs.token(number=4).decode()}\n")
    words = brought(someone, text="hello { there")

    assert (outcomes(made), outcomes(tokens), outcomes(words)) == (["kept"] * 2, ["kept"] * 2, ["sick"])
    [_one, other] = made.items.order_by("position")
    with default_storage.open(other.item.foreign.file, "rb") as file:
        assert file.read().decode() == pretty


# --- the doctor -------------------------------------------------------------------------------------------------------
def found_in(made):
    return [[str(one.failed) for one in doctor.findings_of(item)] for item in made.items.order_by("position")]


def test_the_doctor_names_what_failed_what_it_means_and_what_helps(someone):
    made = brought(
        someone,
        theirs.proof().replace(b"Weavers", b"Weevils"),
        theirs.proof(born=NOW + timedelta(days=1)),
        theirs.PNG,
        b"%PDF-1.7",
        b"\xff\xd8\xff\xe0photo",
        b"",
        b"<html>",
        b"\xfe\xff\x00",
        theirs.vector("simple-noproof.json"),
    )
    page = browser(someone).get(made.get_absolute_url()).content.decode()

    assert outcomes(made) == ["sick"] * 9
    assert [words[0] for words in found_in(made)] == [
        "It was changed after it was signed, or the signature is not genuine.",
        "It says that it was signed at a time that is still to come.",
        *[one.words for one in made.items.order_by("position")[2:]],
    ]
    assert [one.why for one in made.items.order_by("position")] == [
        *("", "", "picture", "paper", "photo", "empty", "page", "bytes", ""),
    ]
    for finding in (one for item in made.items.all() for one in doctor.findings_of(item)):
        assert finding.meaning
        assert finding.cure
    assert "find the file that was first sent to you" in page.lower()
    assert "Don’t take a screenshot" in page
    assert "t-pass" not in page.partition('id="imported"')[2].partition("</section>")[0]
    assert ForeignCredential.objects.count() == 0


def test_what_is_genuine_and_counts_no_more_is_kept_and_the_doctor_says_what_that_means(someone):
    made = brought(someone, theirs.proof(ends=NOW - timedelta(days=1)))
    item, again = only(made), brought(someone, theirs.proof(ends=NOW - timedelta(days=1)))
    client = browser(someone)
    page = client.get(made.get_absolute_url()).content.decode()
    its_own = client.get(item.item.get_absolute_url()).content.decode()

    assert (outcomes(made), outcomes(again), bool(item.file)) == (["over"], ["there"], False)
    assert (item.item.foreign.verdict, found_in(made)) == ("invalid", [["It has run out."]])
    assert ("Kept, does not count" in page, "It stays in your backpack, marked as run out." in page) == (True, True)
    assert ("Needs the doctor" in page, "Keep it as told by you" in page, "All of them are seen to" in page) == (
        *(False, False),
        True,
    )
    assert "t-pass" not in page.partition('id="imported"')[2].partition("</section>")[0]
    assert ("Ran out" in its_own, "t-pass" in its_own.partition('class="credential"')[2].partition("</h1>")[0]) == (
        *(True, False),
    )


def test_the_doctor_has_its_own_word_for_each_that_is_kept_and_counts_no_more():
    from apps.credentials.verbs import keeping

    assert set(doctor._KEPT) == keeping.ENDED


def test_every_way_in_which_something_fails_has_a_meaning_and_a_cure():
    from apps.credentials.verification import advice

    failing = {name for name, result, _why in advice._ADVICE if result == "fail"}
    beside = {"recipient", "evidence", "endorsements"}  # no reason not to keep one
    assert failing - beside <= {name for name, _why in doctor._CHECKS}


def test_what_could_not_be_kept_is_tried_again_from_what_was_given(someone):
    made = brought(someone, theirs.proof(ends=NOW + timedelta(days=1)), theirs.PNG)
    early = brought(someone, theirs.proof(number=2, born=NOW + timedelta(days=1)))
    assert outcomes(early) == ["sick"]

    with clock.at(NOW + timedelta(days=2)):
        again = verbs.try_import_again(only(early), by=someone)
        early.refresh_from_db()
        assert (again.outcome, again.tries, early.finished_at) == ("", 2, None)
        assert events_of(early) == [("import.begun", someone.public_id), ("import.tried_again", someone.public_id)]
        with pytest.raises(Refused, match="nothing here to retry"):
            verbs.try_import_again(again, by=someone)
        outbox.drain()
        early.refresh_from_db()

    assert (outcomes(early), early.finished_at) == (["kept"], NOW + timedelta(days=2))
    with pytest.raises(Refused, match="nothing here to retry"):
        verbs.try_import_again(made.items.get(position=1), by=someone)
    with pytest.raises(PermissionDenied):
        verbs.try_import_again(made.items.get(position=2), by=person())


def test_what_breaks_us_is_said_to_be_our_fault_and_holds_up_nothing(someone, monkeypatch):
    def broken(*_args, **_named):
        raise ZeroDivisionError

    monkeypatch.setattr(credentials, "keep_foreign", broken)
    made = brought(someone, theirs.proof())

    assert (outcomes(made), made.finished_at) == (["sick"], NOW)
    assert found_in(made) == [["We could not finish checking this one. The fault is ours."]]


def told(**change):
    return {"name": "Weaving", "issuer_name": "Weavers", "earned_on": NOW.date()} | change


def test_what_can_not_be_kept_can_be_told_of_with_the_picture_that_was_given(
    someone, django_capture_on_commit_callbacks
):
    made = brought(someone, ("kete.png", theirs.PNG))
    before = kept_files()

    with django_capture_on_commit_callbacks(execute=True):
        item = verbs.keep_as_told(only(made), by=someone, use_picture=True, **told())

    assert (item.kind, item.declared.name, item.person) == ("declared", "Weaving", someone)
    assert default_storage.exists(item.picture)
    assert (outcomes(made), only(made).item) == (["told"], item)
    assert len(before - kept_files()) == 1
    with pytest.raises(Refused, match="no longer needs the doctor"):
        verbs.keep_as_told(only(made), by=someone, **told())
    with pytest.raises(PermissionDenied):
        verbs.keep_as_told(only(made), by=person(), **told())


def test_its_form_says_what_the_badge_says(someone):
    made = brought(someone, theirs.proof(born=NOW + timedelta(days=1), ends=NOW + timedelta(days=9)))
    path = f"{made.get_absolute_url()}{only(made).public_id}/tell/"
    client = browser(someone)

    page = client.get(path).content.decode()
    answer = client.post(path, told())

    for said in ('value="Weave a kete"', 'value="Weavers"', 'value="2026-11-25"', 'value="2026-12-03"'):
        assert said in page
    assert "use_picture" not in page
    item = BackpackItem.objects.get(kind="declared")
    assert answer.url == item.get_absolute_url()
    assert "t-pass" not in client.get(answer.url).content.decode()
    assert client.get(path).status_code == 302


# --- archives ---------------------------------------------------------------------------------------------------------
def test_an_archive_is_opened_and_each_file_in_it_looked_at(someone):
    archive = zipped(
        {
            "badges/one.json": theirs.proof(),
            "badges/two.jwt": theirs.token(number=2),
            "read me.txt": b"hello",
            "inner.zip": zipped({"three.json": theirs.proof(number=3)}),
            "__MACOSX/._one.json": b"x",
            "badges/.DS_Store": b"x",
        }
    )
    made = brought(someone, ("mine.zip", archive))

    rows = list(made.items.order_by("position").values_list("name", "outcome", "why"))
    assert rows == [
        ("mine.zip: one.json", "kept", ""),
        ("mine.zip: two.jwt", "kept", ""),
        ("mine.zip: read me.txt", "sick", "text"),
        ("mine.zip: inner.zip", "sick", "nested"),
    ]
    assert made.items.get(position=4).can_be_tried_again is False


def test_an_archive_that_can_not_be_opened_is_a_row_with_a_sentence(someone):
    whole = zipped({"one.json": theirs.proof()}, zipfile.ZIP_STORED)
    spoilt = whole.replace(b"Weavers", b"Weevils")
    locked = bytearray(whole)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + flags] |= 1
    paper = zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})
    odd = zipped({"one.json": theirs.proof()}, zipfile.ZIP_BZIP2)

    files = [whole[:200], b"PK\x03\x04", spoilt, bytes(locked), paper, odd, zipped({}), zipped({"one/": b""})]
    made = brought(someone, *files)

    assert [one.why for one in made.items.order_by("position")] == [
        *("broken", "broken", "broken", "locked", "paper", "broken", "empty", "empty"),
    ]
    assert found_in(made) == [[one.words] for one in made.items.order_by("position")]


def test_bombs_are_refused_before_they_go_off(someone):
    zeros = bytes(30 * 1024 * 1024)
    large = brought(someone, zipped({"large.json": zeros}))
    liar = bytearray(zipped({"large.json": zeros}))
    # Both places where its size stands say a hundred bytes.
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = liar.index(mark) + place
        liar[at : at + 4] = (100).to_bytes(4, "little")
    lying = brought(someone, bytes(liar))

    assert (outcomes(large), only(large).why) == (["sick"], "large")
    assert (outcomes(lying), only(lying).why) == (["sick"], "broken")
    part = bytes(19 * 1024 * 1024)
    for archive, words in (
        (zipped({f"{n}.json": part for n in range(6)}), "unpacks to more than"),
        (zipped({f"{n}.json": b"x" for n in range(201)}), "holds more than 200 files"),
        (zipped({f"{n}{'x' * 400}.json": b"" for n in range(2000)}), "holds more than 200 files"),
    ):
        with pytest.raises(Refused, match=words):
            verbs.import_badges(by=someone, files=[("a.zip", archive)])
    assert Import.objects.count() == 2


def test_an_archive_of_the_long_form_is_not_read():
    data = zipped({"one.json": b"x"})
    end = data.rindex(b"PK\x05\x06")
    long_form = data[:end] + b"PK\x06\x07" + bytes(16) + data[end:]

    assert [part.why for part in unpacking.unpacked("a.zip", long_form)] == ["broken"]


# --- limits -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Give at least one"),
        ({"files": [("a", b"x")] * 201}, "Those are 201. At most 200"),
        ({"files": [("a/b.png", bytes(20 * 1024 * 1024 + 1))]}, "“b.png” is larger than"),
        ({"files": [("a", bytes(20 * 1024 * 1024))] * 6}, "together"),
        ({"addresses": ["https://a.example/" + "x" * 2000]}, "is not an address"),
    ],
)
def test_none_too_many_and_too_much_are_refused_in_a_sentence_and_leave_nothing(someone, given, words):
    before = kept_files()
    with pytest.raises(Refused, match=words):
        verbs.import_badges(by=someone, **given)

    assert (Import.objects.count(), kept_files()) == (0, before)


def test_who_leaves_much_unseen_to_brings_no_more(someone, monkeypatch):
    monkeypatch.setattr(importing, "MOST_OPEN", 2)
    first = brought(someone, b"x", theirs.proof())
    brought(someone, b"y")

    with pytest.raises(Refused, match="2 of the items you brought are still waiting or need you"):
        verbs.import_badges(by=someone, files=[("a", b"z")])
    verbs.forget_imported(first.items.get(position=1), by=someone)
    assert outcomes(brought(someone, theirs.token(number=2))) == ["kept"]


def test_who_keeps_as_many_as_one_may_reads_so(someone, monkeypatch):
    from apps.credentials.verbs import keeping

    monkeypatch.setattr(keeping, "MOST_KEPT", 1)
    made = brought(someone, theirs.proof(), theirs.proof(number=2))

    assert (outcomes(made), made.items.get(position=2).why) == (["kept", "sick"], "full")


def test_a_huge_text_is_answered_in_a_sentence(someone):
    made = brought(someone, b'{"@context":[' + b"[" * 100_000, b'{"a":"' + b"x" * 5_000_000 + b'"}')

    assert outcomes(made) == ["sick", "sick"]
    assert all(found_in(made))


def test_what_breaks_off_while_it_is_taken_in_leaves_no_file(someone, monkeypatch):
    before = kept_files()

    def broken(*_args, **_named):
        raise IntegrityError

    monkeypatch.setattr(importing, "record", broken)
    with pytest.raises(IntegrityError):
        verbs.import_badges(by=someone, files=[("a", b"x"), ("b", b"y")])

    assert (Import.objects.count(), kept_files()) == (0, before)


# --- forgetting -------------------------------------------------------------------------------------------------------
def test_forgetting_takes_the_files_and_leaves_the_backpack(someone, django_capture_on_commit_callbacks):
    made = brought(someone, theirs.proof(), b"x", b"y")
    before = kept_files()
    with pytest.raises(PermissionDenied):
        verbs.forget_import(made, by=person())
    with pytest.raises(PermissionDenied):
        verbs.forget_imported(made.items.get(position=2), by=person())

    with django_capture_on_commit_callbacks(execute=True):
        verbs.forget_imported(made.items.get(position=2), by=someone)
        verbs.forget_import(made, by=someone)

    assert (Import.objects.count(), ImportedItem.objects.count(), BackpackItem.objects.count()) == (0, 0, 1)
    assert len(before - kept_files()) == 2
    assert Event.objects.filter(kind="import.forgotten").values_list("actor_id", flat=True).get() == someone.public_id


def test_the_last_that_is_forgotten_takes_its_import_along(someone):
    made = brought(someone, b"x")
    client = browser(someone)

    answer = client.post(f"{made.get_absolute_url()}{only(made).public_id}/forget/")

    assert (answer.url, Import.objects.count()) == ("/backpack/import/", 0)


def test_imports_are_forgotten_after_thirty_days(someone):
    brought(someone, b"x")
    with clock.at(NOW + timedelta(days=29)):
        brought(someone, b"y")
        assert verbs.drop_imports() == 0
    with clock.at(NOW + timedelta(days=30)):
        assert verbs.drop_imports() == 1

    assert Import.objects.count() == 1
    assert SCHEDULE["drop_imports"][0] == "apps.backpacks.tasks.drop_imports"


def test_a_job_that_comes_too_late_or_twice_does_nothing(someone):
    made = verbs.import_badges(by=someone, files=[("a.json", theirs.proof())])
    item = only(made)
    verbs.import_item(item.pk)
    verbs.import_item(item.pk)
    verbs.forget_import(made, by=someone)
    verbs.import_item(item.pk)

    assert (BackpackItem.objects.count(), ForeignCredential.objects.count()) == (1, 1)


# --- pages ------------------------------------------------------------------------------------------------------------
def test_the_form_takes_files_addresses_and_text_at_once(someone):
    client = browser(someone)
    answer = client.post(
        "/backpack/import/",
        {
            "picture": [
                SimpleUploadedFile("one.json", theirs.proof()),
                SimpleUploadedFile("list.txt", b"http://10.0.0.1/b"),
            ],
            "url": "https://nobody.invalid/b",
            "text": theirs.token(number=2).decode(),
        },
    )
    made = Import.objects.get()
    waiting = client.get(answer.url).content.decode()
    outbox.drain()
    done = client.get(answer.url).content.decode()

    assert answer.url == made.get_absolute_url()
    assert [(one.kind, one.outcome) for one in made.items.order_by("position")] == [
        ("file", "kept"),
        ("address", "sick"),
        ("address", "sick"),
        ("text", "kept"),
    ]
    assert ("0 of 4 checked." in waiting, 'hx-trigger="every 2s"' in waiting) == (True, True)
    assert ("2 need attention" in done, "hx-trigger" in done) == (True, False)
    assert "2 need attention" in client.get("/backpack/import/").content.decode()


@pytest.mark.parametrize("size", [verifier.MOST_BYTES + 1, credentials.MOST_BYTES_TOGETHER + 1])
def test_an_archive_that_is_too_large_is_refused_in_a_sentence_that_says_what_to_bring_instead(someone, size):
    client = browser(someone)
    answers = [
        client.post("/backpack/import/", {"picture": [SimpleUploadedFile(name, data)]})
        for name, data in (
            ("backpack.zip", b"PK\x03\x04".ljust(size, b"\0")),
            ("small.zip", zipped({"one.json": theirs.proof()})),
        )
    ]

    assert [answer.status_code for answer in answers] == [422, 302]
    page = answers[0].content.decode()
    assert "“backpack.zip” is larger than 20.0\xa0MB" in page
    assert "“Download without the work (ZIP)”" in page
    assert "whoever runs this installation" in page
    assert Import.objects.count() == 1


def test_an_empty_form_says_what_is_missing(someone):
    answer = browser(someone).post("/backpack/import/", {})

    assert answer.status_code == 422
    assert "Choose a badge picture, or give its address." in answer.content.decode()


def test_another_person_sees_and_does_nothing_of_it(someone):
    made = brought(someone, b"x")
    paths = [f"{made.get_absolute_url()}{only(made).public_id}/{act}/" for act in ("try-again", "tell", "forget")]
    paths.append(f"{made.get_absolute_url()}forget/")
    other = browser(person())

    assert other.get(made.get_absolute_url()).status_code == 404
    assert [other.post(path, told()).status_code for path in paths] == [404] * 4
    assert Client().get(made.get_absolute_url()).status_code == 302
    assert outcomes(made) == ["sick"]


def test_who_checked_a_badge_of_somebody_elses_may_keep_it(someone):
    text = theirs.proof().decode()
    client = browser(someone)

    good = client.post("/verify/", {"text": text}).content.decode()
    bad = client.post("/verify/", {"text": text.replace("Weavers", "Weevils")}).content.decode()
    stranger = Client().post("/verify/", {"text": text}).content.decode()
    ours = client.post("/verify/", {"text": queries.signed_form(awarded_credential()).text}).content.decode()

    assert ["Keep it in your backpack" in page for page in (good, bad, stranger, ours)] == [True, False, False, False]
    client.post("/backpack/import/", {"text": text})
    outbox.drain()
    assert outcomes(Import.objects.get()) == ["kept"]


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_asks_as_often_for_three_as_for_one(someone, n, django_assert_num_queries):
    made = brought(someone, *(theirs.proof(number=number) for number in range(n)), *([b"x"] * n))
    client = browser(someone)
    client.get(made.get_absolute_url())

    with django_assert_num_queries(6):
        page = client.get(made.get_absolute_url())

    assert (page.status_code, len(page.context["rows"])) == (200, 2 * n)


@pytest.mark.django_db(transaction=True)
def test_two_persons_and_two_workers_at_once_keep_one_each():
    people = [person(), person()]
    same = theirs.proof()
    with clock.at(NOW):
        made = [verbs.import_badges(by=one, files=[("a", same), ("b", same)]) for one in people]
    items = [item.pk for one in made for item in one.items.all()]
    gate = threading.Barrier(len(items))

    def work(pk):
        gate.wait()
        try:
            verbs.import_item(pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(pk,)) for pk in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [sorted(outcomes(one)) for one in made] == [["kept", "there"]] * 2
    assert [one.backpack_items.count() for one in people] == [1, 1]
