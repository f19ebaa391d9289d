"""Programs take work back, open it again, choose its route and write in its thread, by the verbs of the pages."""

import json

import pytest

from apps.submissions import verbs
from apps.submissions.models import Message, Submission
from tests.factories import assessable_attempt, assessor_of, decided, open_attempt, person, published_version
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
LIST = "/api/v1/submissions/"
BOTH = ("submissions:read", "submissions:write")


def send(client, method, path, body):
    return getattr(client, method)(path, json.dumps(body), "application/json")


def test_work_is_taken_back_and_opened_again():
    attempt = assessable_attempt()
    there = f"{LIST}{attempt.submission.public_id}/"
    api = program(attempt.submission.learner, *BOTH)

    withdrawn = api.post(f"{there}withdraw/")
    again = api.post(f"{there}withdraw/")
    reopened = api.post(f"{there}reopen/")

    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    assert (again.status_code, "can no longer be done" in again.content.decode()) == (409, True)
    assert (reopened.status_code, reopened.json()["number"], reopened.json()["state"]) == (200, 2, "open")


def test_a_route_is_chosen_at_the_start_or_while_it_is_a_draft():
    version, learner = published_version(), person()
    api = program(learner, *BOTH)

    started = send(api, "post", LIST, {"achievement": version.achievement.slug, "route": "prior_learning"})
    changed = send(api, "put", f"{LIST}{started.json()['id']}/route/", {"route": "work"})
    wrong = send(api, "put", f"{LIST}{started.json()['id']}/route/", {"route": "shortcut"})

    assert (started.status_code, started.json()["route"]) == (201, "prior_learning")
    assert (changed.status_code, changed.json()["route"], wrong.status_code) == (200, "work", 400)
    assert Submission.objects.get().route == "work"


def test_the_thread_is_read_and_written():
    attempt = assessable_attempt()
    submission, assessor = attempt.submission, assessor_of(attempt.submission.achievement)
    verbs.write_message(submission, by=assessor, text="Which edge?")
    there = f"{LIST}{submission.public_id}/thread/"
    api = program(submission.learner, *BOTH)

    sent = send(api, "post", there, {"text": "Both."})
    told = api.get(there).json()

    assert (sent.status_code, sent.json()["who"], sent.json()["text"]) == (201, "You", "Both.")
    assert [(one["who"], one["text"], one["is_mine"]) for one in told] == [
        (assessor.name, "Which edge?", False),
        ("You", "Both.", True),
    ]
    assert [send(api, "post", there, {"text": text}).status_code for text in ("", "x" * 5_001)] == [400, 400]


@pytest.mark.parametrize(
    ("method", "rest"), [("post", "withdraw"), ("post", "reopen"), ("put", "route"), ("post", "thread")]
)
def test_to_others_it_is_not_there_and_a_token_that_reads_does_not_write(method, rest):
    attempt = open_attempt()
    path = f"{LIST}{attempt.submission.public_id}/{rest}/"
    body = {"route": "work", "text": "Hello."}

    others = [person(), assessor_of(attempt.submission.achievement)]

    assert [send(program(one, *BOTH), method, path, body).status_code for one in others] == [404, 404]
    reading = program(attempt.submission.learner, "submissions:read")
    assert send(reading, method, path, body).status_code == 403
    assert (Submission.objects.get().state, Message.objects.count()) == ("draft", 0)


def test_what_is_decided_is_not_taken_back():
    submission = decided().attempt.submission

    answer = program(submission.learner, *BOTH).post(f"{LIST}{submission.public_id}/withdraw/")

    assert answer.status_code == 409
