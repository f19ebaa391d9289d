"""A learner's programs read and write the thread, by the verbs of the pages."""

import json

import pytest

from apps.submissions import verbs
from apps.submissions.models import Message
from tests.factories import assessable_attempt, assessor_of, open_attempt, person
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
LIST = "/api/v1/submissions/"
BOTH = ("submissions:read", "submissions:write")


def send(client, method, path, body):
    return getattr(client, method)(path, json.dumps(body), "application/json")


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


def test_to_others_it_is_not_there_and_a_token_that_reads_does_not_write():
    attempt = open_attempt()
    path = f"{LIST}{attempt.submission.public_id}/thread/"
    others = [person(), assessor_of(attempt.submission.achievement)]

    assert [send(program(one, *BOTH), "post", path, {"text": "Hello."}).status_code for one in others] == [404, 404]
    reading = program(attempt.submission.learner, "submissions:read")
    assert (reading.get(path).json(), send(reading, "post", path, {"text": "Hello."}).status_code) == ([], 403)
    assert Message.objects.count() == 0
