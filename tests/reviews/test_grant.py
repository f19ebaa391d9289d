"""Four eyes: what one person recommends another grants."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from apps.core.refused import Refused
from apps.credentials.models import Credential
from apps.reviews import verbs
from apps.reviews.models import Assignment, Decision, Turn
from tests.factories import (
    assessor_of,
    browser,
    events_of,
    granting,
    person,
    published_version,
    recommended,
    taken_attempt,
)

pytestmark = pytest.mark.django_db


def test_what_is_recommended_is_granted_as_it_was_and_awarded_and_leaves_its_trail():
    attempt, granter = granting()
    recommender = attempt.assignments.get(turn__part="first").assessor

    decision = verbs.grant(attempt, by=granter, note="I agree.")

    attempt.submission.refresh_from_db()
    assert (decision.how, decision.outcome, decision.by, decision.note) == (
        "granted",
        "meets",
        granter,
        "Well done.\n\nI agree.",
    )
    assert decision.review.assignment.assessor == recommender
    assert (decision.review.state, attempt.submission.state) == ("accepted", "awarded")
    assert Credential.objects.get().decision_id == decision.public_id
    assert [turn.state for turn in Turn.objects.order_by("pk")] == ["done", "done"]
    kinds = [kind for kind, actor in events_of(attempt.submission) if actor == granter.public_id]
    assert kinds == ["assignment.taken", "decision.made", "submission.awarded", "decision.released"]


def test_granted_twice_it_is_decided_once():
    attempt, granter = granting()
    verbs.grant(attempt, by=granter)

    with pytest.raises(Refused, match="don't hold this"):
        verbs.grant(attempt, by=granter)

    assert (Decision.objects.count(), Credential.objects.count()) == (1, 1)


def test_who_recommended_it_grants_nothing():
    review = recommended()
    attempt, recommender = review.assignment.attempt, review.assignment.assessor

    with pytest.raises(Refused, match="another part in this one"):
        verbs.take(attempt, by=recommender)
    with pytest.raises(Refused, match="don't hold this"):
        verbs.grant(attempt, by=recommender)
    with pytest.raises(PermissionDenied):
        verbs.grant(attempt, by=person())

    other = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=other)
    assert verbs.grant(attempt, by=other).by == other


def test_the_database_lets_nobody_play_two_parts():
    review = recommended()
    turn = Turn.objects.get(part="grant")

    with pytest.raises(IntegrityError, match="in two parts"), transaction.atomic():
        Assignment.objects.create(
            turn=turn,
            attempt=turn.attempt,
            assessor=review.assignment.assessor,
            state="offered",
        )


def test_what_waits_for_its_marking_is_not_granted():
    attempt, assessor = taken_attempt(published_version(policy="four_eyes"))

    with pytest.raises(Refused, match="for a different part of the assessment"):
        verbs.grant(attempt, by=assessor)

    assert not Decision.objects.exists()


def test_the_recommendation_stands_beside_the_evidence_to_be_read_with_one_filled_button():
    attempt, granter = granting(short=True)
    recommender = attempt.assignments.get(turn__part="first").assessor

    page = browser(granter).get(f"/reviews/{attempt.public_id}/").content.decode()

    said = ("Granting", f"Recommended by {recommender.name}", "Well done.", "Set the edge evenly", "Pass it back")
    assert [words for words in said if words not in page] == []
    assert (page.count("btn btn-primary"), 'type="radio"' in page, "Log" in page) == (1, False, True)


def test_on_the_page_it_is_granted_with_a_word_of_ones_own():
    attempt, granter = granting()
    client = browser(granter)

    answer = client.post(f"/reviews/{attempt.public_id}/grant/", {"grant-note": "Welcome."}, follow=True)

    assert "Decided: awarded. The learner is told." in answer.content.decode()
    assert Decision.objects.get().note == "Well done.\n\nWelcome."
    late = client.post(f"/reviews/{attempt.public_id}/grant/", {"grant-note": "Welcome."})
    assert (late.status_code, Decision.objects.count()) == (422, 1)


def test_who_recommended_it_reads_that_it_waits_and_is_offered_nothing():
    review = recommended()
    attempt = review.assignment.attempt

    page = browser(review.assignment.assessor).get(f"/reviews/{attempt.public_id}/").content.decode()

    assert "another person is to grant it" in page
    assert ("Take it</button>" in page, "Well done." in page) == (False, False)


def test_the_button_of_who_marks_first_says_recommend():
    attempt, assessor = taken_attempt(published_version(policy="four_eyes"))
    client = browser(assessor)

    page = client.get(f"/reviews/{attempt.public_id}/").content.decode()

    assert (">Recommend</button>" in page, ">Decide</button>" in page) == (True, False)
    assert "another person grants what you recommend" in page
