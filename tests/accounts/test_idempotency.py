"""A program whose line broke asks again with the same key, and what it asked for is done once."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.client import encode_multipart

from apps.accounts.models import KeptAnswer
from apps.core import clock, erasing
from apps.submissions import verbs
from apps.submissions.models import Message
from tests.core.test_client import Server, ok
from tests.credentials.hostile import attacker
from tests.factories import browser, open_attempt, person
from tests.issuers.test_api import program
from tests.together import at_once

pytestmark = pytest.mark.django_db
BOTH = ("submissions:read", "submissions:write")
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


def thread(attempt):
    return f"/api/v1/submissions/{attempt.submission.public_id}/thread/"


def write(client, address, text="Both.", key=KEY):
    return client.post(address, json.dumps({"text": text}), "application/json", headers={"Idempotency-Key": key})


def said(answer):
    return answer.status_code, answer.headers["Content-Type"], answer.json()


def problem(status, title, code, detail):
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    return status, "application/problem+json", told


def test_what_is_asked_twice_is_done_once_and_answered_alike():
    attempt = open_attempt()
    api = program(attempt.submission.learner, *BOTH)

    first = write(api, thread(attempt))
    again = write(api, thread(attempt))

    assert said(again) == said(first)
    assert (first.status_code, first.json()["text"]) == (201, "Both.")
    assert [one.text for one in Message.objects.all()] == ["Both."]
    assert write(api, thread(attempt), key="another").json()["text"] == "Both."
    assert Message.objects.count() == 2


def test_a_key_that_was_used_for_something_else_is_refused():
    attempt, other = open_attempt(), open_attempt()
    api = program(attempt.submission.learner, *BOTH)
    assert write(api, thread(attempt)).status_code == 201

    refused = [write(api, thread(attempt), "Neither."), write(api, thread(other))]

    told = "That Idempotency-Key was used for something else. Use a new one."
    assert [said(one) for one in refused] == [problem(422, "This can't be done now", "unfit", told)] * 2
    assert [one.text for one in Message.objects.all()] == ["Both."]


def test_a_key_is_of_one_token_of_one_person():
    attempts = [open_attempt(), open_attempt()]
    learners = [one.submission.learner for one in attempts]
    clients = [program(learners[0], *BOTH), program(learners[1], *BOTH), program(learners[0], *BOTH)]

    answers = [
        write(client, thread(attempt)) for client, attempt in zip(clients, [*attempts, attempts[0]], strict=True)
    ]

    assert [one.status_code for one in answers] == [201, 201, 201]
    assert Message.objects.count() == 3
    assert write(browser(learners[0]), thread(attempts[0])).status_code == 201
    assert write(browser(learners[0]), thread(attempts[0])).status_code == 201
    assert Message.objects.count() == 4


def test_what_was_refused_may_be_asked_anew_with_its_key():
    attempt = open_attempt()
    learner, submission = attempt.submission.learner, attempt.submission
    reading, writing = program(learner, "submissions:read"), program(learner, *BOTH)
    assert write(reading, thread(attempt)).status_code == 403
    assert write(writing, thread(attempt), "").status_code == 400
    assert KeptAnswer.objects.count() == 0

    assert write(writing, thread(attempt)).status_code == 201
    verbs.write_message(submission, by=learner, text="And one more.")

    assert [one.text for one in Message.objects.order_by("pk")] == ["Both.", "And one more."]


def test_whoever_is_nobody_is_told_so_and_a_token_that_was_taken_back_tells_nothing_any_more():
    attempt = open_attempt()
    api = program(attempt.submission.learner, *BOTH)
    assert write(api, thread(attempt)).status_code == 201
    token = attempt.submission.learner.api_tokens.get()
    token.revoked_at = clock.now()
    token.save()

    assert [write(one, thread(attempt)).status_code for one in (api, Client())] == [401, 401]
    assert Message.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "two words", "é"])
def test_a_key_that_is_none_is_refused_before_anything_is_done(key):
    attempt = open_attempt()

    refused = write(program(attempt.submission.learner, *BOTH), thread(attempt), key=key)

    told = "An Idempotency-Key has 1 to 200 letters, digits and signs."
    assert said(refused) == problem(400, "That request could not be read", "bad_request", told)
    assert Message.objects.count() == 0


def test_what_is_too_big_to_be_compared_is_refused(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20
    attempt = open_attempt()
    api = program(attempt.submission.learner, *BOTH)

    refused = write(api, thread(attempt), "More than twenty letters.")

    told = "That request is too big for an Idempotency-Key. Send it without one."
    assert said(refused) == problem(413, "That is too big", "too_large", told)
    assert Message.objects.count() == 0


def upload(client, boundary, *, name="badge.json", text="", key=KEY, **fields):
    """A file sent as programs do, who draw a new boundary each time."""
    data = encode_multipart(boundary, {"file": SimpleUploadedFile(name, text.encode()), **fields})
    kind = f'multipart/form-data; boundary="{boundary}"'
    return client.post("/api/v1/verifications/", data, content_type=kind, headers={"Idempotency-Key": key})


def test_a_file_sent_again_in_another_wrapping_is_the_same_and_another_file_is_not():
    api = program(person(), "catalogue:read")
    text, other = (json.dumps(attacker.signed(attacker.BODY | {"name": name})) for name in ("One", "Two"))
    first = upload(api, "one", text=text)

    again = upload(api, "another-one", text=text)
    refused = [
        upload(api, "three", text=other),
        upload(api, "four", text=text, name="renamed.json"),
        upload(api, "five", text=text, recipient="hemi@people.example"),
    ]

    assert (first.status_code, said(again)) == (200, said(first))
    assert [(one.status_code, one.json()["code"]) for one in refused] == [(422, "unfit")] * 3
    assert KeptAnswer.objects.count() == 1


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=é"]
)
def test_a_file_in_no_wrapping_is_refused_with_a_key_too(kind):
    api = program(person(), "catalogue:read")

    refused = api.post("/api/v1/verifications/", b"--x", content_type=kind, headers={"Idempotency-Key": KEY})

    assert (refused.status_code, KeptAnswer.objects.count()) == (400, 0)


def test_it_is_kept_for_a_day():
    attempt = open_attempt()
    api = program(attempt.submission.learner, *BOTH)
    write(api, thread(attempt))
    assert erasing.forget_class("answers") == 0

    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert erasing.forget_class("answers") == 1

    assert write(api, thread(attempt)).status_code == 201
    assert Message.objects.count() == 2


def test_the_description_of_the_api_names_it_where_it_is_taken():
    paths = Client().get("/api/v1/schema/", headers={"Accept": "application/json"}).json()["paths"]
    takes = {
        (method, "Idempotency-Key" in [one["name"] for one in told.get("parameters", [])])
        for path in paths.values()
        for method, told in path.items()
    }

    assert {one for one in takes if one[1] or one[0] == "post"} == {("post", True)}


@pytest.mark.django_db(transaction=True)
def test_who_asks_while_it_is_being_done_waits_for_the_answer():
    attempt = open_attempt()
    clients = [program(attempt.submission.learner, *BOTH)] * 4

    answers = at_once(*[lambda one=one: write(one, thread(attempt)) for one in clients])

    assert [one.status_code for one in answers] == [201] * 4
    assert len({one.content for one in answers}) == 1
    assert Message.objects.count() == 1


HELD = []


def counting(_asked):
    """A server elsewhere that counts how many of our connections hold a transaction open while it is asked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state LIKE 'idle in transaction%'"
        )
        HELD.append(cursor.fetchone()[0])
    connection.close()
    return ok(json.dumps(attacker.signed(attacker.BODY)).encode())


@pytest.mark.django_db(transaction=True)
def test_what_changes_nothing_holds_no_transaction_while_somebody_elsewhere_is_asked_and_is_answered_once(settings):
    attempt = open_attempt()
    api = program(attempt.submission.learner, *BOTH)
    HELD.clear()
    with Server(counting) as server:
        settings.FETCH_ALLOW = [f"localhost:{server.port}"]
        url = f"http://localhost:{server.port}/badge.json"

        def verify(url=url):
            headers = {"Idempotency-Key": KEY}
            return api.post("/api/v1/verifications/", json.dumps({"url": url}), "application/json", headers=headers)

        first, again, other = verify(), verify(), verify(f"{url}?other")

    kept = KeptAnswer.objects.get()
    assert (first.status_code, len(server.asked), bytes(kept.body)) == (200, 1, first.content)
    assert said(again) == said(first)
    assert (other.status_code, other.json()["code"]) == (422, "unfit")
    assert HELD == [0]


def test_what_changes_nothing_and_was_refused_is_not_kept():
    attempt = open_attempt()
    api = program(attempt.submission.learner, *BOTH)

    refused = api.post(
        "/api/v1/verifications/", json.dumps({"text": "none"}), "application/json", headers={"Idempotency-Key": KEY}
    )

    assert (refused.status_code, KeptAnswer.objects.count()) == (422, 0)
    assert write(api, thread(attempt)).status_code == 201
