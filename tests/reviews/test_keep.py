"""A lease is kept while one is at it, and two windows notice each other."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client

from apps.core.refused import Refused
from apps.issuers.models import Seat
from apps.reviews import verbs
from apps.reviews.models import Assignment, Review
from apps.submissions import verbs as submissions
from tests.factories import (
    ALL_GOOD,
    assessor_of,
    browser,
    decided,
    marks_for,
    moderating,
    person,
    published_version,
    taken_attempt,
)
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


def wear_down(hours):
    """As if the lease had been taken so many hours ago."""
    taken = Now() - timedelta(hours=hours)
    Assignment.objects.update(taken_at=taken, until=taken + (F("until") - F("taken_at")))


def test_a_sign_of_life_begins_the_lease_anew():
    attempt, assessor = taken_attempt()
    wear_down(7)
    worn = Assignment.objects.get().until

    kept = verbs.keep(attempt, by=assessor)

    assert timedelta(hours=6, minutes=59) < kept.until - worn < timedelta(hours=7, minutes=1)
    assert Assignment.objects.live().get() == kept
    assert verbs.keep(attempt, by=assessor).until >= kept.until


def test_what_ran_out_is_not_kept():
    attempt, assessor = taken_attempt()
    wear_down(9)

    with pytest.raises(Refused, match="ran out"):
        verbs.keep(attempt, by=assessor)

    assert not Assignment.objects.live().exists()


def test_only_who_holds_it_keeps_it():
    attempt, holder = taken_attempt()

    with pytest.raises(Refused, match=f"{holder.name} holds this now"):
        verbs.keep(attempt, by=assessor_of(attempt.submission.achievement))
    with pytest.raises((Refused, PermissionDenied)):
        verbs.keep(attempt, by=person())

    assert verbs.keep(attempt, by=holder)


def test_what_is_decided_is_kept_by_nobody():
    decision = decided()

    with pytest.raises(Refused, match="don't hold this"):
        verbs.keep(decision.attempt, by=decision.by)


def test_the_database_lets_no_lease_end_before_it_begins():
    taken_attempt()

    with pytest.raises(IntegrityError, match="lease_ends_after_it_begins"), transaction.atomic():
        Assignment.objects.update(until=F("taken_at"))


def test_a_script_hears_until_when_or_why_it_is_lost():
    attempt, assessor = taken_attempt()
    client, there = browser(assessor), f"/reviews/{attempt.public_id}/keep/"

    kept = client.post(there, headers=JSON)
    wear_down(9)
    lost = client.post(there, headers=JSON)

    assert (kept.status_code, list(kept.json())) == (200, ["until"])
    assert (lost.status_code, lost.json()) == (
        409,
        {"errors": ["Your time for this ran out. Take it again; what you marked is kept."]},
    )


def test_without_a_script_a_button_keeps_it():
    attempt, assessor = taken_attempt()
    client, there = browser(assessor), f"/reviews/{attempt.public_id}/keep/"
    assert f'action="{there}"' in client.get(f"/reviews/{attempt.public_id}/").content.decode()

    kept = client.post(there, follow=True).content.decode()
    wear_down(9)
    lost = client.post(there, follow=True).content.decode()

    assert ("It stays with you." in kept, "Your time for this ran out." in lost) == (True, True)


def test_another_window_that_saved_is_noticed_and_nothing_is_overwritten():
    attempt, assessor = taken_attempt()
    client, there = browser(assessor), f"/reviews/{attempt.public_id}/decide/"
    first = client.post(there, {"c1-level": "2", "note": "One.", "edition": "0"}, headers=JSON)

    by_script = client.post(there, {"c1-level": "1", "note": "Two.", "edition": "0"}, headers=JSON)
    by_hand = client.post(there, {"c1-level": "1", "note": "Two.", "edition": "0", "save": "yes"})

    review = Review.objects.get()
    assert (first.json()["edition"], review.note, review.edition) == (1, "One.", 1)
    assert (by_script.status_code, by_script.json()["clash"]) == (409, True)
    assert "another window" in by_script.json()["errors"][0]
    page = by_hand.content.decode()
    assert (by_hand.status_code, "Two." in page, 'name="over"' in page, 'name="decide"' in page) == (
        409,
        True,
        True,
        False,
    )

    client.post(there, {"c1-level": "1", "note": "Two.", "edition": "0", "over": "yes"})

    review.refresh_from_db()
    assert (review.note, review.edition, review.marks.get(criterion__position=1).level) == ("Two.", 2, 1)


def test_a_decision_from_an_old_window_is_refused_too():
    attempt, assessor = taken_attempt()
    words = {"marks": marks_for(attempt), "answers": ALL_GOOD, "note": ""}
    verbs.save_marks(attempt, by=assessor, edition=0, **words)

    with pytest.raises(verbs.MarkedElsewhere):
        verbs.decide(attempt, by=assessor, edition=0, **words)

    assert verbs.decide(attempt, by=assessor, edition=1, **words)


def test_what_is_taken_again_goes_on_from_the_window_that_saw_the_newest():
    attempt, assessor = taken_attempt()
    client, there = browser(assessor), f"/reviews/{attempt.public_id}/decide/"
    client.post(there, {"note": "One.", "edition": "0"}, headers=JSON)
    wear_down(9)

    taken = client.post(there, {"note": "Two.", "edition": "1", "take": "yes"})
    stale = client.post(there, {"note": "Three.", "edition": "1", "take": "yes"})

    review = Review.objects.latest("pk")
    assert (taken.status_code, stale.status_code) == (302, 409)
    assert (review.note, review.edition, Review.objects.count()) == ("Two.", 2, 2)


def lead_before_an_appeal():
    """(attempt, lead, part): who looked again, as the learner appealed."""
    attempt, lead = moderating()
    browser(lead).post(f"/reviews/{attempt.public_id}/decide/", {"note": "One.", "edition": "0"}, headers=JSON)
    learner = attempt.submission.learner
    verbs.lodge_appeal(attempt.submission, by=learner, ground="evidence", grounds="Nobody watched the film.")
    return attempt, lead, "appeal"


def recommender_before_a_grant():
    """(attempt, assessor, part): whose lease ran out, as another recommended it."""
    attempt, assessor = taken_attempt(published_version(policy="four_eyes"))
    browser(assessor).post(f"/reviews/{attempt.public_id}/decide/", {"note": "One.", "edition": "0"}, headers=JSON)
    wear_down(9)
    other = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=other)
    verbs.decide(attempt, by=other, marks=marks_for(attempt), answers=ALL_GOOD, note="")
    return attempt, assessor, "grant"


@pytest.mark.parametrize("button", ["take", "over"])
@pytest.mark.parametrize("before", [lead_before_an_appeal, recommender_before_a_grant])
def test_another_part_of_the_same_work_is_not_taken_for_what_was_marked(before, button):
    attempt, person_at_desk, part = before()
    client, there = browser(person_at_desk), f"/reviews/{attempt.public_id}/decide/"
    sent = {"note": "Two.", "edition": "1", button: "yes"}

    answers = [client.post(there, sent), client.post(there, sent, headers=JSON)]

    page = answers[0].content.decode()
    assert [one.status_code for one in answers] == [409, 409]
    assert ("What you marked this for is no longer waiting." in page, "Two." in page, 'name="take"' in page) == (
        True,
        True,
        False,
    )
    assert attempt.turns.open().get().part == part
    assert not attempt.assignments.open().exists()
    assert not Review.objects.filter(note="Two.").exists()


TYPED = "Set the edge evenly on both sides."
WORDS_SENT_TO = [
    *("decide", "grant", "pass-back", "agree", "change", "ask-again", "answer-appeal"),
    *("return", "recuse", "recognise"),
]


def test_who_was_signed_out_gets_their_words_back_wherever_they_press_and_a_script_hears_it():
    attempt, assessor = taken_attempt()
    there = f"/reviews/{attempt.public_id}/"
    known, nobody = browser(assessor), Client()

    pages = {act: nobody.post(f"{there}{act}/", {"note": TYPED}) for act in WORDS_SENT_TO}
    scripts = [nobody.post(f"{there}{act}/", {"note": "Even."}, headers=JSON) for act in ("decide", "keep")]

    told = {act: (one.status_code, TYPED in one.content.decode()) for act, one in pages.items()}
    assert told == dict.fromkeys(WORDS_SENT_TO, (401, True))
    assert [(one.status_code, one.json()) for one in scripts] == [
        (401, {"errors": ["You were signed out. Sign in again."]})
    ] * 2
    assert known.post(f"{there}keep/", headers=JSON).status_code == 200


def is_withdrawn(attempt, _assessor):
    submissions.withdraw(attempt.submission, by=attempt.submission.learner)


def loses_the_seat(_attempt, assessor):
    Seat.objects.filter(person=assessor).delete()


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (is_withdrawn, "The learner withdrew this. What you marked counts for nothing."),
        (loses_the_seat, "You may no longer judge this badge. What you marked is kept, and somebody else takes it on."),
    ],
)
def test_a_desk_whose_work_went_away_says_why_to_a_person_a_script_and_a_program(happens, why):
    attempt, assessor = taken_attempt()
    client, there, api = browser(assessor), f"/reviews/{attempt.public_id}/", program(assessor, "reviews:write")
    stranger = browser(person())
    assert client.post(f"{there}keep/", headers=JSON).status_code == 200

    happens(attempt, assessor)
    scripts = [client.post(f"{there}{act}/", {"note": "Even."}, headers=JSON) for act in ("decide", "keep")]
    told = api.put(f"/api/v1{there}marks/", json.dumps({"marks": []}), "application/json")

    assert [(one.status_code, one.json()) for one in scripts] == [(409, {"errors": [why], "gone": True})] * 2
    assert (told.status_code, told.json()["detail"]) == (409, why)
    pages = [client.post(f"{there}{act}/", {"note": TYPED}) for act in ("decide", "grant", "return", "message")]
    for page in [*pages, client.get(there)]:
        said = page.content.decode()
        assert (page.status_code, why in said, "Copy what you need" in said) == (
            409,
            True,
            page.request["REQUEST_METHOD"] == "POST",
        )
    assert ("Take the next one" in said, "Back to the queue" in said) == (happens is is_withdrawn,) * 2
    for kind in ({}, {"headers": JSON}):
        assert [stranger.post(f"{there}{act}/", **kind).status_code for act in ("decide", "keep")] == [404, 404]
    assert stranger.get(there).status_code == 404


def test_why_work_went_is_told_to_nobody_who_never_took_it_nor_of_later_to_who_lost_the_seat():
    attempt, assessor = taken_attempt()
    there = f"/reviews/{attempt.public_id}/"
    colleague, former = assessor_of(attempt.submission.achievement), assessor
    loses_the_seat(attempt, former)
    assert browser(colleague).get(there).status_code == 200

    is_withdrawn(attempt, former)

    assert [browser(colleague).post(f"{there}{act}/").status_code for act in ("decide", "keep")] == [404, 404]
    assert browser(colleague).get(there).status_code == 404
    told = browser(former).get(there).content.decode()
    assert ("You may no longer judge this badge." in told, "withdrew" in told) == (True, False)
