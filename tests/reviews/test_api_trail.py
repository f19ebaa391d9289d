"""What was done and said about work, and who has how much of it, for programs."""

import json

import pytest

from apps.accounts.models import User
from apps.reviews import verbs
from apps.submissions import verbs as submissions
from tests.factories import assessor_of, decided, person, published_version, seated, taken_attempt
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
READ, BOTH = ("reviews:read",), ("reviews:read", "reviews:write")


def test_the_story_is_told_as_on_its_page():
    decision = decided(short=True)
    there = f"/api/v1/reviews/{decision.attempt.public_id}/story/"

    told = program(decision.by, *READ).get(there)

    assert told.status_code == 200
    assert [(one["attempt"], one["kind"], one["who"], one["more"]) for one in told.json()][-2:] == [
        (1, "submission.not_yet", str(decision.by), ""),
        (1, "decision.released", str(decision.by), "Not yet"),
    ]
    assert {*told.json()[0]} == {"id", "kind", "at", "attempt", "what", "who", "more"}
    assert program(person("Somebody"), *READ).get(there).status_code == 404


def test_of_blind_work_neither_story_nor_thread_names_the_learner():
    attempt, assessor = taken_attempt(published_version(blind=True))
    learner = attempt.submission.learner
    User.objects.filter(pk=learner.pk).update(name="Aroha Pickering")
    learner.refresh_from_db()
    submissions.write_message(attempt.submission, by=learner, text="Is it me, Aroha Pickering, who has to write?")
    client, there = program(assessor, *READ), f"/api/v1/reviews/{attempt.public_id}/"

    told = [client.get(f"{there}{part}/").json() for part in ("story", "thread")]

    assert [one["text"] for one in told[1]] == ["Is it me, ▒▒▒, who has to write?"]
    assert "Pickering" not in json.dumps(told, ensure_ascii=False)


def test_an_assessor_and_a_learner_write_to_each_other():
    attempt, assessor = taken_attempt()
    learner = attempt.submission.learner
    submissions.write_message(attempt.submission, by=learner, text="Is a film enough?")
    client, there = program(assessor, *BOTH), f"/api/v1/reviews/{attempt.public_id}/thread/"

    sent = client.post(there, json.dumps({"text": "It is."}), "application/json")
    empty = client.post(there, json.dumps({"text": " "}), "application/json")
    reads = program(assessor, *READ).post(there, json.dumps({"text": "It is."}), "application/json")

    assert (sent.status_code, empty.status_code, reads.status_code) == (201, 400, 403)
    assert [(one["who"], one["is_mine"], one["text"]) for one in client.get(there).json()] == [
        (learner.name, False, "Is a film enough?"),
        ("You", True, "It is."),
    ]
    theirs = program(learner, "submissions:read").get(f"/api/v1/submissions/{attempt.submission.public_id}/thread/")
    assert [one["text"] for one in theirs.json()] == ["Is a film enough?", "It is."]


def test_a_lead_reads_how_much_everybody_has_in_hand():
    attempt, assessor = taken_attempt()
    lead = seated("moderator", attempt.submission.achievement.issuer)
    other = assessor_of(attempt.submission.achievement)

    loads = program(lead, *READ).get("/api/v1/reviews/workload/").json()
    refused = program(other, *READ).get("/api/v1/reviews/workload/")

    none = {"offered": 0, "late": 0, "sent": 0, "median_days": None, "offered_until": None}
    assert {one.pop("assessor"): one for one in loads} == {
        assessor.public_id: {"name": assessor.name, "taken": 1, **none},
        lead.public_id: {"name": lead.name, "taken": 0, **none},
        other.public_id: {"name": other.name, "taken": 0, **none},
    }
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "You have no moderator's seat, so you can't see anybody's workload here.",
    )
    verbs.give_back(attempt, by=assessor)
    assert {one["taken"] for one in program(lead, *READ).get("/api/v1/reviews/workload/").json()} == {0}
