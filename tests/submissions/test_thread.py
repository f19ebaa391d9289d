"""A word between learner and assessors: it spends no attempt, and it stays."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client

from apps.core import outbox
from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.submissions import queries, verbs
from apps.submissions.models import LONGEST_MESSAGE, Message, ThreadSeen
from tests.factories import (
    assessable_attempt,
    assessor_of,
    browser,
    decided,
    events_of,
    open_attempt,
    person,
    published_version,
    taken_attempt,
)

pytestmark = pytest.mark.django_db


def test_a_learner_writes_and_whoever_holds_the_work_hears_of_it():
    attempt, assessor = taken_attempt()
    colleague = assessor_of(attempt.submission.achievement)
    submission, learner = attempt.submission, attempt.submission.learner

    message = verbs.write_message(submission, by=learner, text="Is a film enough?")
    outbox.drain()

    assert (message.text, message.author, message.from_assessor) == ("Is a film enough?", learner, False)
    event = Event.objects.get(kind="message.written")
    assert (event.actor_id, event.data) == (
        learner.public_id,
        {"message": message.public_id, "text": digest("Is a film enough?")},
    )
    told = assessor.notices.get(kind="message")
    assert told.address == f"/reviews/{attempt.public_id}/#thread"
    assert learner.name not in str(told.facts)
    assert (colleague.notices.filter(kind="message").count(), learner.notices.filter(kind="message").count()) == (0, 0)
    submission.refresh_from_db()
    assert submission.state == "under_assessment"


def test_an_assessor_answers_and_from_then_on_hears_of_what_follows():
    attempt = assessable_attempt()
    submission, learner = attempt.submission, attempt.submission.learner
    assessor = assessor_of(submission.achievement)

    verbs.write_message(submission, by=assessor, text="Show the edge too.")
    verbs.write_message(submission, by=learner, text="I shall.")
    outbox.drain()

    assert [one.address for one in learner.notices.filter(kind="message")] == [
        f"{submission.get_absolute_url()}#thread"
    ]
    assert assessor.notices.filter(kind="message").count() == 1
    assert [kind for kind, _actor in events_of(submission)].count("message.written") == 2


def test_a_message_is_never_changed_nor_taken_back():
    attempt = assessable_attempt()
    verbs.write_message(attempt.submission, by=attempt.submission.learner, text="So it is.")

    for change in (lambda: Message.objects.update(text="So it was."), lambda: Message.objects.all().delete()):
        with pytest.raises(DatabaseError, match="A message is never changed"), transaction.atomic():
            change()

    assert Message.objects.get().text == "So it is."


@pytest.mark.parametrize(
    ("text", "said"), [("", "Write something"), (" \n", "Write something"), ("x" * 5_001, "up to 5000 characters")]
)
def test_nothing_and_too_much_are_refused(text, said):
    attempt = assessable_attempt()

    with pytest.raises(Refused, match=said):
        verbs.write_message(attempt.submission, by=attempt.submission.learner, text=text)

    assert verbs.write_message(attempt.submission, by=attempt.submission.learner, text="x" * LONGEST_MESSAGE)


def test_strangers_and_those_without_a_seat_here_write_nothing():
    attempt = assessable_attempt()
    elsewhere = assessor_of(published_version().achievement)

    for other in (person(), elsewhere):
        with pytest.raises(PermissionDenied):
            verbs.write_message(attempt.submission, by=other, text="Hello.")

    assert verbs.write_message(attempt.submission, by=assessor_of(attempt.submission.achievement), text="Hello.")


def test_an_assessor_writes_once_something_was_handed_in():
    attempt = open_attempt()
    assessor = assessor_of(attempt.submission.achievement)

    with pytest.raises(PermissionDenied):
        verbs.write_message(attempt.submission, by=assessor, text="Hello.")

    assert verbs.write_message(attempt.submission, by=attempt.submission.learner, text="A question first.")


def test_in_a_draft_the_page_says_that_assessors_read_it_after_it_is_handed_in_and_then_the_queue_shows_it():
    submission = open_attempt().submission
    thread = f"{submission.get_absolute_url()}thread/"
    hers, theirs = browser(submission.learner), browser(assessor_of(submission.achievement))
    later, sent_later = "They can read it once you hand in your work.", "Sent. Assessors can read it once you hand in"

    def told(text):
        empty, sent = hers.get(thread), hers.post(thread, {"text": text}, follow=True)
        return later in empty.content.decode(), sent_later in sent.content.decode()

    draft = told("May I film it?")
    verbs.submit(submission.attempts.get(), by=submission.learner)
    outbox.drain()
    queue = theirs.get("/reviews/").content.decode()

    assert (draft, "New message" in queue, told("I filmed it.")) == ((True, True), True, (False, False))


def test_in_the_draft_of_a_further_attempt_assessors_read_it_at_once():
    submission = decided(short=True).attempt.submission
    verbs.try_again(submission, by=submission.learner)

    page = browser(submission.learner).get(f"{submission.get_absolute_url()}thread/").content.decode()

    assert "once you hand in" not in page


def test_the_thread_of_work_that_was_laid_aside_is_closed():
    attempt = open_attempt()
    learner = attempt.submission.learner
    verbs.withdraw(attempt.submission, by=learner)

    with pytest.raises(Refused, match="laid aside"):
        verbs.write_message(attempt.submission, by=learner, text="Hello?")

    verbs.reopen(attempt.submission, by=learner)
    assert verbs.write_message(attempt.submission, by=learner, text="Hello.")


def test_it_goes_on_after_the_decision():
    submission = decided(short=True).attempt.submission

    assert verbs.write_message(submission, by=submission.learner, text="Which edge?")


@pytest.mark.parametrize(
    ("blind", "to_learner", "to_assessor"),
    [(False, "{assessor}", "{learner}"), (True, "An assessor", "Learner {reference}")],
)
def test_each_side_has_the_name_that_the_badge_lets_it_have(blind, to_learner, to_assessor):
    attempt = assessable_attempt(published_version(blind=blind))
    submission, learner = attempt.submission, attempt.submission.learner
    assessor = assessor_of(submission.achievement)
    names = {"assessor": assessor.name, "learner": learner.name, "reference": submission.reference}
    verbs.write_message(submission, by=learner, text="One.")
    verbs.write_message(submission, by=assessor, text="Two.")

    said = [[one.who for one in queries.thread_of(submission, reader)] for reader in (learner, assessor)]

    assert said == [["You", to_learner.format(**names)], [to_assessor.format(**names), "You"]]


def test_blind_nothing_at_the_desk_or_in_the_queue_has_the_learners_name():
    attempt = assessable_attempt(published_version(blind=True), learner=person("Huia Wiremu"))
    learner = attempt.submission.learner
    verbs.write_message(attempt.submission, by=learner, text="Hello.")
    client = browser(assessor_of(attempt.submission.achievement))

    pages = [client.get(path).content.decode() for path in ("/reviews/", f"/reviews/{attempt.public_id}/")]

    unnamed = f"Learner {attempt.submission.reference}"
    assert [(learner.name in page, unnamed in page) for page in pages] == [(False, True), (False, True)]


def read(client, address, until, **headers):
    return client.post(f"{address}read-thread/", {"until": until.public_id}, **headers)


def test_a_page_that_is_opened_writes_nothing_and_what_is_new_stays_so_until_it_was_read():
    attempt = assessable_attempt()
    submission, learner = attempt.submission, attempt.submission.learner
    assessor = assessor_of(submission.achievement)
    asked = verbs.write_message(submission, by=assessor, text="Look at the edge.")
    ThreadSeen.objects.all().delete()
    verbs.write_message(submission, by=learner, text="I did.")
    ThreadSeen.objects.all().delete()

    pages = [
        browser(reader).get(address).content.decode()
        for reader, address in (
            (learner, submission.get_absolute_url()),
            (learner, f"{submission.get_absolute_url()}thread/"),
            (assessor, f"/reviews/{attempt.public_id}/"),
        )
    ]

    assert [page.count(">New<") for page in pages] == [1, 1, 1]
    assert (ThreadSeen.objects.count(), list(queries.unread_by(learner))) == (0, [asked])


def test_what_came_after_the_last_one_saw_is_still_new_and_an_older_page_takes_nothing_back():
    attempt = assessable_attempt()
    submission, learner = attempt.submission, attempt.submission.learner
    assessor = assessor_of(submission.achievement)
    first, second, third = (verbs.write_message(submission, by=assessor, text=text) for text in ("1.", "2.", "3."))
    client = browser(learner)

    answers = [read(client, submission.get_absolute_url(), one) for one in (second, first)]

    assert [(one.status_code, one.url) for one in answers] == [(302, f"{submission.get_absolute_url()}thread/")] * 2
    assert list(queries.unread_by(learner)) == [third]


def test_who_may_not_read_the_thread_marks_nothing_and_no_message_of_another_thread_does():
    attempt, other = assessable_attempt(), assessable_attempt()
    submission = attempt.submission
    message = verbs.write_message(submission, by=submission.learner, text="Hello.")
    elsewhere = verbs.write_message(other.submission, by=other.submission.learner, text="Hello there.")
    ThreadSeen.objects.all().delete()
    assessor = assessor_of(submission.achievement)

    with pytest.raises(PermissionDenied):
        verbs.read_thread(submission, by=person(), until=message)
    stranger, hers, theirs = browser(person()), browser(submission.learner), browser(assessor)
    answers = [
        read(stranger, submission.get_absolute_url(), message),
        read(stranger, f"/reviews/{attempt.public_id}/", message),
        read(hers, submission.get_absolute_url(), elsewhere),
        read(theirs, f"/reviews/{attempt.public_id}/", elsewhere),
        theirs.post(f"/reviews/{attempt.public_id}/read-thread/", {"until": "nothing"}),
    ]

    assert ([one.status_code for one in answers], ThreadSeen.objects.count()) == ([404] * 5, 0)


def test_what_one_has_before_ones_eyes_is_new_once():
    attempt = assessable_attempt()
    submission, learner = attempt.submission, attempt.submission.learner
    assessor = assessor_of(submission.achievement)
    verbs.write_message(submission, by=assessor, text="Look at the edge.")
    client = browser(learner)

    first = client.get(submission.get_absolute_url()).content.decode()
    said = read(client, submission.get_absolute_url(), submission.messages.get(), headers={"HX-Request": "true"})
    second = client.get(submission.get_absolute_url()).content.decode()

    assert ("Look at the edge." in first, first.count(">New<"), second.count(">New<")) == (True, 1, 0)
    assert ("read-thread" in first, said.status_code, "read-thread" in second) == (True, 204, False)
    assert list(queries.unread_by(learner)) == []
    again = verbs.write_message(submission, by=assessor, text="And at the tip.")
    assert list(queries.unread_by(learner)) == [again]
    assert "New message" in client.get("/submissions/").content.decode()


def test_the_queue_marks_what_the_learner_wrote_until_it_was_seen():
    attempt = assessable_attempt()
    client = browser(assessor_of(attempt.submission.achievement))
    colleague = assessor_of(attempt.submission.achievement)
    verbs.write_message(attempt.submission, by=colleague, text="I ask first.")
    quiet = client.get("/reviews/").content.decode()
    answer = verbs.write_message(attempt.submission, by=attempt.submission.learner, text="I answer.")

    marked = client.get("/reviews/").content.decode()
    address = f"/reviews/{attempt.public_id}/"
    said = read(client, address, answer, headers={"HX-Request": "true"}), read(client, address, answer)
    seen = client.get("/reviews/").content.decode()

    assert ["New message" in page for page in (quiet, marked, seen)] == [False, True, False]
    assert (said[0].status_code, said[1].url) == (204, f"{address}#thread")


def test_both_sides_write_from_their_pages():
    attempt, assessor = taken_attempt()
    submission = attempt.submission
    hers, theirs = browser(submission.learner), browser(assessor)

    asked = hers.post(f"/submissions/{submission.public_id}/thread/", {"text": "<b>Which</b>\nedge?"}, follow=True)
    told = theirs.post(f"/reviews/{attempt.public_id}/message/", {"text": "Both."}, follow=True)
    empty = [
        hers.post(f"/submissions/{submission.public_id}/thread/", {"text": ""}),
        theirs.post(f"/reviews/{attempt.public_id}/message/", {"text": "y" * 5_001}),
    ]

    assert "&lt;b&gt;Which&lt;/b&gt;<br>edge?" in asked.content.decode()
    assert (told.redirect_chain[0][0], "Both." in told.content.decode()) == (
        f"/reviews/{attempt.public_id}/#thread",
        True,
    )
    assert [one.status_code for one in empty] == [422, 422]
    assert "y" * 5_001 in empty[1].content.decode()


def test_who_may_not_read_the_work_finds_no_thread():
    attempt = assessable_attempt()
    submission = attempt.submission
    elsewhere = assessor_of(published_version().achievement)

    for other in (person(), elsewhere):
        client = browser(other)
        assert client.post(f"/submissions/{submission.public_id}/thread/", {"text": "Hi."}).status_code == 404
        assert client.post(f"/reviews/{attempt.public_id}/message/", {"text": "Hi."}).status_code == 404

    assert Message.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_a_thread_asks_as_often_for_many_messages_as_for_one(django_assert_num_queries, rows):
    attempt = assessable_attempt()
    for number in range(rows):
        verbs.write_message(attempt.submission, by=attempt.submission.learner, text=f"Word {number}.")

    client = browser(attempt.submission.learner)
    with django_assert_num_queries(7):
        page = client.get(f"/submissions/{attempt.submission.public_id}/thread/").content.decode()
    assert page.count("Word ") == rows


def test_who_was_signed_out_while_writing_a_message_gets_it_back():
    attempt = assessable_attempt()
    thread = f"{attempt.submission.get_absolute_url()}thread/"

    answers = [
        Client().post(address, {"text": "Is the second film too dark?"})
        for address in (thread, f"/reviews/{attempt.public_id}/message/")
    ]

    assert [(one.status_code, "Is the second film too dark?" in one.content.decode()) for one in answers] == [
        (401, True),
        (401, True),
    ]
    assert Client().get(thread).status_code == 302


@pytest.mark.parametrize(("policy", "named"), [("single", True), ("double_blind", False)])
def test_of_two_who_mark_apart_neither_reads_in_the_thread_who_the_other_is(policy, named):
    attempt, first = taken_attempt(published_version(policy=policy))
    submission, second = attempt.submission, assessor_of(attempt.submission.achievement)
    verbs.write_message(submission, by=first, text="Show the edge too.")
    submission.refresh_from_db()

    told = {reader: [one.who for one in queries.thread_of(submission, reader)] for reader in (second, first)}

    assert told == {second: [first.name if named else "An assessor"], first: ["You"]}
    assert [one.who for one in queries.thread_of(submission, submission.learner)] == [first.name]
