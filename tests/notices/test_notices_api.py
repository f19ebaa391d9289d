from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from apps.accounts import verbs as accounts
from apps.core import clock
from apps.notices import verbs
from tests.factories import notice_for, person

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def reader():
    return person()


def program(someone, *scopes):
    """A client that acts for a person by a token with these scopes."""
    _token, secret = accounts.create_token(someone, by=someone, name="Reader", scopes=scopes)
    return Client(headers={"authorization": f"Bearer {secret}"})


def test_a_program_reads_what_its_person_was_told(reader):
    notice_for(person())
    with clock.at(MONDAY):
        notice = notice_for(reader, badge="<i>")
    with clock.at(MONDAY + timedelta(hours=1)):
        verbs.read(notice, by=reader)

    answer = program(reader, "notices:read").get("/api/v1/notices/").json()

    assert answer["results"] == [
        {
            "id": notice.public_id,
            "kind": "handed_in",
            "title": "We have your work: <i>",
            "line": "Kōwhai Ridge Shearing School has it. You hear by 9 December 2026.",
            "url": "http://localhost:8000/submissions/",
            "way": "at_once",
            "made_at": "2026-11-23T01:00:00Z",
            "read_at": "2026-11-23T02:00:00Z",
        }
    ]


def test_pages_follow_one_another_by_cursor_the_newest_first(reader):
    for minute in range(3):
        with clock.at(MONDAY + timedelta(minutes=minute)):
            notice_for(reader, badge=str(minute))
    client = program(reader, "notices:read")

    first = client.get("/api/v1/notices/?limit=2").json()
    second = client.get(first["next"]).json()

    assert [one["title"][-1] for one in first["results"] + second["results"]] == ["2", "1", "0"]
    assert second["next"] is None


def test_a_program_marks_one_as_read_twice_with_one_effect(reader):
    notice = notice_for(reader)
    client = program(reader, "notices:write")

    first = client.post(f"/api/v1/notices/{notice.public_id}/read/")
    notice.refresh_from_db()
    read_at = notice.read_at
    second = client.post(f"/api/v1/notices/{notice.public_id}/read/")

    notice.refresh_from_db()
    assert (first.status_code, second.status_code) == (204, 204)
    assert notice.read_at == read_at is not None


def test_another_persons_notice_is_not_there(reader):
    notice = notice_for(person())

    answer = program(reader, "notices:write").post(f"/api/v1/notices/{notice.public_id}/read/")

    assert answer.status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_each_scope_opens_its_own_door_and_no_other(reader):
    notice = notice_for(reader)
    reads, writes = program(reader, "notices:read"), program(reader, "notices:write")

    assert writes.get("/api/v1/notices/").status_code == 403
    assert reads.post(f"/api/v1/notices/{notice.public_id}/read/").status_code == 403
    assert Client().get("/api/v1/notices/").status_code == 401
