"""Some badges ask for a talk between two attempts."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from apps.core import outbox
from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.reviews import verbs as reviews
from apps.submissions import queries, verbs
from apps.submissions.models import CoachTalk
from tests.factories import (
    ALL_GOOD,
    assessor_of,
    browser,
    decided,
    marks_for,
    open_attempt,
    person,
    published_version,
    second_attempt,
)

pytestmark = pytest.mark.django_db
AGREED = "Film the whole stroke, then come by on Friday."


@pytest.fixture
def due():
    """After a first “not yet” for a badge that asks for a talk after each."""
    return decided(short=True, version=published_version(coach_after=1, attempts_allowed=3)).attempt.submission


def test_a_talk_that_was_held_lets_the_next_attempt_begin(due):
    assessor = assessor_of(due.achievement)

    talk = verbs.hold_talk(due, by=assessor, note=AGREED)
    outbox.drain()

    assert (talk.after_attempt, talk.by, talk.note) == (1, assessor, AGREED)
    event = Event.objects.get(kind="talk.held")
    assert (event.actor_id, event.data) == (assessor.public_id, {"talk": talk.public_id, "note": digest(AGREED)})
    assert due.learner.notices.get(kind="talk_held").facts["note"] == AGREED
    assert verbs.try_again(due, by=due.learner).number == 2


def test_until_then_the_next_attempt_is_refused_and_says_who_to_talk_to(due):
    with pytest.raises(Refused, match=f"talk with an assessor of {due.achievement.issuer.name}"):
        verbs.try_again(due, by=due.learner)

    due.refresh_from_db()
    assert (due.state, due.attempts.count()) == ("not_yet", 1)
    verbs.hold_talk(due, by=assessor_of(due.achievement), note=AGREED)
    assert verbs.try_again(due, by=due.learner)


def test_it_is_asked_for_after_so_many_attempts_and_before_each_one_that_follows():
    attempt = second_attempt(published_version(coach_after=2))
    submission, assessor = attempt.submission, assessor_of(attempt.submission.achievement)
    first_due = queries.talk_is_due(submission)
    reviews.take(attempt, by=assessor)
    reviews.decide(attempt, by=assessor, marks=marks_for(attempt, short=True), answers=ALL_GOOD, note="")
    submission.refresh_from_db()

    with pytest.raises(Refused, match="talk with an assessor"):
        verbs.try_again(submission, by=submission.learner)

    talk = verbs.hold_talk(submission, by=assessor, note=AGREED)
    assert (first_due, talk.after_attempt) == (False, 2)


def test_held_twice_it_is_written_down_once(due):
    assessor = assessor_of(due.achievement)
    verbs.hold_talk(due, by=assessor, note=AGREED)

    with pytest.raises(Refused, match="No talk is due"):
        verbs.hold_talk(due, by=assessor, note="Again.")

    assert CoachTalk.objects.get().note == AGREED


@pytest.mark.parametrize("note", ["", " \n"])
def test_what_was_agreed_has_to_be_said(due, note):
    with pytest.raises(Refused, match="Write what you agreed"):
        verbs.hold_talk(due, by=assessor_of(due.achievement), note=note)


def test_neither_the_learner_nor_a_stranger_writes_it_down(due):
    for other in (due.learner, person()):
        with pytest.raises(PermissionDenied):
            verbs.hold_talk(due, by=other, note=AGREED)

    assert verbs.hold_talk(due, by=assessor_of(due.achievement), note=AGREED)


def test_no_talk_is_due_where_none_is_asked_for_or_no_attempt_is_left():
    without = decided(short=True).attempt.submission
    used_up = decided(short=True, version=published_version(coach_after=1, attempts_allowed=1)).attempt.submission

    for submission in (without, used_up):
        with pytest.raises(Refused, match="No talk is due"):
            verbs.hold_talk(submission, by=assessor_of(submission.achievement), note=AGREED)

    with pytest.raises(Refused, match="allows one attempt"):
        verbs.try_again(used_up, by=used_up.learner)


def test_what_was_agreed_is_never_changed(due):
    verbs.hold_talk(due, by=assessor_of(due.achievement), note=AGREED)

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        CoachTalk.objects.update(note="Else.")


def test_both_pages_lead_through_it(due):
    attempt, assessor = due.attempts.get(), assessor_of(due.achievement)
    hers, theirs = browser(due.learner), browser(assessor)
    before = hers.get(due.get_absolute_url()).content.decode()
    desk = theirs.get(f"/reviews/{attempt.public_id}/").content.decode()

    empty = theirs.post(f"/reviews/{attempt.public_id}/talk/", {"note": ""})
    theirs.post(f"/reviews/{attempt.public_id}/talk/", {"note": AGREED})
    after = hers.get(due.get_absolute_url()).content.decode()
    done = theirs.get(f"/reviews/{attempt.public_id}/").content.decode()

    assert ("Before the next attempt you talk" in before, "Start attempt 2" in before) == (True, False)
    assert "Attempt 1 of 3. Before attempt 2 you talk with a coach." in before
    assert ("We talked" in desk, empty.status_code, "We talked" in done) == (True, 422, False)
    assert (AGREED in after, "Start attempt 2" in after) == (True, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({}, "Attempt 1; you have as many as you need."),
        ({"attempts_allowed": 1}, "Attempt 1 of 1."),
        ({"attempts_allowed": 3, "coach_after": 2}, "Attempt 1 of 3. Before attempt 3 you talk with a coach."),
        ({"attempts_allowed": 2, "coach_after": 2}, "Attempt 1 of 2."),
    ],
)
def test_the_policy_is_told_in_words(words, said):
    attempt = open_attempt(published_version(**words))

    assert queries.attempts_in_words(attempt.submission, number=1) == said
    assert said in browser(attempt.submission.learner).get(attempt.submission.get_absolute_url()).content.decode()
