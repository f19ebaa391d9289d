"""What is recommended, passed back to who recommended it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from apps.core import outbox
from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers.models import Seat
from apps.notices.models import Letter
from apps.reviews import verbs
from apps.reviews.models import Decision, Review
from tests.factories import ALL_GOOD, assessor_of, browser, granting, marks_for, person, recommended

pytestmark = pytest.mark.django_db
WHY = "Look at the second film again."


def test_it_goes_back_with_its_marks_and_the_reason_to_who_recommended_it():
    attempt, granter = granting()
    recommender = attempt.assignments.get(turn__part="first").assessor

    review = verbs.pass_back(attempt, by=granter, reason=WHY)

    attempt.refresh_from_db()
    attempt.submission.refresh_from_db()
    assert (review.state, review.passed_back_because) == ("passed_back", WHY)
    assert (attempt.state, attempt.submission.state) == ("assessable", "under_assessment")
    offered = attempt.assignments.get(state="offered")
    assert (offered.assessor, offered.offered_by, offered.turn.part) == (recommender, granter, "first")
    event = Event.objects.get(kind="review.passed_back")
    assert (event.actor_id, event.data) == (
        granter.public_id,
        {"review": review.public_id, "reason": digest(WHY)},
    )
    outbox.drain()
    assert WHY in Letter.objects.get(kind="passed_back", person=recommender).text
    again = verbs.take(attempt, by=recommender).review
    assert (again.note, again.marks.count()) == ("Well done.", 3)


def test_who_recommended_it_reads_why_recommends_anew_and_the_same_person_grants_it():
    attempt, granter = granting()
    recommender = attempt.assignments.get(turn__part="first").assessor
    verbs.pass_back(attempt, by=granter, reason=WHY)
    verbs.take(attempt, by=recommender)

    page = browser(recommender).get(f"/reviews/{attempt.public_id}/").content.decode()
    verbs.decide(attempt, by=recommender, marks=marks_for(attempt), answers=ALL_GOOD, note="Seen.")
    verbs.take(attempt, by=granter)

    assert ("Passed back to you" in page, WHY in page) == (True, True)
    assert verbs.grant(attempt, by=granter).note == "Seen."


def test_whose_seat_has_ended_is_not_asked_to_look_again():
    attempt, granter = granting()
    recommender = attempt.assignments.get(turn__part="first").assessor
    Seat.objects.filter(person=recommender).delete()

    verbs.pass_back(attempt, by=granter, reason=WHY)

    assert not attempt.assignments.filter(state="offered").exists()
    assert not recommender.notices.filter(kind="passed_back").exists()
    fresh = assessor_of(attempt.submission.achievement)
    assert verbs.take(attempt, by=fresh).turn.part == "first"


def test_passed_back_twice_it_is_offered_once():
    attempt, granter = granting()
    verbs.pass_back(attempt, by=granter, reason=WHY)

    with pytest.raises(Refused, match="don't hold this"):
        verbs.pass_back(attempt, by=granter, reason=WHY)

    assert attempt.assignments.filter(state="offered").count() == 1


def test_only_who_took_it_to_grant_it_passes_it_back():
    review = recommended()
    attempt = review.assignment.attempt
    other = assessor_of(attempt.submission.achievement)

    with pytest.raises(PermissionDenied):
        verbs.pass_back(attempt, by=person(), reason=WHY)
    with pytest.raises(Refused, match="don't hold this"):
        verbs.pass_back(attempt, by=other, reason=WHY)

    verbs.take(attempt, by=other)
    assert verbs.pass_back(attempt, by=other, reason=WHY)


@pytest.mark.parametrize("reason", ["", " \n"])
def test_without_a_reason_it_stays(reason):
    attempt, granter = granting()

    with pytest.raises(Refused, match="Say what to look at again"):
        verbs.pass_back(attempt, by=granter, reason=reason)

    assert Review.objects.get().state == "submitted"


def test_the_database_wants_the_reason_too():
    review = recommended()

    with pytest.raises(IntegrityError, match="passed_back_for_a_reason"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(state="passed_back")


def test_on_the_page_it_is_passed_back_with_a_reason_and_without_one_nothing_typed_is_lost():
    attempt, granter = granting()
    client, there = browser(granter), f"/reviews/{attempt.public_id}/pass-back/"

    empty = client.post(there, {"back-reason": ""})
    done = client.post(there, {"back-reason": WHY}, follow=True)
    late = client.post(there, {"back-reason": WHY})

    assert (empty.status_code, '<details class="panel mt-4" id="back" open>' in empty.content.decode()) == (422, True)
    assert "Passed back. The person who recommended it will read why and look again." in done.content.decode()
    assert (late.status_code, Decision.objects.exists()) == (422, False)
