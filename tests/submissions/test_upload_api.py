"""A program sends a file in parts, goes on where it was interrupted, and adds it as a piece."""

import base64
import errno
import hashlib
import os

import pytest
from django.test import Client

from apps.submissions import verbs
from apps.submissions.models import EvidenceItem, Upload
from tests.factories import assessor_of, open_attempt, person
from tests.factories.uploads import begun, mp4, send
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
FILM = mp4()
BOTH = ("submissions:read", "submissions:write")
JSON = "application/json"


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr("apps.submissions.verbs.uploads._PARTS", ((None, 8000),))


def uploads_of(attempt):
    return f"/api/v1/submissions/{attempt.submission.public_id}/attempts/{attempt.number}/uploads/"


def client_of(attempt, *scopes):
    return program(attempt.submission.learner, *(scopes or BOTH))


def begin(api, attempt, **facts):
    body = {"name": "clip.mp4", "size": len(FILM), "kind": "video"} | facts
    return api.post(uploads_of(attempt), body, JSON)


def bytes_of(number):
    return FILM[(number - 1) * 8000 : number * 8000]


def put(api, upload_id, number, content=None, **headers):
    sent = bytes_of(number) if content is None else content
    headers.setdefault("content_digest", f"sha-256=:{base64.b64encode(hashlib.sha256(sent).digest()).decode()}:")
    return api.put(f"/api/v1/uploads/{upload_id}/parts/{number}/", sent, "application/octet-stream", headers=headers)


def part(number):
    return {"number": number, "size": len(bytes_of(number)), "sha256": hashlib.sha256(bytes_of(number)).hexdigest()}


def test_a_program_begins_goes_on_where_it_was_interrupted_and_completes():
    attempt = open_attempt()
    api = client_of(attempt)
    code = attempt.submission.version.criteria.first().code
    begun_now = begin(api, attempt, title="The cut", criteria=[code])
    upload_id = begun_now.json()["id"]
    there = f"/api/v1/uploads/{upload_id}/"
    first = put(api, upload_id, 2)

    interrupted = api.get(there).json()
    listed = api.get(uploads_of(attempt)).json()["results"]
    early = api.post(f"{there}complete/", {}, JSON)
    for number in (1, 3):
        put(api, upload_id, number)
    done = api.post(f"{there}complete/", {"people": "nobody", "criteria": [{"criterion": code, "seconds": 2}]}, JSON)
    again = api.post(f"{there}complete/", {"title": "x"}, JSON)

    upload, piece = Upload.objects.get(), EvidenceItem.objects.get(kind="video")
    shape = {
        "id": upload.public_id,
        "attempt": 1,
        "state": "receiving",
        "kind": "video",
        "name": "clip.mp4",
        "title": "The cut",
        "size": len(FILM),
        "part_size": 8000,
        "count": 3,
        "parts": [],
        "evidence": None,
        "begun_at": begun_now.json()["begun_at"],
        "touched_at": begun_now.json()["begun_at"],
        "ended_at": None,
    }
    assert (begun_now.status_code, begun_now.json()) == (201, shape)
    assert (first.status_code, first.json()) == (200, part(2))
    assert interrupted == shape | {"parts": [part(2)], "touched_at": interrupted["touched_at"]}
    assert listed == [interrupted]
    assert (early.status_code, early.json()["code"]) == (409, "refused")
    assert (done.status_code, done.json()) == (200, again.json())
    told = {name: done.json()[name] for name in ("id", "kind", "title", "people", "file_state", "criteria")}
    assert told == {
        "id": piece.public_id,
        "kind": "video",
        "title": "The cut",
        "people": "nobody",
        "file_state": "checking",
        "criteria": [{"criterion": code, "page": None, "seconds": 2, "quote": ""}],
    }
    assert api.get(there).json()["evidence"] == piece.public_id


def test_what_was_sent_is_named_where_a_piece_is_added_and_added_once():
    attempt = open_attempt()
    api = client_of(attempt)
    upload = begun(attempt, FILM)
    there = uploads_of(attempt).replace("uploads", "evidence")
    body = {"kind": "video", "upload": upload.public_id, "title": "Cut"}

    early = api.post(there, body, JSON)
    send(upload, FILM)
    added, again = (api.post(there, body, JSON) for _once in range(2))

    assert (early.status_code, early.json()["code"]) == (409, "refused")
    assert (added.status_code, added.json()) == (201, again.json())
    assert [one.public_id for one in attempt.evidence.filter(kind="video")] == [added.json()["id"]]


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"upload": "a" * 26}, "#/upload"),
        ({"upload": "\x00"}, "#/upload"),
        ({"upload": "a" * 26, "text": "x"}, "#/text"),
        ({"kind": "text", "text": "x", "upload": "a" * 26}, "#/upload"),
    ],
)
def test_what_is_not_on_its_way_is_pointed_at(facts, pointer):
    attempt = open_attempt()

    answer = client_of(attempt).post(
        uploads_of(attempt).replace("uploads", "evidence"), {"kind": "video"} | facts, JSON
    )

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)
    assert attempt.evidence.count() == 1


def test_a_part_that_is_not_what_was_announced_and_a_full_disk_have_their_status(monkeypatch):
    attempt = open_attempt()
    api = client_of(attempt)
    api.raise_request_exception = False  # 507 is told, and logged
    upload_id = begin(api, attempt).json()["id"]

    refused = [
        put(api, upload_id, 1, b"x"),
        put(api, upload_id, 1, content_digest=f"sha-256=:{'A' * 43}=:"),
        put(api, upload_id, 1, content_digest="sha-256=:?:"),
        put(api, upload_id, 4, b"x"),
    ]
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda *_given: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
        full = put(api, upload_id, 1)
    well = put(api, upload_id, 1)

    told = [(one.status_code, one["Content-Type"], one.json()["code"]) for one in (*refused, full)]
    assert told == [*[(422, "application/problem+json", "unfit")] * 4, (507, "application/problem+json", "full")]
    assert refused[1].json()["detail"] == "That part changed on its way. Send it again."
    assert (well.status_code, api.get(f"/api/v1/uploads/{upload_id}/").json()["parts"]) == (200, [part(1)])


def test_storage_that_is_away_and_a_line_that_breaks_off_cost_a_part(monkeypatch):
    attempt = open_attempt()
    api = client_of(attempt)
    api.raise_request_exception = False  # 503 is told, and logged
    upload_id = begin(api, attempt).json()["id"]
    answers = []

    for error in (verbs.uploads.parts.Away("Not now."), ConnectionResetError()):
        with monkeypatch.context() as patched:
            patched.setattr(verbs, "receive_part", lambda *_given, error=error, **_more: (_ for _ in ()).throw(error))
            answers.append(put(api, upload_id, 1))

    assert [(one.status_code, one.json()["detail"]) for one in answers] == [
        (503, "Not now."),
        (400, "The connection broke off. Send that part again."),
    ]
    assert put(api, upload_id, 1).status_code == 200


def test_what_is_too_large_or_no_file_is_said_before_it_is_sent(settings):
    attempt = open_attempt()
    api = client_of(attempt)
    settings.LEARNER_QUOTA = 100_000

    answers = [
        begin(api, attempt, **facts)
        for facts in (
            {"size": 3 * 1024**3},
            {"size": 100_001},
            {"size": 0},
            {"size": -1},
            {"size": "many"},
            {"name": ""},
            {"kind": "text"},
            {"title": "x" * 301},
            {"criteria": ["c99"]},
        )
    ]

    assert [one.status_code for one in answers] == [413, 413, 409, *[400] * 6]
    assert "take up" in answers[1].json()["detail"]
    assert [one.json()["errors"][0]["pointer"] for one in answers[3:]] == [
        *("#/size", "#/size", "#/name", "#/kind", "#/title", "#/criteria"),
    ]
    assert not attempt.uploads.exists()
    assert begin(api, attempt, size=50_000).status_code == 201


def test_cancelling_forgets_what_arrived_and_twice_is_the_same():
    attempt = open_attempt()
    api = client_of(attempt)
    upload_id = begin(api, attempt).json()["id"]
    put(api, upload_id, 1)

    cancelled = [api.delete(f"/api/v1/uploads/{upload_id}/").status_code for _once in range(2)]
    late = put(api, upload_id, 2)

    assert (cancelled, late.status_code, late.json()["code"]) == ([204, 204], 409, "refused")
    told = api.get(f"/api/v1/uploads/{upload_id}/").json()
    assert (told["state"], told["parts"]) == ("cancelled", [])


def test_nothing_is_begun_once_the_attempt_was_handed_in():
    attempt = open_attempt()
    api = client_of(attempt)
    upload_id = begin(api, attempt).json()["id"]
    for number in (1, 2, 3):
        put(api, upload_id, number)
    verbs.submit(attempt, by=attempt.submission.learner)

    refused = (begin(api, attempt), api.post(f"/api/v1/uploads/{upload_id}/complete/", {}, JSON))

    assert [(one.status_code, one.json()["code"]) for one in refused] == [(409, "refused")] * 2


def test_to_others_a_file_is_not_there_and_scopes_are_asked():
    attempt = open_attempt()
    upload_id = begun(attempt, FILM).public_id
    there = f"/api/v1/uploads/{upload_id}/"

    def asked(api):
        return [
            api.get(there).status_code,
            api.get(uploads_of(attempt)).status_code,
            begin(api, attempt).status_code,
            put(api, upload_id, 1).status_code,
            api.post(f"{there}complete/", {}, JSON).status_code,
            api.delete(there).status_code,
        ]

    others = (person(), open_attempt().submission.learner, assessor_of(attempt.submission.achievement))
    assert [asked(program(one, *BOTH)) for one in others] == [[404] * 6] * 3
    assert asked(Client()) == [401] * 6
    assert asked(client_of(attempt, "submissions:read")) == [200, 200, 403, 403, 403, 403]
    assert asked(client_of(attempt, "submissions:write")) == [403, 403, 201, 200, 409, 204]


@pytest.mark.parametrize("rows", [1, 3])
def test_uploads_are_listed_with_4_questions_however_many(django_assert_num_queries, rows):
    attempt = open_attempt()
    for _one in range(rows):
        send(begun(attempt, FILM), FILM, *range(1, rows + 1))
    api = client_of(attempt)
    api.get("/api/v1/submissions/")

    with django_assert_num_queries(4):
        assert [len(one["parts"]) for one in api.get(uploads_of(attempt)).json()["results"]] == [rows] * rows


def test_the_schema_tells_how_a_file_is_sent():
    schema = Client().get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    sent = schema["paths"]["/api/v1/uploads/{public_id}/parts/{number}/"]["put"]

    assert sent["requestBody"]["content"] == {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
    }
    assert set(sent["responses"]) == {"200", "422", "507"}
    assert set(schema["components"]["schemas"]["Upload"]["properties"]) == {
        *("id", "attempt", "state", "kind", "name", "title", "size", "part_size", "count", "parts", "evidence"),
        *("begun_at", "touched_at", "ended_at"),
    }
