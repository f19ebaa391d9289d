"""What a learner writes reaches somebody who may answer it, whoever has the work or nobody."""

import pytest

from apps.accounts.models import User
from apps.core import clock, outbox
from apps.issuers.models import Seat
from apps.reviews import verbs as reviews
from apps.submissions import verbs
from tests.factories import (
    appealed,
    assessable_attempt,
    assessor_of,
    decided,
    published_version,
    seated,
    second_attempt,
    taken_attempt,
)

pytestmark = pytest.mark.django_db


def told(submission, text="When can we talk?"):
    """Who hears of a message that its learner writes now."""
    message = verbs.write_message(submission, by=submission.learner, text=text)
    outbox.drain()
    return set(User.objects.filter(notices__key=f"message:{message.public_id}"))


def people_at(submission):
    """A lead and an assessor, besides whoever has judged it."""
    return seated("moderator", submission.achievement.issuer), assessor_of(submission.achievement)


def test_after_a_decision_whoever_made_it_hears_and_is_led_to_the_desk():
    decision = decided(short=True, version=published_version(coach_after=1, attempts_allowed=3, blind=True))
    attempt = decision.attempt
    people_at(attempt.submission)

    assert told(attempt.submission) == {decision.by}

    notice = decision.by.notices.get(kind="message")
    assert notice.address == f"/reviews/{attempt.public_id}/#thread"
    assert attempt.submission.learner.name not in str(notice.facts)


def test_whoever_wrote_before_hears_beside_whoever_decided():
    decision = decided(short=True)
    submission = decision.attempt.submission
    _lead, colleague = people_at(submission)
    verbs.write_message(submission, by=colleague, text="Film the edge.")

    assert told(submission) == {decision.by, colleague}


@pytest.mark.parametrize(
    "gone",
    [
        lambda by: Seat.objects.filter(person=by).update(ended_at=clock.now()),
        lambda by: Seat.objects.filter(person=by).update(suspended_at=clock.now()),
        lambda by: Seat.objects.filter(person=by).update(until=clock.now()),
        lambda by: User.objects.filter(pk=by.pk).update(is_active=False),
        lambda by: User.objects.filter(pk=by.pk).update(is_minor=True),
    ],
    ids=["seat ended", "seat suspended", "seat expired", "account closed", "a minor"],
)
@pytest.mark.parametrize("has_lead", [True, False])
def test_if_whoever_decided_may_not_be_told_the_leads_hear_and_without_any_the_other_assessors(gone, has_lead):
    decision = decided(short=True)
    submission = decision.attempt.submission
    colleague = assessor_of(submission.achievement)
    lead = seated("moderator", submission.achievement.issuer) if has_lead else None
    gone(decision.by)

    assert told(submission) == {lead or colleague}


def test_whoever_declared_a_conflict_hears_nothing():
    attempt, assessor = taken_attempt()
    submission = attempt.submission
    verbs.write_message(submission, by=assessor, text="Show the edge too.")
    reviews.recuse(attempt, by=assessor, kind="knows")
    lead, _colleague = people_at(submission)

    assert told(submission) == {lead}


def test_a_lead_hears_nothing_of_their_own_work():
    submission = decided(short=True).attempt.submission
    Seat.objects.filter(role="assessor").update(ended_at=clock.now())
    lead = seated("moderator", submission.achievement.issuer)
    Seat.objects.create(
        person=submission.learner, issuer=submission.achievement.issuer, role="moderator", given_at=clock.now()
    )

    assert told(submission) == {lead}


def test_of_work_that_is_free_the_leads_hear_and_without_any_the_queue_alone_shows_it():
    led, unled = assessable_attempt().submission, assessable_attempt().submission
    lead, _colleague = people_at(led)
    assessor_of(unled.achievement)

    assert (told(led), told(unled)) == ({lead}, set())


def test_of_a_further_attempt_that_is_free_whoever_judged_the_one_before_hears():
    attempt = second_attempt()
    people_at(attempt.submission)

    assert told(attempt.submission) == {attempt.submission.attempts.get(number=1).decisions.get().by}


def test_during_an_appeal_that_nobody_has_taken_the_leads_hear_and_not_whoever_decided():
    decision = appealed().decision
    lead, _colleague = people_at(decision.attempt.submission)

    assert told(decision.attempt.submission) == {lead}


def test_told_twice_of_a_message_they_have_one_notice():
    decision = decided(short=True)
    message = verbs.write_message(decision.attempt.submission, by=decision.attempt.submission.learner, text="When?")

    for _time in range(2):
        reviews.tell_assessors(message)

    assert decision.by.notices.filter(kind="message").count() == 1
