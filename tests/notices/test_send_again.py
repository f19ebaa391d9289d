"""A notice is mailed once more: by the way that its person wants, and each letter stays accounted for."""

from datetime import timedelta

import pytest

from apps.core import clock, outbox
from apps.core.refused import Refused
from apps.notices import queries, verbs
from apps.notices.kinds import Way
from apps.notices.models import Letter
from tests.credentials.letters import came_back
from tests.factories import events_of, notice_for, person

pytestmark = pytest.mark.django_db
LATER = timedelta(hours=2)


def mailed(reader, kind="not_yet"):
    notice = notice_for(reader, kind)
    outbox.drain()
    notice.refresh_from_db()
    return notice


def test_it_goes_in_a_letter_of_its_own_and_the_first_stays():
    notice = mailed(person())
    first = notice.letter
    now = clock.now() + LATER

    with clock.at(now):
        second = verbs.send_again(notice)
        outbox.drain()

    notice.refresh_from_db()
    first.refresh_from_db()
    assert (notice.letter, first.state, notice.letter.state) == (second, "sent", "sent")
    assert notice.letter.dedupe_key == f"notice:{notice.public_id}:again:1"
    assert queries.posted(notice) == ("sent", notice.letter.sent_at)


def test_out_of_a_digest_it_goes_by_itself():
    reader = person()
    verbs.choose(reader, by=reader, ways={"not_yet": "digest"})
    notice = notice_for(reader, "not_yet")
    other = notice_for(reader, "declined")
    outbox.drain()
    waiting = queries.posted(notice)
    with pytest.raises(Refused, match="has not left yet"):
        verbs.send_again(notice)
    digest = verbs.write_digest(reader, before=clock.now() + timedelta(days=1))
    outbox.drain()
    came_back(digest, kind="bounced")

    verbs.send_again(notice)
    outbox.drain()

    notice.refresh_from_db()
    assert waiting == ("queued", notice.made_at)
    assert (notice.letter.kind, notice.letter.state, Letter.objects.get(pk=digest.pk).state) == (
        *("not_yet", "sent", "bounced"),
    )
    assert other.letter.kind == "declined"


def test_who_reported_it_as_spam_is_mailed_no_more_whichever_letter_it_was():
    reader = person()
    notice = mailed(reader)
    first = notice.letter
    with clock.at(clock.now() + LATER):
        verbs.send_again(notice)
        outbox.drain()

    came_back(first, kind="complained")

    assert queries.ways_of(reader)["not_yet"] == Way.HERE
    assert events_of(first) == [("letter.complained", "")]
    with clock.at(clock.now() + 2 * LATER), pytest.raises(Refused, match="only on their own page"):
        verbs.send_again(notice)


def test_what_is_told_under_the_bell_alone_is_not_mailed():
    reader = person()
    verbs.choose(reader, by=reader, ways={"handed_in": "here"})
    notice = mailed(reader, "handed_in")

    with pytest.raises(Refused, match="only on their own page"):
        verbs.send_again(notice)

    assert (queries.posted(notice), Letter.objects.count()) == (("here", notice.made_at), 0)
