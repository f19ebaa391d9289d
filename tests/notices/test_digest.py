"""One letter each morning, by the clock on the reader's own wall."""

import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client

from apps.core import clock, outbox
from apps.core.models import Job
from apps.notices import queries, tasks, verbs
from apps.notices.models import Letter, Notice
from config.schedule import SCHEDULE
from tests.factories import notice_for, person

pytestmark = pytest.mark.django_db

AUCKLAND = zoneinfo.ZoneInfo("Pacific/Auckland")


def at(day, hour, minute=0):
    """In Auckland, in November 2026: thirteen hours before Greenwich."""
    return datetime(2026, 11, day, hour, minute, tzinfo=AUCKLAND).astimezone(UTC)


@pytest.fixture
def reader():
    one = person("Mārama Tīpene-Hoult")
    verbs.choose(one, by=one, ways=dict.fromkeys(("handed_in", "not_yet", "award"), "digest"))
    return one


def hear(reader, moment, kind="handed_in", **facts):
    with clock.at(moment):
        return notice_for(reader, kind, **facts)


def run_at(moment):
    """What the hour brings; the keys of its job are the schedule's business."""
    with clock.at(moment):
        tasks.write_digests()
        outbox.drain()


def test_at_seven_everything_of_the_day_goes_into_one_letter(reader):
    hear(reader, at(23, 9), badge="Sharpen a knife")
    hear(reader, at(23, 15), "not_yet", badge="Shear a ewe")
    hear(reader, at(24, 6, 59), badge="Fleece & fold")

    run_at(at(24, 6, 59))
    assert mail.outbox == []

    run_at(at(24, 7))

    (message,) = mail.outbox
    assert (message.subject, message.to, message.from_email) == (
        "3 things are new for you",
        [reader.email],
        "Satchel <satchel@localhost>",
    )
    body = message.body
    assert body.startswith("Kia ora Mārama Tīpene-Hoult,")
    assert (
        body.index("Work handed in\n")
        < body.index("We have your work: Sharpen a knife")
        < body.index("We have your work: Fleece & fold")
        < body.index("Not yet\n")
        < body.index("Not yet: one thing to change in Shear a ewe")
    )
    letter = Letter.objects.get(kind="digest")
    assert (letter.dedupe_key, letter.state) == (f"digest:{reader.public_id}:2026-11-24", "sent")
    assert "Fleece &amp; fold" in letter.html
    assert "24 November 2026, 6:59 am" in letter.html
    assert letter.notices.count() == 3


def test_it_is_written_once_a_day_however_often_it_is_asked_for(reader):
    hear(reader, at(23, 9))
    for hour in (7, 8, 9):
        run_at(at(24, hour))
    Job.objects.update(state="pending", done_at=None)
    outbox.drain()
    assert len(mail.outbox) == 1

    hear(reader, at(24, 9))
    run_at(at(24, 10))
    assert len(mail.outbox) == 1

    run_at(at(25, 7))
    assert [one.subject for one in mail.outbox] == ["One thing is new for you"] * 2


def test_what_committed_late_waits_for_the_next_one(reader):
    hear(reader, at(23, 9))
    run_at(at(24, 7))
    late = hear(reader, at(24, 6, 59))

    assert verbs.write_digest(reader, before=at(24, 7).astimezone(AUCKLAND)) is None

    run_at(at(25, 7))
    late.refresh_from_db()
    assert late.letter.dedupe_key.endswith("2026-11-25")


def test_nothing_to_say_is_no_letter(reader):
    with clock.at(at(23, 9)):
        verbs.read(notice_for(reader), by=reader)
        notice_for(reader, "file_broken")  # mailed at once
        notice_for(person())

    run_at(at(24, 7))

    assert Letter.objects.filter(kind="digest").count() == 0
    assert not Job.objects.filter(function="apps.notices.tasks.write_digest").exists()


def test_what_is_read_between_the_hour_and_its_job_is_not_told(reader):
    notice = hear(reader, at(23, 9))
    due = list(queries.digests_due(at(24, 7)))
    verbs.read(notice, by=reader)

    assert [one.person for one in due] == [reader]
    assert verbs.write_digest(reader, before=due[0].before) is None


def test_a_morning_when_nothing_ran_is_made_up_for(reader):
    hear(reader, at(23, 9))

    run_at(at(24, 16))

    assert len(mail.outbox) == 1


def test_seven_is_seven_where_the_reader_lives(reader):
    kathmandu = person()
    kathmandu.time_zone = "Asia/Kathmandu"
    kathmandu.save(update_fields=["time_zone"])
    verbs.choose(kathmandu, by=kathmandu, ways={"handed_in": "digest"})
    for one in (reader, kathmandu):
        hear(one, at(23, 21))

    run_at(at(24, 7))  # 23:45 there
    assert [one.to for one in mail.outbox] == [[reader.email]]

    run_at(datetime(2026, 11, 24, 1, tzinfo=UTC))  # 6:45 there
    assert len(mail.outbox) == 1
    run_at(datetime(2026, 11, 24, 2, tzinfo=UTC))  # 7:45 there
    assert mail.outbox[-1].to == [kathmandu.email]
    assert Letter.objects.get(person=kathmandu).dedupe_key.endswith(":2026-11-24")


@pytest.mark.parametrize(
    ("now", "zone", "seven"),
    [
        (datetime(2026, 11, 23, 18, tzinfo=UTC), "Pacific/Auckland", "2026-11-24T07:00:00+13:00"),
        (datetime(2026, 11, 23, 17, 59, tzinfo=UTC), "Pacific/Auckland", "2026-11-23T07:00:00+13:00"),
        # the day the clocks went forward, and the night they went back
        (datetime(2026, 9, 26, 18, tzinfo=UTC), "Pacific/Auckland", "2026-09-27T07:00:00+13:00"),
        (datetime(2026, 9, 26, 17, 59, tzinfo=UTC), "Pacific/Auckland", "2026-09-26T07:00:00+12:00"),
        (datetime(2026, 4, 4, 19, tzinfo=UTC), "Pacific/Auckland", "2026-04-05T07:00:00+12:00"),
        (datetime(2026, 1, 1, 0, tzinfo=UTC), "America/Los_Angeles", "2025-12-31T07:00:00-08:00"),
    ],
)
def test_the_last_seven_oclock(now, zone, seven):
    assert queries.last_digest_time(now, zone).isoformat() == seven


def test_who_can_no_longer_sign_in_gets_none(reader):
    hear(reader, at(23, 9))
    reader.is_active = False
    reader.save(update_fields=["is_active"])

    run_at(at(24, 7))

    assert mail.outbox == []


def test_a_link_in_it_opens_the_notice_and_marks_it_read(reader):
    notice = hear(reader, at(23, 9))
    run_at(at(24, 7))
    client = Client()
    client.force_login(reader)

    path = f"/notices/{notice.public_id}/"
    assert f"http://localhost:8000{path}" in mail.outbox[0].body
    client.get(path)

    assert not Notice.objects.unread().filter(person=reader).exists()


def test_its_one_click_stops_what_may_be_stopped_and_keeps_the_rest(reader):
    hear(reader, at(23, 9))
    hear(reader, at(23, 9), "award")
    run_at(at(24, 7))
    address = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")

    Client().post(address, {"List-Unsubscribe": "One-Click"})

    ways = queries.ways_of(reader)
    assert (ways["handed_in"], ways["award"], ways["not_yet"]) == ("here", "digest", "digest")


def test_one_with_nothing_that_may_be_stopped_offers_no_way_to(reader):
    hear(reader, at(23, 9), "award")
    run_at(at(24, 7))

    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers


def test_an_award_in_the_digest_names_the_badge_and_brings_no_file(reader):
    with clock.at(at(23, 9)):
        notice_for(reader, "award", attachments=[{"name": "x.png", "function": "nowhere", "arguments": {}}])
    run_at(at(24, 7))

    assert mail.outbox[0].attachments == []
    assert "You earned it: Sharpen a knife. Signed by Kōwhai Ridge Shearing School" in mail.outbox[0].body


def test_the_schedule_asks_for_them_every_hour(reader):
    function, every = SCHEDULE["write_digests"]
    hear(reader, clock.now() - timedelta(days=2))

    outbox.enqueue(function, key="schedule:write_digests:1")
    outbox.drain()

    assert every == timedelta(hours=1)
    assert len(mail.outbox) == 1
