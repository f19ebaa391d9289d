"""A lead goes on with what somebody else holds."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from apps.core.models import Event
from apps.core.refused import Refused
from apps.notices.models import Notice
from apps.reviews import verbs
from apps.reviews.models import Assignment
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    browser,
    decided,
    marks_for,
    published_version,
    seated,
    taken_attempt,
)
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db


def lead_of(attempt):
    return seated("moderator", attempt.submission.achievement.issuer)


def test_it_is_the_leads_and_who_held_it_is_told():
    attempt, holder = taken_attempt()
    verbs.save_marks(attempt, by=holder, marks=marks_for(attempt), answers=ALL_GOOD, note="Mine.")
    lead = lead_of(attempt)

    taken = verbs.take_over(attempt, by=lead)

    before = Assignment.objects.earliest("pk")
    assert (taken.assessor, taken.state, taken.review.note) == (lead, "taken", "")
    assert (before.state, before.review.state, before.review.note) == ("released", "void", "Mine.")
    event = Event.objects.get(kind="assignment.taken_over")
    assert (event.actor_id, event.data) == (
        lead.public_id,
        {"assignment": before.public_id, "attempt": attempt.public_id},
    )
    assert Notice.objects.filter(person=holder, kind="taken_over").count() == 1
    with pytest.raises(Refused, match="holds this now"):
        verbs.decide(attempt, by=holder, marks=marks_for(attempt), answers=ALL_GOOD, note="")


def test_asked_twice_it_goes_on():
    attempt, _holder = taken_attempt()
    lead = lead_of(attempt)

    assert verbs.take_over(attempt, by=lead) == verbs.take_over(attempt, by=lead)
    assert Assignment.objects.count() == 2


def test_only_a_lead_takes_over():
    attempt, holder = taken_attempt()

    with pytest.raises(PermissionDenied):
        verbs.take_over(attempt, by=assessor_of(attempt.submission.achievement))
    with pytest.raises(PermissionDenied):
        verbs.take_over(attempt, by=lead_of(assessable_attempt()))

    assert Assignment.objects.get().assessor == holder
    assert verbs.take_over(attempt, by=lead_of(attempt))


@pytest.mark.parametrize("attempt_of", [assessable_attempt, lambda: decided().attempt])
def test_what_nobody_holds_is_taken_and_not_taken_over(attempt_of):
    attempt = attempt_of()

    with pytest.raises(Refused, match="Nobody holds this"):
        verbs.take_over(attempt, by=lead_of(attempt))


def test_a_lead_with_a_conflict_takes_nothing_over():
    attempt, holder = taken_attempt()
    lead = lead_of(attempt)
    verbs.recuse(attempt, by=lead, kind="knows")

    with pytest.raises(Refused, match="declared a conflict"):
        verbs.take_over(attempt, by=lead)

    assert Assignment.objects.get().assessor == holder


def test_of_two_that_mark_apart_the_very_turn_that_was_held_is_taken_over():
    attempt, first = taken_attempt(published_version(policy="double_blind"))
    second = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=second)
    verbs.give_back(attempt, by=first)

    taken = verbs.take_over(attempt, by=lead_of(attempt))

    assert taken.turn.part == "second"


def marked_by_two():
    """(attempt, turns, holders): two mark it apart."""
    attempt, first = taken_attempt(published_version(policy="double_blind"))
    second = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=second)
    return attempt, list(attempt.turns.order_by("pk")), [first, second]


def test_of_two_that_are_marked_apart_a_lead_says_which():
    attempt, (_first, turn), (one, _two) = marked_by_two()
    lead, other = lead_of(attempt), taken_attempt()[0].turns.get()
    with pytest.raises(Refused, match="Nobody holds this"):
        verbs.take_over(attempt, by=lead, turn=other)

    taken = verbs.take_over(attempt, by=lead, turn=turn)

    assert (taken.turn, taken.assessor) == (turn, lead)
    assert list(attempt.assignments.filter(state="taken").exclude(pk=taken.pk).values_list("assessor")) == [(one.pk,)]


def test_on_the_page_and_in_the_api_a_lead_says_which_of_two():
    attempt, turns, holders = marked_by_two()
    lead, desk = lead_of(attempt), f"/reviews/{attempt.public_id}/"
    client, there = browser(lead), f"{desk}take-over/?turn={turns[1].public_id}"
    offered = client.get(desk).content.decode()
    unled = browser(assessor_of(attempt.submission.achievement)).get(desk).content.decode()

    asked = client.get(there).content.decode()
    done = client.post(there, follow=True).content.decode()
    api, body = program(lead_of(attempt), "reviews:write"), json.dumps({"turn": turns[0].public_id})
    over = api.post(f"/api/v1{desk}take-over/", body, "application/json")

    assert [f"take-over/?turn={turn.public_id}" in offered for turn in turns] == [True, True]
    assert "take-over" not in unled
    assert f"{holders[1].name} has it now: Second marking." in asked
    assert "It is yours now. They have been told." in done
    assert (over.status_code, over.json()["turn"]) == (200, turns[0].public_id)


def test_the_database_lets_one_person_hold_a_turn():
    attempt, _holder = taken_attempt()
    turn = attempt.turns.get()

    with pytest.raises(IntegrityError, match="one_live_lease"), transaction.atomic():
        Assignment.objects.create(
            turn=turn, attempt=attempt, assessor=lead_of(attempt), until=Now() + timedelta(days=1), state="offered"
        )


def test_on_the_page_it_is_asked_once_more():
    attempt, holder = taken_attempt()
    client, there = browser(lead_of(attempt)), f"/reviews/{attempt.public_id}/take-over/"
    assert there in client.get(f"/reviews/{attempt.public_id}/").content.decode()

    page = client.get(there).content.decode()
    done = client.post(there, follow=True).content.decode()

    assert f"{holder.name} has it now: Marking." in page
    assert ("It is yours now. They have been told." in done, "Yours until" in done) == (True, True)
    assert "Nobody else holds this." in client.get(there).content.decode()


def test_an_assessor_is_offered_no_taking_over():
    attempt, _holder = taken_attempt()
    client = browser(assessor_of(attempt.submission.achievement))

    assert "take-over" not in client.get(f"/reviews/{attempt.public_id}/").content.decode()
    assert client.get(f"/reviews/{attempt.public_id}/take-over/").status_code == 403
    assert client.post(f"/reviews/{attempt.public_id}/take-over/").status_code == 403
