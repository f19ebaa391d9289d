"""The whole way of a table in the browser: given, named, looked at, corrected, awarded, taken back; and its files."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core import clock, outbox
from apps.core.models import Job
from apps.credentials import sheets, verbs
from apps.credentials.models import BulkAward, Credential
from apps.credentials.views import bulk as bulk_views
from tests.factories import browser, owner_of, published_version
from tests.factories.bulk import HEADINGS, WHY, begun, checked, many, table, upload_of, workbook

pytestmark = pytest.mark.django_db
GOOD = ("ani@people.example", "Ani Ruru", "She threw it.", "https://work.example/1", "2031-03-31", "mi")
BAD = ("hemi@people", "Hēmi Ruru")


@pytest.fixture
def version():
    return published_version()


@pytest.fixture
def desk(version):
    """The owner's browser below the organisation's tables."""
    client = browser(owner_of(version.achievement.issuer))
    base = f"/organisations/{version.achievement.issuer.slug}/bulk/"

    class Desk:
        def get(self, path="", status=200):
            answer = client.get(path if path.startswith("/") else base + path)
            assert answer.status_code == status
            return answer.content.decode()

        def post(self, path, status=200, **typed):
            answer = client.post(path if path.startswith("/") else base + path, typed, follow=True)
            assert answer.status_code == status
            return answer.content.decode()

        def file(self, path):
            return client.get(base + path).content

    return Desk()


def give(desk, version, data, name="people.xlsx"):
    upload = SimpleUploadedFile(name, data)
    return desk.post("new/", version=version.achievement.slug, why=WHY, upload=upload)


def columns(*held):
    return {f"column_{number}": field for number, field in enumerate(held)}


NAMED = columns("address", "name", "narrative", "evidence", "valid_until", "language")


def test_a_table_is_given_named_corrected_awarded_and_taken_back(desk, version):
    assert "No table has been given yet" in desk.get()

    mapping = give(desk, version, workbook(GOOD, BAD))
    bulk = BulkAward.objects.get()
    one = f"{bulk.public_id}/"
    assert ("What the columns hold" in mapping, "hemi@people" in mapping, "can’t be hidden" in mapping) == (True,) * 3
    assert mapping.count("selected") == 6

    assert "It begins in a moment." in desk.post(one, **NAMED)
    outbox.drain()
    found = desk.get(one)
    assert "1 row is ready, 1 to be corrected" in found.replace("\n", "")
    assert "“hemi@people” is not an e-mail address." in found
    assert ("Ani Ruru" in found, "Ani Ruru" in desk.get(f"{one}?state=")) == (False, True)

    report = desk.file(f"{one}report.xlsx")
    lines = [cells for _number, cells in sheets.rows_in(report)]
    lines[1][0] = "hemi@people.example"
    corrected = SimpleUploadedFile("corrected.csv", table(*lines))
    assert "The rows are being checked" in desk.post(f"{one}table/", upload=corrected)
    outbox.drain()
    assert "2 rows are ready" in desk.get(one)

    assert "2 letters go out" in desk.get(f"{one}award/")
    assert "0 of 2 awarded." in desk.post(f"{one}award/")
    outbox.drain()
    done = desk.get(one)
    assert "2 badges awarded" in done
    assert "Take all of it back" in done
    ani = Credential.objects.get(sent_to="ani@people.example")
    assert f"/credentials/{ani.public_id}/" in done
    assert ani.snapshot["valid_until"].startswith("2031-03-31")

    assert "awarded to 2 people" in desk.get(f"{one}undo/")
    assert "being taken back" in desk.post(f"{one}undo/", reason="mistake", note="The wrong list.", sure="on")
    outbox.drain()
    assert "All of it was taken back" in desk.get(one)
    assert "The wrong list." in desk.get(one)
    assert set(Credential.objects.values_list("status", flat=True)) == {"revoked"}
    assert "Taken back" in desk.get()


def test_what_is_no_table_is_said_at_the_file(desk, version):
    page = desk.post("new/", 422, version=version.achievement.slug, why=WHY, upload=upload_of(b"%PDF-1.7", "list.pdf"))

    assert ("This is not a table." in page, WHY in page, BulkAward.objects.exists()) == (True, True, False)
    assert "This field is required." in desk.post("new/", 422, version=version.achievement.slug, why=WHY)


def test_a_table_that_breaks_off_further_down_is_told_of_where_it_was_given(desk, version):
    rows = [GOOD, *many(10), ("x@people.example", "y" * 10_001)]
    give(desk, version, table(*rows), "people.csv")
    bulk = BulkAward.objects.get()
    desk.post(f"{bulk.public_id}/", **NAMED)
    outbox.drain()

    page = desk.get(f"{bulk.public_id}/")

    assert "A cell in line 13 has more than 10,000 characters." in page
    assert bulk.rows.count() == 0


def test_a_mapping_that_names_nobody_comes_back(desk, version):
    give(desk, version, workbook(GOOD))
    bulk = BulkAward.objects.get()

    for typed, words in {
        (): "Say which column holds the e-mail addresses.",
        ("address", "address"): "Two columns hold “E-mail address”: leave one out.",
        ("address", "nonsense"): "Select a valid choice.",
    }.items():
        assert words in desk.post(f"{bulk.public_id}/", 422, **columns(*typed)), typed
    bulk.refresh_from_db()
    assert bulk.state == "draft"


def test_columns_may_be_named_anew_before_anything_is_awarded(desk, version):
    bulk = checked(GOOD, version=version)
    one = f"{bulk.public_id}/"
    assert "What the columns hold" in desk.get(f"{one}?columns=1")

    desk.post(f"{one}?columns=1", **columns("address", "name"))
    outbox.drain()

    assert [(row.narrative, row.valid_until) for row in bulk.rows.all()] == [("", None)]
    verbs.award_bulk(bulk, by=bulk.by)
    assert "can no longer be done" in desk.post(f"{one}?columns=1", 422, **columns("address", "name"))


def test_a_long_table_is_leafed_through_by_its_lines(desk, version):
    bulk = checked(*many(120), version=version)
    one = f"{bulk.public_id}/"

    first, second, third = (desk.get(f"{one}?after={line}") for line in ("", "51", "101"))
    back = desk.get(f"{one}?before=52")

    def shown(page):
        return [number for number in range(1, 121) if f">Learner {number}<" in page]

    assert [shown(page) for page in (first, second, third)] == [
        list(range(1, 51)),
        list(range(51, 101)),
        list(range(101, 121)),
    ]
    assert shown(back) == list(range(1, 51))
    assert ('rel="prev"' in first, 'rel="next"' in third) == (False, False)
    assert shown(desk.get(f"{one}?after=nonsense")) == shown(first)
    assert "No rows have this status." in desk.get(f"{one}?state=failed")


def test_reports_and_templates_are_files_that_we_read(desk, version):
    hostile = ("=cmd|'/c calc'!A0@people.example", "@SUM(A1)")
    bulk = checked(GOOD, hostile, version=version)

    text = desk.file(f"{bulk.public_id}/report.csv")
    lines = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))

    assert lines[0] == [*HEADINGS, "Line", "State", "What to do", "Badge"]
    assert lines[1] == [*GOOD, "2", "Ready", "", ""]
    assert lines[2][:2] == ["'=cmd|'/c calc'!A0@people.example", "'@SUM(A1)"]
    assert lines[2][7:9] == ["To be corrected", "“=cmd|'/c calc'!A0@people.example” is not an e-mail address."]
    assert [cells for _line, cells in sheets.rows_in(text)][1][:2] == list(hostile)
    for kind in ("csv", "xlsx"):
        empty = desk.file(f"template.{kind}")
        again = begun(version=version, data=empty, name=f"t.{kind}")
        assert sorted(again.mapping) == ["address", "evidence", "language", "name", "narrative", "valid_until"]
        assert checked(version=version, data=empty, name=f"t.{kind}").rows.get().state == "ready"


def test_a_report_tells_where_each_badge_is(desk, version):
    bulk = checked(GOOD, version=version)
    verbs.award_bulk(bulk, by=bulk.by)
    outbox.drain()

    [_head, line] = csv.reader(io.StringIO(desk.file(f"{bulk.public_id}/report.csv").decode("utf-8-sig")))

    assert line[7:] == ["Awarded", "", f"http://localhost:8000/c/{Credential.objects.get().public_id}"]


def test_a_table_too_long_for_a_workbook_is_reported_as_text(desk, version, monkeypatch):
    bulk = checked(GOOD, BAD, version=version)
    workbook_link = f'href="/organisations/{version.achievement.issuer.slug}/bulk/{bulk.public_id}/report.xlsx"'
    assert workbook_link in desk.get(f"{bulk.public_id}/")
    monkeypatch.setattr(bulk_views, "MOST_IN_A_WORKBOOK", 1)

    page = desk.get(f"{bulk.public_id}/")
    desk.get(f"{bulk.public_id}/report.xlsx", 302)

    assert (workbook_link in page, "report.csv" in page) == (False, True)
    assert "This table is too long for a workbook." in desk.get(f"{bulk.public_id}/")


def test_there_is_no_report_before_the_rows_were_looked_at(desk, version):
    bulk = begun(GOOD, version=version)

    desk.get(f"{bulk.public_id}/report.csv", 404)


def test_a_table_is_deleted_until_something_was_awarded_from_it(desk, version):
    unused, used = checked(GOOD, version=version), checked(*many(1), version=version)
    verbs.award_bulk(used, by=used.by)

    assert "Deleted: the table" in desk.post(f"{unused.public_id}/drop/")
    assert "so it stays" in desk.post(f"{used.public_id}/drop/")

    assert list(BulkAward.objects.all()) == [used]


def test_nobody_takes_a_table_back_by_a_slip_or_too_late(desk, version):
    bulk = checked(GOOD, version=version)
    verbs.award_bulk(bulk, by=bulk.by)
    outbox.drain()
    one = f"{bulk.public_id}/undo/"

    assert "This field is required." in desk.post(one, 422, reason="mistake", note="")
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert "one by one" in desk.post(one, 422, reason="mistake", note="", sure="on")
        assert "Take all of it back" not in desk.get(f"{bulk.public_id}/")
    assert Credential.objects.get().status == "valid"


def test_rows_that_are_not_ready_are_left_out_and_nobody_is_asked_to_award_none(desk, version):
    bulk = checked(BAD, version=version)

    assert "No row is ready yet" in desk.get(f"{bulk.public_id}/")
    assert "there is something to correct in each" in desk.get(f"{bulk.public_id}/award/")
    assert "Nobody in this table can be awarded the badge." in desk.post(f"{bulk.public_id}/award/")


def test_another_issuers_tables_are_not_there(desk, version):
    other = checked(GOOD)

    for path in ("", "table/", "award/", "undo/", "report.csv"):
        desk.get(f"{other.public_id}/{path}", 404)
    assert other.file_name not in desk.get()


def test_the_pages_cost_as_much_for_many_tables_and_rows(desk, version, django_assert_num_queries):
    for number in (1, 3):
        bulk = checked(*many(number), version=version)
        with django_assert_num_queries(8):
            desk.get(f"{bulk.public_id}/")
        with django_assert_num_queries(8):
            desk.get()


def test_while_rows_are_looked_at_the_page_says_how_many_of_about_how_many(desk, version, monkeypatch):
    give(desk, version, table(*many(1_200)), "people.csv")
    bulk = BulkAward.objects.get()
    desk.post(f"{bulk.public_id}/", **columns("address", "name"))
    rows_in, seen = sheets.rows_in, []

    def looking(data):
        for number, row in enumerate(rows_in(data)):
            if number == 1_100:
                seen.append(desk.get(f"{bulk.public_id}/"))
            yield row

    monkeypatch.setattr(sheets, "rows_in", looking)
    outbox.drain()

    (page,) = seen
    assert "1000 of about 1200 rows looked at." in page
    assert '<progress max="1200" value="1000"' in page


def test_while_letters_are_on_their_way_their_number_is_asked_for_again_and_again(desk, version):
    bulk = checked(GOOD, version=version)
    verbs.award_bulk(bulk, by=bulk.by)
    for job in Job.objects.filter(pk__in=outbox.due(), function__endswith="award_rows"):
        outbox.run(job.pk)
    queued = desk.get(f"{bulk.public_id}/")
    outbox.drain()
    sent = desk.get(f"{bulk.public_id}/")

    asking = f'id="bulk-letters" hx-get="{bulk.get_absolute_url()}" hx-trigger="every 15s"'
    assert ("1 badge awarded" in queued, asking in queued, "every 2s" in queued) == (True, True, False)
    assert ("1 badge awarded" in sent, "hx-trigger" in sent) == (True, False)
