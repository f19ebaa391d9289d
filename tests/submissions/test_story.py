"""What a learner reads about the way of their work."""

from datetime import timedelta

import pytest
from django.test import Client

from apps.core import clock
from apps.reviews import verbs as reviews
from apps.submissions import queries
from apps.submissions import verbs as submissions
from tests.factories import ALL_GOOD, assessable_attempt, assessor_of, changed, decided, marks_for

pytestmark = pytest.mark.django_db


def story_of(submission):
    submission.refresh_from_db()
    told = queries.story_of(submission, submission.attempts.select_related("answer"))
    return [(str(one.word), one.tone) for one in told]


def test_work_that_waits_tells_by_when_one_hears():
    submission = assessable_attempt().submission

    assert story_of(submission) == [
        *(("Begun", "done"), ("Handed in", "done"), ("Waiting for an assessor", "now")),
        ("You hear by this day", "later"),
    ]


def test_two_attempts_are_one_story_in_the_order_it_happened():
    first = decided(short=True).attempt
    submission = first.submission
    with clock.at(clock.now() + timedelta(days=3)):
        submissions.try_again(submission, by=submission.learner)
        second = submission.attempts.get(number=2)
        submissions.submit(changed(second), by=submission.learner)
        submissions.freeze(second.pk)
        assessor = assessor_of(submission.achievement)
        second.refresh_from_db()
        reviews.take(second, by=assessor)
        during = story_of(submission)
        reviews.decide(second, by=assessor, marks=marks_for(second), answers=ALL_GOOD, note="")

    begun = [("Begun", "done"), ("Handed in", "done"), ("Not yet", "back"), ("Attempt 2 handed in", "done")]
    assert during == [*begun, ("Being judged", "now"), ("You hear by this day", "later")]
    assert story_of(submission) == [*begun, ("Awarded", "done")]


def test_the_page_shows_it_and_the_desk_shows_what_changed():
    first = decided(short=True).attempt
    submission = first.submission
    learner = submission.learner
    submissions.try_again(submission, by=learner)
    second = submission.attempts.get(number=2)
    second = submissions.save_draft(second, by=learner, overview="What I did, twice.", edition=second.edition)
    submissions.submit(changed(second), by=learner)
    submissions.freeze(second.pk)
    pages = []
    for someone, path in (
        (learner, submission.get_absolute_url()),
        (assessor_of(submission.achievement), f"/reviews/{second.public_id}/"),
    ):
        client = Client()
        client.force_login(someone)
        pages.append(client.get(path).content.decode())

    hers, theirs = pages
    assert hers.count('<ol class="timeline"') == 1
    assert "Attempt 2 handed in" in hers
    assert theirs.count("What changed since attempt 1") == 2
    assert "2 words added, 1 word removed." in theirs
    assert "Nothing changed." in theirs
