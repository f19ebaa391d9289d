"""The page under the bell, and what opening a notice does."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from apps.core import clock
from apps.core.templatetags.satchel import icon
from apps.notices import verbs
from apps.notices.kinds import KINDS
from apps.notices.models import Notice
from tests.factories import notice_for, person

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def reader():
    return person()


@pytest.fixture
def window(reader):
    client = Client()
    client.force_login(reader)
    return client


def test_reading_keeps_the_first_time(reader):
    notice = notice_for(reader)

    for day in range(2):
        with clock.at(MONDAY + timedelta(days=day)):
            verbs.read(notice, by=reader)

    notice.refresh_from_db()
    assert notice.read_at == MONDAY


def test_nobody_reads_for_another(reader):
    notice = notice_for(reader)

    with pytest.raises(PermissionDenied):
        verbs.read(notice, by=person())

    notice.refresh_from_db()
    assert notice.read_at is None
    verbs.read(notice, by=reader)


def test_read_all_leaves_what_came_after_the_page_and_what_others_have(reader):
    other = notice_for(person())
    with clock.at(MONDAY):
        first = notice_for(reader)
    with clock.at(MONDAY + timedelta(minutes=1)):
        later = notice_for(reader)

    assert verbs.read_all(by=reader, newest=first) == 1
    assert verbs.read_all(by=reader, newest=first) == 0
    assert set(Notice.objects.unread()) == {other, later}

    assert verbs.read_all(by=reader) == 1
    assert set(Notice.objects.unread()) == {other}


def test_opening_a_notice_marks_it_read_and_leads_to_what_it_tells_of(reader, window):
    notice = notice_for(reader)

    answer = window.get(reverse("notices:read", args=[notice.public_id]))

    assert (answer.status_code, answer.headers["Location"]) == (302, "/submissions/")
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_another_persons_notice_is_not_there_and_stays_unread(window):
    notice = notice_for(person())

    assert window.get(reverse("notices:read", args=[notice.public_id])).status_code == 404
    assert window.post("/notices/read-all/", {"newest": notice.public_id}).status_code == 404

    notice.refresh_from_db()
    assert notice.read_at is None


def test_the_page_shows_the_newest_first_and_says_in_a_word_what_is_new(reader, window):
    with clock.at(MONDAY):
        verbs.read(notice_for(reader, badge="Old"), by=reader)
    with clock.at(MONDAY + timedelta(hours=1)):
        notice_for(reader, "not_yet", badge="<b>New</b> & “bold”")

    page = window.get("/notices/").content.decode()

    assert page.index("Not yet: one thing to change in &lt;b&gt;New&lt;/b&gt; &amp; “bold”") < page.index(
        "We have your work: Old"
    )
    assert "Kōwhai Ridge Shearing School has it. You hear by 9 December 2026." in page
    assert page.count('<span class="tag">New</span>') == 1
    assert "23 November 2026, 3:00 pm" in page, "in the reader's zone"


def test_mark_all_read_marks_what_the_page_showed(reader, window):
    with clock.at(MONDAY):
        notice_for(reader)
    newest = window.get("/notices/").context["told"][0].notice
    with clock.at(MONDAY + timedelta(seconds=1)):
        unseen = notice_for(reader)

    answer = window.post("/notices/read-all/", {"newest": newest.public_id}, follow=True)

    assert set(reader.notices.unread()) == {unseen}
    assert "Mark all read" in answer.content.decode()
    window.post("/notices/read-all/", {"newest": unseen.public_id})
    assert "Mark all read" not in window.get("/notices/").content.decode()


def test_nothing_said_to_mark_is_a_page_that_is_not_there(window):
    assert window.post("/notices/read-all/").status_code == 404


def test_an_empty_page_says_what_will_come_here(window):
    assert "Nothing to tell you yet." in window.get("/notices/").content.decode()


def test_a_long_list_has_pages_and_marks_all_from_the_second_too(reader, window):
    for minute in range(26):
        with clock.at(MONDAY + timedelta(minutes=minute)):
            notice_for(reader)

    second = window.get("/notices/?page=2")

    assert len(second.context["told"]) == 1
    assert "Page 2 of 2" in second.content.decode()
    newest = second.context["newest"]
    window.post("/notices/read-all/", {"newest": newest.public_id})
    assert not reader.notices.unread().exists()


@pytest.mark.parametrize(
    ("unread", "shown", "told"), [(0, None, "Notices"), (1, "1", "1 unread"), (12, "9+", "9+ unread")]
)
def test_the_bell_counts_what_is_unread_up_to_nine(reader, window, unread, shown, told):
    verbs.read(notice_for(reader), by=reader)
    for _number in range(unread):
        notice_for(reader)

    page = window.get("/submissions/").content.decode()

    bell = page[page.index('<a class="icon-btn" href="/notices/"') :].split("</a>")[0]
    assert told in bell.split('aria-label="')[1].split('"')[0]
    assert ("count" in bell) is (shown is not None)
    assert shown is None or f">{shown}</span>" in bell


def test_the_bell_asks_one_question_and_a_visitors_page_none(reader, window, django_assert_num_queries):
    notice_for(reader)

    with django_assert_num_queries(4) as asked:  # session, person, roles, bell
        window.get("/help/")
    assert sum("notices_notice" in query["sql"] for query in asked) == 1
    with django_assert_num_queries(0):
        assert "/notices/" not in Client().get("/help/").content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_the_list_shows_every_kind_with_its_icon(reader, window, kind):
    notice_for(reader, kind, status="suspended", days=7, renew="/catalogue/")

    page = window.get("/notices/").content.decode()

    assert str(icon(KINDS[kind].icon)) in page
