"""What can't be judged as it is goes back to its learner, and costs them no attempt."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from apps.core import clock, outbox
from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers.calendar import business_day_after
from apps.notices.models import Letter
from apps.reviews import verbs
from apps.reviews.models import Assignment
from apps.submissions import verbs as submissions
from apps.submissions.models import Attempt, Returned, Submission
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    browser,
    changed,
    decided,
    marks_for,
    person,
    published_version,
    second_attempt,
    taken_attempt,
)

pytestmark = pytest.mark.django_db
WHY = "The film stops after two seconds. Add it once more."


def test_the_attempt_stays_frozen_and_the_next_opens_with_all_of_it():
    attempt, assessor = taken_attempt()
    manifest = attempt.manifest

    following = verbs.return_unscored(attempt, by=assessor, reason=WHY)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.manifest, attempt.returned.reason) == ("returned_unscored", manifest, WHY)
    assert (following.number, following.state, following.overview) == (2, "open", attempt.overview)
    assert following.evidence.get().sha256 == attempt.evidence.get().sha256
    assert (following.submission.state, following.declared_own) == ("draft", False)
    event = Event.objects.get(kind="submission.returned")
    assert (event.actor_id, event.data) == (
        assessor.public_id,
        {"attempt": attempt.public_id, "reason": digest(WHY)},
    )
    held = Assignment.objects.get()
    assert (held.state, held.review.state) == ("released", "void")


def test_the_learner_is_told_why_by_letter_and_on_the_form():
    attempt, assessor = taken_attempt()
    learner = attempt.submission.learner

    verbs.return_unscored(attempt, by=assessor, reason=WHY)
    outbox.drain()

    letter = Letter.objects.get(person=learner, kind="returned")
    assert (letter.subject, WHY in letter.text) == ("Back to you, not judged: Sharpen a knife", True)
    page = browser(learner).get(attempt.submission.get_absolute_url()).content.decode()
    assert ("It came back unjudged" in page, WHY in page) == (True, True)


@pytest.mark.parametrize(
    ("allowed", "said"), [(None, "You have as many attempts as you need."), (3, "Of 3 attempts you have used 0.")]
)
def test_what_came_back_unjudged_is_no_attempt_and_no_other_number_is_told(allowed, said):
    attempt, assessor = taken_attempt(published_version(attempts_allowed=allowed))

    verbs.return_unscored(attempt, by=assessor, reason=WHY)

    page = browser(attempt.submission.learner).get(attempt.submission.get_absolute_url()).content.decode()
    assert f"{said} What came back unjudged or was withdrawn does not count." in page


def test_what_was_said_is_never_changed():
    attempt, assessor = taken_attempt()
    verbs.return_unscored(attempt, by=assessor, reason=WHY)

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Returned.objects.update(reason="Something else.")

    assert Returned.objects.get().reason == WHY


def test_it_costs_none_of_the_attempts_allowed():
    second = second_attempt(published_version(attempts_allowed=2))
    learner, assessor = second.submission.learner, assessor_of(second.submission.achievement)
    verbs.take(second, by=assessor)
    third = verbs.return_unscored(second, by=assessor, reason=WHY)
    changed(third)
    submissions.submit(third, by=learner)
    submissions.freeze(third.pk)
    third.refresh_from_db()
    verbs.take(third, by=assessor)

    decision = verbs.decide(third, by=assessor, marks=marks_for(third, short=True), answers=ALL_GOOD, note="")

    assert decision.outcome == "not_yet"
    with pytest.raises(Refused, match="allows 2 attempts"):
        submissions.try_again(third.submission, by=learner)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_without_a_reason_nothing_is_returned(reason):
    attempt, assessor = taken_attempt()

    with pytest.raises(Refused, match="Say why"):
        verbs.return_unscored(attempt, by=assessor, reason=reason)

    assert Attempt.objects.get().state == "assessable"
    assert Assignment.objects.get().state == "taken"


def test_returned_twice_it_comes_back_once():
    attempt, assessor = taken_attempt()
    verbs.return_unscored(attempt, by=assessor, reason=WHY)

    with pytest.raises(Refused, match="don't hold this"):
        verbs.return_unscored(attempt, by=assessor, reason=WHY)

    assert Attempt.objects.count() == 2


def test_only_who_holds_it_returns_it():
    attempt, holder = taken_attempt()
    colleague = assessor_of(attempt.submission.achievement)

    with pytest.raises(PermissionDenied):
        verbs.return_unscored(attempt, by=person(), reason=WHY)
    with pytest.raises(Refused, match=f"{holder.name} holds this"):
        verbs.return_unscored(attempt, by=colleague, reason=WHY)

    assert verbs.return_unscored(attempt, by=holder, reason=WHY)


@pytest.mark.parametrize("attempt_of", [assessable_attempt, lambda: decided().attempt])
def test_what_nobody_holds_is_not_returned(attempt_of):
    attempt = attempt_of()

    with pytest.raises(Refused, match="don't hold this"):
        verbs.return_unscored(attempt, by=assessor_of(attempt.submission.achievement), reason=WHY)


def test_the_desk_asks_for_the_reason_on_a_page_of_its_own():
    attempt, assessor = taken_attempt()
    client, there = browser(assessor), f"/reviews/{attempt.public_id}/return/"
    assert there in client.get(f"/reviews/{attempt.public_id}/").content.decode()

    empty = client.post(there, {"reason": ""})
    done = client.post(there, {"reason": WHY}, follow=True)
    desk = client.get(f"/reviews/{attempt.public_id}/").content.decode()

    assert empty.status_code == 422
    assert "Returned, not judged. The learner is told why." in done.content.decode()
    assert ("Returned, not judged" in desk, WHY in desk) == (True, True)


def test_whoever_judges_the_next_attempt_sees_that_and_why_it_was_returned():
    attempt, assessor = taken_attempt()
    following = verbs.return_unscored(attempt, by=assessor, reason=WHY)
    changed(following)
    submissions.submit(following, by=attempt.submission.learner)
    submissions.freeze(following.pk)

    page = browser(assessor).get(f"/reviews/{following.public_id}/").content.decode()

    assert ("Attempt 1 was returned, not judged" in page, WHY in page, "No evidence and no words changed." in page) == (
        True,
        True,
        True,
    )


def test_the_promise_stands_still_while_the_work_is_with_its_learner():
    monday = datetime(2026, 6, 15, 10, tzinfo=UTC)
    with clock.at(monday):
        attempt, assessor = taken_attempt()
    submission = Submission.objects.get(pk=attempt.submission_id)
    promised, days = submission.answer_by, submission.version.service_days
    assert promised == business_day_after(monday, days=days, issuer=submission.version.achievement.issuer)

    with clock.at(monday + timedelta(days=2)):
        following = verbs.return_unscored(attempt, by=assessor, reason=WHY)
    paused = Submission.objects.get(pk=submission.pk)
    back = monday + timedelta(days=28)
    with clock.at(back):
        form = browser(submission.learner).get(submission.get_absolute_url())
        submissions.submit(changed(following), by=submission.learner)

    resumed = Submission.objects.get(pk=submission.pk)
    rest = business_day_after(back, days=days - 2, issuer=submission.version.achievement.issuer)
    assert (paused.days_left, resumed.days_left, resumed.answer_by) == (days - 2, None, rest)
    assert (form.context["answer_by"], form.context["expected"].day) == (rest, rest)
