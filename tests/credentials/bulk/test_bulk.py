"""A table is taken in, its columns named, its rows looked at, another given in its place, deleted: who may, and when."""

import threading
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import connection, transaction

from apps.accounts.models import User
from apps.core import clock, outbox
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.credentials import queries, sheets, verbs
from apps.credentials.models import BulkAward, BulkRow, Credential
from apps.credentials.rows import sentences
from tests.factories import (
    at_once,
    browser,
    credential_with_picture,
    drafted_version,
    events_of,
    owner_of,
    person,
    published_version,
    seated,
)
from tests.factories.bulk import WHY, begun, checked, many, table, upload_of

pytestmark = pytest.mark.django_db
GOOD = ("ani@people.example", "Ani Ruru", "She threw it.", "https://work.example/1", "2031-03-31", "mi")
BAD = ("hemi@people", "Hēmi Ruru")
MAPPING = {"address": 0, "name": 1, "narrative": 2, "evidence": [3], "valid_until": 4, "language": 5}


def states(bulk):
    return list(bulk.rows.values_list("number", "state", "problem"))


def test_a_table_is_taken_in_and_leaves_its_trail():
    bulk = begun(GOOD)

    assert (bulk.state, bulk.mapping, bulk.file_name, bulk.why) == ("draft", MAPPING, "people.csv", WHY)
    assert bulk.columns[:2] == [
        {"name": "E-mail", "first": ["ani@people.example"]},
        {"name": "Name", "first": ["Ani Ruru"]},
    ]
    with default_storage.open(bulk.file.name) as kept:
        assert kept.read() == table(GOOD)
    assert events_of(bulk) == [("bulk_award.begun", bulk.by.public_id)]
    told = Event.objects.get(kind="bulk_award.begun").data
    assert told.keys() == {"achievement", "version", "why", "sha256"}
    assert WHY not in str(told)


def test_its_rows_are_looked_at_by_a_worker():
    bulk = checked(GOOD, BAD, *many(1), GOOD)

    assert states(bulk) == [
        (2, "ready", ""),
        (3, "problem", "bad_address"),
        (4, "ready", ""),
        (5, "problem", "twice"),
    ]
    ani = bulk.rows.get(number=2)
    assert (ani.cells, ani.address, ani.name, ani.narrative, ani.evidence, ani.language, ani.is_new) == (
        list(GOOD),
        "ani@people.example",
        "Ani Ruru",
        "She threw it.",
        ["https://work.example/1"],
        "mi",
        True,
    )
    assert [kind for kind, _by in events_of(bulk)] == ["bulk_award.begun", "bulk_award.mapped", "bulk_award.checked"]
    assert Event.objects.get(kind="bulk_award.checked").data == {"ready": 2, "problems": 2}
    assert not User.objects.filter(email="ani@people.example").exists()


def test_looked_at_twice_there_are_as_many_rows():
    bulk = checked(GOOD, BAD)
    before = list(bulk.rows.values_list("pk", flat=True))

    verbs.read_rows(bulk.pk)

    assert list(bulk.rows.values_list("pk", flat=True)) == before


def test_a_worker_that_dies_half_way_leaves_nothing(monkeypatch):
    bulk = begun(*many(1_500))
    verbs.map_columns(bulk, by=bulk.by, mapping=bulk.mapping)
    rows_in, asked = sheets.rows_in, []

    def dying(data):
        for number, row in enumerate(rows_in(data)):
            if number == 1_200 and not asked:
                asked.append(number)
                raise RuntimeError
            yield row

    monkeypatch.setattr(sheets, "rows_in", dying)
    outbox.drain()
    assert (BulkRow.objects.count(), BulkAward.objects.get().state) == (0, "checking")

    Job.objects.filter(state="pending").update(next_at=clock.now())
    outbox.drain()

    assert (bulk.rows.count(), BulkAward.objects.get().state) == (1_500, "checked")


def test_only_who_runs_the_issuer_has_tables_there():
    version = published_version()
    issuer = version.achievement.issuer
    bulk = checked(GOOD, version=version)
    others = owner_of(published_version().achievement.issuer)
    for somebody in (person("Stranger"), others, seated("designer", issuer), seated("assessor", issuer)):
        for act in (
            lambda by: begun(GOOD, version=version, by=by),
            lambda by: verbs.map_columns(bulk, by=by, mapping=MAPPING),
            lambda by: verbs.give_table(bulk, by=by, upload=upload_of(table(GOOD))),
            lambda by: verbs.drop_bulk(bulk, by=by),
        ):
            with pytest.raises(PermissionDenied):
                act(somebody)
    assert begun(GOOD, version=version, by=seated("manager", issuer)).state == "draft"


def test_only_a_published_badge_is_awarded_to_many():
    version = published_version()
    owner = owner_of(version.achievement.issuer)
    begun(GOOD, version=version, by=owner)

    with pytest.raises(Refused, match="published"):
        begun(GOOD, version=drafted_version(version.achievement.issuer, name="Draft"), by=owner)


def test_a_corrected_table_is_looked_at_at_once_where_its_columns_have_the_same_names():
    bulk = checked(GOOD, BAD)
    old = bulk.file.name
    columns = ("Note", "Name", "E-mail", "Narrative", "Evidence", "Valid until", "Language")
    corrected = table(("x", "Hēmi", "hemi@people.example"), headings=columns)

    given = verbs.give_table(bulk, by=bulk.by, upload=upload_of(corrected, "corrected.csv"))
    assert (given.state, given.rows.count(), given.file_name) == ("checking", 0, "corrected.csv")
    outbox.drain()

    assert [(row.address, row.state) for row in bulk.rows.all()] == [("hemi@people.example", "ready")]
    assert not default_storage.exists(old)


def test_a_table_with_other_columns_waits_for_somebody_to_name_them():
    bulk = checked(GOOD)

    given = verbs.give_table(
        bulk, by=bulk.by, upload=upload_of(table(("Ani", "a@b.example"), headings=("Who", "Mail")))
    )

    assert (given.state, given.mapping, given.rows.count()) == ("draft", {"address": 1}, 0)


def test_a_table_nobody_named_the_columns_of_is_not_looked_at_when_another_is_given():
    bulk = begun(GOOD)

    given = verbs.give_table(bulk, by=bulk.by, upload=upload_of(table(GOOD)))

    assert (given.state, Job.objects.filter(function__endswith="read_rows").count()) == ("draft", 0)


def test_what_is_no_table_leaves_the_one_before():
    bulk = checked(GOOD)

    with pytest.raises(Refused, match="not a table"):
        verbs.give_table(bulk, by=bulk.by, upload=upload_of(b"%PDF-1.7"))

    bulk.refresh_from_db()
    assert (bulk.state, states(bulk), default_storage.exists(bulk.file.name)) == ("checked", [(2, "ready", "")], True)


def test_a_table_that_can_not_be_read_after_all_says_why_and_takes_another():
    bulk = checked(GOOD, *many(3), ("b@people.example", "x" * 10_001))
    assert (bulk.state, bulk.trouble, bulk.rows.count()) == (
        "draft",
        "A cell in line 6 has more than 10,000 characters.",
        0,
    )

    verbs.give_table(bulk, by=bulk.by, upload=upload_of(table(GOOD)))
    outbox.drain()

    bulk.refresh_from_db()
    assert (bulk.state, bulk.trouble, states(bulk)) == ("checked", "", [(2, "ready", "")])


def test_a_deleted_table_leaves_an_event_and_no_file(django_capture_on_commit_callbacks):
    bulk = checked(GOOD)
    by, name, public_id = bulk.by, bulk.file.name, bulk.public_id

    verbs.drop_bulk(bulk, by=by)
    outbox.drain()

    assert (BulkAward.objects.count(), BulkRow.objects.count(), default_storage.exists(name)) == (0, 0, False)
    assert Event.objects.get(kind="bulk_award.dropped").subject_id == public_id


def test_once_awarded_a_table_stays_as_it_is():
    bulk = checked(GOOD)
    verbs.award_bulk(bulk, by=bulk.by)

    for act in (
        lambda: verbs.map_columns(bulk, by=bulk.by, mapping=MAPPING),
        lambda: verbs.give_table(bulk, by=bulk.by, upload=upload_of(table(GOOD))),
        lambda: verbs.drop_bulk(bulk, by=bulk.by),
    ):
        with pytest.raises(Refused):
            act()
    outbox.drain()
    assert [(row.state, row.credential.sent_to) for row in bulk.rows.all()] == [("awarded", "ani@people.example")]


def test_what_stands_in_a_row_stands_in_the_badge():
    bulk = checked(GOOD, *many(1))
    verbs.award_bulk(bulk, by=bulk.by)
    outbox.drain()

    ani, other = Credential.objects.order_by("pk")

    assert "She threw it." in ani.snapshot["narrative"]
    assert [one["id"] for one in ani.snapshot["evidence"]] == ["https://work.example/1"]
    assert (ani.valid_until.isoformat(), other.valid_until) == ("2031-03-31T10:59:59+00:00", None)
    assert (ani.earner.language, ani.sent_name) == ("mi", "Ani Ruru")


def test_its_earner_reads_what_the_issuer_wrote():
    bulk = checked(GOOD[:5])
    verbs.award_bulk(bulk, by=bulk.by)
    outbox.drain()
    ani = bulk.rows.get().credential

    page = browser(ani.earner).get(f"/c/{ani.public_id}").content.decode()

    assert "<h2>What the issuer wrote</h2>" in page
    assert "<p>She threw it.</p>" in page
    assert '<a href="https://work.example/1" rel="noopener nofollow">Evidence 1</a>' in page
    assert "nobody here has looked at it" in page


def test_an_address_that_ends_like_a_piece_of_evidence_of_ours_shows_none():
    theirs = credential_with_picture()
    [piece] = queries.evidence_of(theirs)[:1]
    bulk = checked(
        ("ani@people.example", "Ani", "", f"https://work.example/e/{piece} {queries.evidence_url(piece)}"),
    )
    verbs.award_bulk(bulk, by=bulk.by)
    outbox.drain()
    ani = bulk.rows.get().credential

    with pytest.raises(Refused, match="not part of this badge"):
        verbs.disclose(ani, by=ani.earner, name=True, words=False, evidence=[piece])

    assert verbs.disclose(theirs, by=theirs.earner, name=True, words=False, evidence=[piece])


def test_once_awarded_the_file_is_gone():
    bulk = checked(GOOD)
    verbs.award_bulk(bulk, by=bulk.by)
    name = bulk.file.name
    outbox.drain()

    bulk.refresh_from_db()
    assert (bulk.file.name, default_storage.exists(name), bulk.columns[0]) == (
        "",
        False,
        {"name": "E-mail", "first": []},
    )


def test_two_addresses_of_one_person_get_a_badge_each_where_it_may_be_held_twice():
    ani = person("Ani", email="ani@people.example")
    EmailAddress.objects.create(user=ani, email="other@people.example", verified=True)
    bulk = checked(GOOD, ("other@people.example", "Ani"), version=published_version(single=False))
    verbs.award_bulk(bulk, by=bulk.by)
    outbox.drain()

    assert [(row.state, row.credential.earner) for row in bulk.rows.all()] == [("awarded", ani)] * 2


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_worker_that_has_the_table_in_hand():
    bulk = checked(GOOD)
    held, done = threading.Event(), threading.Event()

    def worker():
        with transaction.atomic():
            BulkAward.objects.locked(bulk.pk)
            held.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=worker)
    thread.start()
    held.wait(10)
    try:
        with pytest.raises(Refused, match="is working on this table"):
            verbs.drop_bulk(bulk, by=bulk.by)
    finally:
        done.set()
        thread.join()
    verbs.drop_bulk(bulk, by=bulk.by)
    assert not BulkAward.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_leave_each_row_once():
    bulk = begun(*many(50))
    verbs.map_columns(bulk, by=bulk.by, mapping=bulk.mapping)

    at_once(lambda: verbs.read_rows(bulk.pk), lambda: verbs.read_rows(bulk.pk))

    assert (bulk.rows.count(), Event.objects.filter(kind="bulk_award.checked").count()) == (50, 1)


def test_a_last_day_that_has_passed_since_the_check_is_told_by_name_and_holds_up_nobody():
    with clock.at(datetime(2026, 12, 30, 10, tzinfo=UTC)):
        bulk = checked(
            ("ani@people.example", "Ani", "", "", "2026-12-31"),
            ("hemi@people.example", "Hemi", "", "", "2027-01-01"),
            ("tama@people.example", "Tama", "", "", "2027-12-31"),
            ("rua@people.example", "Rua"),
        )
    before = states(bulk)
    with clock.at(datetime(2027, 1, 2, 10, tzinfo=UTC)):
        said = browser(bulk.by).get(f"{bulk.get_absolute_url()}award/").content.decode()
        page = browser(bulk.by).get(bulk.get_absolute_url()).content.decode()
        verbs.award_bulk(bulk, by=bulk.by)
        outbox.drain()

    assert before == [(number, "ready", "") for number in (2, 3, 4, 5)]
    assert [
        words in said for words in ("Award 2 badges", "2 rows are left out, because their last day has passed")
    ] == [True] * 2
    assert [
        words in page
        for words in ("Award 2 badges", "2 more rows are not awarded, because their last days have passed")
    ] == [True] * 2
    assert states(bulk) == [
        (2, "failed", "past_expiry"),
        (3, "failed", "past_expiry"),
        (4, "awarded", ""),
        (5, "awarded", ""),
    ]
    assert [sentences(row) for row in bulk.rows.filter(state="failed")] == [
        ["31 December 2026 is over already."],
        ["1 January 2027 is over already."],
    ]


def test_where_every_last_day_is_over_nobody_is_left_to_award_to():
    with clock.at(datetime(2026, 12, 30, 10, tzinfo=UTC)):
        bulk = checked(("ani@people.example", "Ani", "", "", "2026-12-31"))
    with clock.at(datetime(2027, 1, 2, 10, tzinfo=UTC)), pytest.raises(Refused, match="Nobody in this table"):
        verbs.award_bulk(bulk, by=bulk.by)

    assert states(bulk) == [(2, "ready", "")]
