from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.test import Client

from apps.backpacks import today
from apps.core import clock
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers.models import Issuer
from apps.reviews import queries, verbs
from apps.reviews.models import Assignment, Review, Turn
from apps.submissions import verbs as submissions
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    browser,
    decided,
    issuer_with_owner,
    marks_for,
    person,
    published_version,
    submitted_attempt,
    taken_attempt,
)

pytestmark = pytest.mark.django_db


def test_take_gives_a_lease_of_eight_hours_and_tells_the_learner_that_it_is_being_assessed():
    attempt = assessable_attempt()
    assessor = assessor_of(attempt.submission.achievement)

    assignment = verbs.take(attempt, by=assessor)

    attempt.submission.refresh_from_db()
    assert attempt.submission.state == "under_assessment"
    assert assignment.until - assignment.taken_at == timedelta(hours=8)
    assert (assignment.review.state, assignment.review.marks.count()) == ("draft", 0)
    assert Event.objects.get(kind="assignment.taken").data == {
        "assignment": assignment.public_id,
        "attempt": attempt.public_id,
        "part": "first",
        "declared": "no_conflict",
    }


def test_taking_what_one_holds_goes_on_with_it():
    attempt, assessor = taken_attempt()

    assert verbs.take(attempt, by=assessor) == Assignment.objects.get(attempt=attempt)
    assert Assignment.objects.count() == 1


def test_what_another_holds_is_refused_by_name_and_hour():
    attempt, holder = taken_attempt()

    with pytest.raises(Refused, match=f"{holder.name} holds this until"):
        verbs.take(attempt, by=assessor_of(attempt.submission.achievement))


def test_a_lease_that_ran_out_is_free_to_take():
    attempt, _holder = taken_attempt()
    Assignment.objects.update(taken_at=Now() - timedelta(hours=9), until=Now() - timedelta(seconds=1))
    other = assessor_of(attempt.submission.achievement)

    assert verbs.take(attempt, by=other).assessor == other
    assert list(Assignment.objects.order_by("pk").values_list("state", flat=True)) == ["expired", "taken"]
    event = Event.objects.get(kind="assignment.expired")
    assert (event.actor_id, event.data["assignment"]) == ("", Assignment.objects.earliest("pk").public_id)


def test_only_one_lease_lives_even_by_sql():
    attempt, _holder = taken_attempt()

    with pytest.raises(IntegrityError, match="one_live_lease"), transaction.atomic():
        Assignment.objects.create(
            turn=Turn.objects.get(),
            attempt=attempt,
            assessor=person(),
            taken_at=Now(),
            until=Now() + timedelta(hours=1),
        )


def test_what_is_not_frozen_yet_cannot_be_taken():
    attempt = submitted_attempt()

    with pytest.raises(Refused, match="not ready"):
        verbs.take(attempt, by=assessor_of(attempt.submission.achievement))


def test_a_seat_elsewhere_opens_nothing():
    attempt = assessable_attempt()

    with pytest.raises(PermissionDenied):
        verbs.take(attempt, by=assessor_of(published_version().achievement))


def test_next_takes_the_most_urgent_that_is_free_and_never_ones_own():
    version = published_version()
    assessor = assessor_of(version.achievement)
    assessable_attempt(version, learner=assessor)
    taken_attempt(version)
    first, second = assessable_attempt(version), assessable_attempt(version)
    Turn.objects.filter(attempt=second).update(due_on=second.submission.answer_by - timedelta(days=30))

    taken = [verbs.take_next(by=assessor) for _ in range(3)]

    assert [one and one.attempt for one in taken] == [second, first, None]


def test_next_gives_other_work_than_what_one_has_just_given_back_while_there_is_any():
    version = published_version()
    assessor = assessor_of(version.achievement)
    first, second = assessable_attempt(version), assessable_attempt(version)
    assert verbs.take_next(by=assessor).attempt == first
    verbs.give_back(first, by=assessor)

    taken = [verbs.take_next(by=assessor) for _ in range(3)]

    assert [one and one.attempt for one in taken] == [second, first, None]


def test_what_was_given_back_half_an_hour_ago_or_by_another_is_as_urgent_as_before():
    version = published_version()
    assessor, other = assessor_of(version.achievement), assessor_of(version.achievement)
    first, second = assessable_attempt(version), assessable_attempt(version)
    verbs.take(first, by=assessor)
    verbs.give_back(first, by=assessor)

    assert verbs.take_next(by=other).attempt == first
    verbs.give_back(first, by=other)
    Assignment.objects.filter(assessor=assessor).update(ended_at=Now() - timedelta(minutes=31))
    assert [verbs.take_next(by=assessor).attempt for _ in range(2)] == [first, second]


def test_next_passes_over_the_work_of_ones_other_account():
    version = published_version()
    assessor = assessor_of(version.achievement)
    verified, unverified, third = person(), person(), person()
    EmailAddress.objects.create(user=unverified, email=assessor.email, verified=False)
    EmailAddress.objects.create(user=assessor, email=verified.email, verified=False)
    for learner in (verified, unverified):
        assessable_attempt(version, learner=learner)
    free = assessable_attempt(version, learner=third)

    assert [one.attempt for one in queries.Queue(assessor).page().rows] == [free]
    assert queries.counts_for(assessor)["free"] == 1
    assert verbs.take_next(by=assessor).attempt == free


def test_late_is_what_is_past_its_day_where_the_issuer_is():
    issuer, _owner = issuer_with_owner()
    Issuer.objects.filter(pk=issuer.pk).update(time_zone="Pacific/Auckland")
    attempt = assessable_attempt(published_version(issuer))
    assessor = assessor_of(attempt.submission.achievement)
    day = attempt.submission.answer_by
    here = ZoneInfo("Pacific/Auckland")
    reader = Client()
    reader.force_login(assessor)

    for hour, counted in ((datetime(day.year, day.month, day.day, 23, 30, tzinfo=here), 0), (None, 1)):
        moment = hour or datetime(day.year, day.month, day.day, 0, 30, tzinfo=here) + timedelta(days=1)
        with clock.at(moment):
            assert queries.counts_for(assessor)["late"] == counted
            assert today.issuer(_owner)["late"] == counted
            assert ("1 day late" in reader.get("/reviews/?view=all").content.decode().replace("\xa0", " ")) == counted
            assert (">Late<" in reader.get(f"/reviews/{attempt.public_id}/").content.decode()) == counted


def test_give_back_frees_it_and_keeps_the_marks_for_the_same_assessor_only():
    attempt, assessor = taken_attempt()
    verbs.save_marks(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="Mine.")
    assignment = Assignment.objects.get()

    verbs.give_back(attempt, by=assessor)
    other = verbs.take(attempt, by=assessor_of(attempt.submission.achievement))

    assert (other.review.note, other.review.marks.count()) == ("", 0)
    assert Review.objects.get(assignment=assignment).state == "void"
    verbs.give_back(attempt, by=other.assessor)
    assert verbs.take(attempt, by=assessor).review.note == "Mine."


def test_who_takes_the_next_reads_at_the_desk_what_they_declared_by_it():
    attempt = assessable_attempt()
    client = browser(assessor_of(attempt.submission.achievement))

    desk = client.post("/reviews/next/", follow=True).content.decode()

    assert "By taking it you said that, as far as you know, you are not close to its learner" in desk
    assert f"/reviews/{attempt.public_id}/recuse/" in desk


def test_leases_run_out_by_themselves():
    taken_attempt()
    assert verbs.expire_leases() == 0
    Assignment.objects.update(taken_at=Now() - timedelta(hours=9), until=Now() - timedelta(seconds=1))

    assert verbs.expire_leases() == 1
    assert verbs.expire_leases() == 0

    assert Assignment.objects.get().state == "expired"
    assert Event.objects.filter(kind="assignment.expired").count() == 1


def test_what_was_decided_cannot_be_taken():
    decision = decided(short=True)

    with pytest.raises(Refused, match="decided already"):
        verbs.take(decision.attempt, by=decision.by)


def test_marks_that_were_sent_are_never_changed_even_by_sql():
    decision = decided(short=True)

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        decision.review.marks.update(level=1)


def test_what_its_learner_just_took_back_cannot_be_taken_before_its_turns_are_closed():
    attempt = assessable_attempt()
    assessor = assessor_of(attempt.submission.achievement)
    submissions.withdraw(attempt.submission, by=attempt.submission.learner)

    with pytest.raises(Refused, match="not ready"):
        verbs.take(attempt, by=assessor)
    assert verbs.take_next(by=assessor) is None
    assert Assignment.objects.count() == 0
