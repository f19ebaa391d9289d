"""Many at once: taken in, checked one by one, read by whoever knows the address, and gone after a week."""

import csv
import io
import json
from copy import deepcopy
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation

from apps.core import clock, outbox
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.credentials import queries, reports, tables, verbs, verifier
from apps.credentials.models import Batch, BatchItem, Credential
from apps.credentials.verbs import verifying
from apps.credentials.verification import Report
from apps.credentials.verification.report import MOST_SHOWN, Said
from config.schedule import SCHEDULE
from tests.credentials.test_verifier import foreign
from tests.factories import awarded_credential, browser, person

pytestmark = pytest.mark.django_db


def kept_files():
    _folders, files = default_storage.listdir("batches") if default_storage.exists("batches") else ([], [])
    return set(files)


@pytest.fixture(scope="module")
def awarded(around_the_file):
    credential = awarded_credential()
    Credential.objects.filter(pk=credential.pk).update(visibility=Credential.Visibility.LINK)
    return credential


@pytest.fixture
def four(awarded):
    """One of each verdict, in the order invalid, undecided, no badge, valid."""
    credential = deepcopy(awarded)
    whole = queries.signed_form(credential).text
    return verbs.verify_many(
        files=[
            ("C:\\badges\\changed.json", whole.replace("credential", "credentiaI", 1).encode()),
            ("=cmd|'/c calc'!A1\x00.json", foreign().encode()),
            ("holiday.txt", b"x"),
        ],
        addresses=[queries.credential_url(credential.public_id)],
    )


def test_each_is_checked_as_it_would_be_alone_and_what_was_given_is_deleted(four, django_capture_on_commit_callbacks):
    before = kept_files()
    with django_capture_on_commit_callbacks(execute=True):
        outbox.drain()
    four.refresh_from_db()

    items = list(four.items.order_by("position"))
    assert [(one.position, one.kind, one.name, one.verdict) for one in items] == [
        (1, "file", "changed.json", "invalid"),
        (2, "file", "c calc'!A1.json", "undecided"),
        (3, "file", "holiday.txt", "no_badge"),
        (4, "address", items[3].name, "valid"),
    ]
    assert items[2].refusal.startswith("That is not a credential")
    alone = verifier.check_url(items[3].name).to_json()
    assert reports.for_programs(items[3].report) == alone | {"checked_at": items[3].report["checked_at"]}
    assert four.finished_at == max(one.checked_at for one in items)
    assert {one.file.name for one in items} == {""}
    assert len(before) >= 3
    assert len(before - kept_files()) == 3
    assert [(one.kind, one.data, one.actor_id) for one in Event.objects.filter(subject_id=four.public_id)] == [
        ("batch.begun", {"items": 4}, "")
    ]


def test_one_job_each_and_each_may_run_again(four):
    keys = set(Job.objects.filter(function="apps.credentials.tasks.check_item").values_list("key", "queue"))
    assert keys == {(f"verify:{one.pk}", "bulk") for one in four.items.all()}

    for item in four.items.all():
        verbs.check_item(item.pk)
    done = list(four.items.values_list("verdict", "checked_at"))
    for item in four.items.all():
        verbs.check_item(item.pk)

    assert list(four.items.values_list("verdict", "checked_at")) == done
    verbs.check_item(0)


def test_the_report_is_in_the_language_of_whoever_asked():
    with translation.override("mi"):
        batch = verbs.verify_many(files=[("a", b"x")], addresses=[])
    verbs.check_item(batch.items.get().pk)

    with translation.override("mi"), pytest.raises(verifier.NotABadge) as alone:
        verifier.check(b"x")
    assert (batch.language, batch.items.get().refusal) == ("mi", str(alone.value))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (([], []), "Give at least one"),
        (([("a", b"x")] * 100, ["https://a.example/"] * 101), "Those are 201. At most 200"),
        (([("a/b.png", bytes(20 * 1024 * 1024 + 1))], []), "“b.png” is larger than"),
        (([("a", bytes(20 * 1024 * 1024))] * 6, []), "together"),
        (([], ["https://a.example/" + "x" * 2000]), "is not an address"),
        (([], ["https://a.example/\x00"]), "is not an address"),
    ],
)
def test_none_too_many_and_too_much_are_refused_in_a_sentence_and_leave_nothing(given, words):
    before = kept_files()
    with pytest.raises(Refused, match=words):
        verbs.verify_many(files=given[0], addresses=given[1])

    assert (Batch.objects.count(), kept_files()) == (0, before)


def test_what_breaks_off_while_it_is_taken_in_leaves_no_file(monkeypatch):
    before = kept_files()

    def broken(*_args, **_named):
        raise IntegrityError

    monkeypatch.setattr(verifying, "record", broken)
    with pytest.raises(IntegrityError):
        verbs.verify_many(files=[("a", b"x"), ("b", b"y")], addresses=[])

    assert (Batch.objects.count(), kept_files()) == (0, before)


def test_the_page_tells_how_far_it_has_come_and_stops_asking_when_it_is_done(four):
    path = four.get_absolute_url()
    before = Client().get(path)
    verbs.check_item(four.items.get(position=1).pk)
    between = Client().get(path).content.decode()
    outbox.drain()
    after = Client().get(path).content.decode()

    page = before.content.decode()
    assert "0 of 4 checked." in page
    assert 'hx-trigger="every 2s"' in page
    assert f'<a class="btn btn-outline-primary btn-sm" href="{path}">' in page
    assert before["X-Robots-Tag"] == "noindex"
    assert "no-store" in before["Cache-Control"]
    assert before["Referrer-Policy"] == "same-origin"
    assert "1 of 4 checked." in between
    assert "4 badges checked" in after
    assert "hx-get" not in after
    for words in ("changed.json", "Sharpen", "That is not a credential"):
        assert words in after


def test_the_page_shows_one_verdict_at_a_time_and_all_where_there_is_none_like_that(four):
    outbox.drain()
    path = four.get_absolute_url()

    def names(query):
        page = Client().get(path + query).content.decode()
        return [one.name for one in four.items.order_by("position") if f">{one.name[:6]}" in page]

    everything = [one.name for one in four.items.order_by("position")]
    assert names("") == everything
    assert names("?verdict=nonsense") == everything
    assert names("?verdict=invalid") == ["changed.json"]
    assert names("?verdict=waiting") == everything


def test_who_looks_at_one_verdict_goes_on_looking_at_it(four):
    path = f"{four.get_absolute_url()}?verdict=waiting"
    page = Client().get(path).content.decode()

    assert f'hx-get="{path}"' in page
    assert f'<a class="btn btn-outline-primary btn-sm" href="{path}">' in page


@pytest.mark.parametrize(
    ("position", "words"),
    [
        (1, "Do not rely on this badge: it was changed after it was signed, or it is not genuine."),
        (2, "This badge is unchanged, but we could not check who made it."),
        (3, "That is not a credential"),
        (4, "This badge is genuine and valid today"),
    ],
)
def test_each_has_a_page_with_its_report(four, position, words):
    path = f"{four.get_absolute_url()}{position}/"
    waiting = Client().get(path).content.decode()
    outbox.drain()
    page = Client().get(path).content.decode()

    assert "This one waits for its turn." in waiting
    assert words in page
    assert ("Is it genuine?" in page) == (position != 3)
    assert Client().get(f"{four.get_absolute_url()}9/").status_code == 404


def test_the_table_holds_a_line_for_each_and_no_formula(four):
    outbox.drain()
    answer = Client().get(f"{four.get_absolute_url()[:-1]}.csv")
    text = answer.content.decode()

    assert text.startswith("\ufeff")
    assert answer["Content-Disposition"].startswith('attachment; filename="checked-')
    lines = list(csv.reader(io.StringIO(text[1:])))
    assert lines[0] == tables.headings()
    assert [line[1] for line in lines[1:]] == ["Not genuine", "Could not check", "Not a badge", "Genuine and valid"]
    assert [len(line) for line in lines] == [len(tables.headings())] * 5
    assert [bool(line[2]) for line in lines[1:]] == [False, True, False, True]
    assert lines[3][5].startswith("That is not a credential")
    assert lines[1][6].startswith("Ask the earner for the original file")
    assert lines[4][5:7] == ["", ""]
    assert lines[4][10].endswith(f"{four.get_absolute_url()}4/")


def test_what_begins_a_cell_behind_a_semicolon_is_text_too():
    assert tables.defused("x;=HYPERLINK(1)\t@SUM(1)") == "x;'=HYPERLINK(1)\t'@SUM(1)"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_cell_that_would_be_worked_out_is_text(cell):
    report = Report(checked_at=clock.now(), said=Said(achievement_name=cell))

    assert tables.row(cell, "invalid", report=report)[::2][:2] == [f"'{cell}", f"'{cell}"]
    assert tables.defused(f"a{cell}") == (f"a{cell}" if cell != "\t=1" else "a\t'=1")


def test_programs_read_the_same(four):
    outbox.drain()
    path = four.get_absolute_url()[:-1]

    body = Client().get(f"{path}.json").json()

    assert body == json.loads(json.dumps(queries.batch_for_programs(Batch.objects.get(pk=four.pk))))
    assert (body["total"], body["done"]) == (4, 4)
    assert [one["verdict"] for one in body["items"]] == ["invalid", "undecided", "no_badge", "valid"]


def test_whoever_knows_the_address_deletes_it_at_once_and_it_says_so_since(four, django_capture_on_commit_callbacks):
    before = kept_files()
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser(person()).post(f"{four.get_absolute_url()}delete/")
        again = Client().post(f"{four.get_absolute_url()}delete/")
    outbox.drain()

    assert (answer.status_code, answer["Location"], again.status_code) == (302, "/verify/", 410)
    assert BatchItem.objects.count() == 0
    assert len(before - kept_files()) == 3
    gone = Client().get(four.get_absolute_url())
    assert gone.status_code == 410
    assert "These reports are gone" in gone.content.decode()
    for ending in ("1/", "../" + four.public_id + ".csv", "../" + four.public_id + ".json"):
        assert Client().get(four.get_absolute_url() + ending).status_code in {404, 410}
    assert Event.objects.filter(subject_id=four.public_id, kind="batch.deleted").count() == 1
    verbs.delete_batch(four)
    assert Event.objects.filter(subject_id=four.public_id, kind="batch.deleted").count() == 1


def test_after_a_week_it_is_over_and_what_is_left_is_deleted(four):
    assert SCHEDULE["drop_batches"][0] == "apps.credentials.tasks.drop_batches"
    late = four.ends_at
    with clock.at(late - timedelta(seconds=1)):
        assert Client().get(four.get_absolute_url()).status_code == 200
        assert verbs.drop_batches() == 0
    with clock.at(late):
        assert Client().get(four.get_absolute_url()).status_code == 410
        assert verbs.drop_batches() == 1
        assert verbs.drop_batches() == 0
    assert (BatchItem.objects.count(), Batch.objects.count()) == (0, 1)
    with clock.at(late + verifying.KEEP_NAMES):
        verbs.drop_batches()
        assert Batch.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_a_batch_asks_3_and_one_of_it_2_and_its_files_2(django_assert_num_queries, rows):
    batch = verbs.verify_many(files=[("a", b"{}")] * rows, addresses=[])
    outbox.drain()
    path = batch.get_absolute_url()

    with django_assert_num_queries(3):
        page = Client().get(path).content.decode()
    assert page.count("data-verdict=") == rows
    with django_assert_num_queries(2):
        Client().get(f"{path}1/")
    for ending in (".csv", ".json"):
        with django_assert_num_queries(2):
            Client().get(path[:-1] + ending)


def test_what_a_badge_says_of_itself_is_kept_in_a_modest_size_and_without_what_no_table_holds():
    said = {"type": ["VerifiableCredential"], "name": "\x00" + "y" * 100_000, "id": "\x01"}
    batch = verbs.verify_many(files=[("a", json.dumps(said).encode())], addresses=[])
    outbox.drain()

    report = batch.items.get().report
    assert (report["achievement"], report["credential"]) == (
        "y" * (MOST_SHOWN - 1),
        "\ufffd",
    )


def test_a_report_that_an_earlier_version_stored_is_read_as_far_as_it_goes():
    stored = reports.stored(verifier.check(foreign()))
    older = {name: one for name, one in stored.items() if name not in ("zone", "own_id", "narrative", "decides", "why")}

    again = reports.read(older)

    assert (again.verdict, again.zone, len(again.checks)) == ("undecided", "UTC", len(stored["checks"]))


def test_a_report_that_was_stored_reads_as_it_was_made():
    for data in (queries.signed_form(awarded_credential()).text, foreign(), foreign(validUntil="2026-02-02T00:00:00Z")):
        made = verifier.check(data)
        again = reports.read(reports.stored(made))

        assert (again.valid, again.groups) == (made.valid, reports.read(reports.stored(again)).groups)
        assert again.to_json() == made.to_json()


def test_the_database_keeps_its_own_rules():
    batch = verbs.verify_many(files=[("a", b"x")], addresses=[])
    for wrong in (
        {"verdict": "valid"},
        {"verdict": "no_badge", "checked_at": clock.now(), "file": "", "refusal": ""},
        {"verdict": "valid", "checked_at": clock.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            batch.items.update(**wrong)


def test_one_that_breaks_us_holds_up_no_list_and_says_whose_fault_it_is():
    batch = verbs.verify_many(files=[("lost.json", b"x"), ("holiday.txt", b"x")], addresses=[])
    lost = batch.items.get(position=1)
    lost.file.storage.delete(lost.file.name)

    outbox.drain()

    batch.refresh_from_db()
    assert batch.finished_at is not None
    assert [(one.verdict, one.trouble[:40]) for one in batch.items.order_by("position")] == [
        ("undecided", "We could not finish checking this one. T"),
        ("no_badge", "That is not a credential: it should be a"),
    ]
    assert "Try it alone, or again later." in Client().get(f"{batch.get_absolute_url()}1/").content.decode()


def test_the_page_of_one_leads_to_those_beside_it(four):
    outbox.drain()
    at = four.get_absolute_url()

    first, second = (Client().get(f"{at}{position}/").content.decode() for position in (1, 2))

    assert ('rel="prev"' in first, f'rel="next" href="{at}2/"' in first) == (False, True)
    assert (f'rel="prev" href="{at}1/"' in second, f'rel="next" href="{at}3/"' in second) == (True, True)
    assert Client().get(f"{at}9/").status_code == 404
    assert Client().get(f"{at}{10**30}/").status_code == 404
