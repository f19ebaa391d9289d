"""Programs verify: one badge at once, many by a batch; hostile bodies get a problem and never a 500."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.core import outbox
from apps.credentials import queries, reports, verbs, verifier
from apps.credentials.models import Batch
from tests.core.test_client import Server, ok
from tests.credentials.test_verifier import foreign
from tests.factories import awarded_credential, browser, person
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
ONE, MANY = "/api/v1/verifications/", "/api/v1/verification-batches/"


def asking(**extra):
    return Client(raise_request_exception=False, **extra)


def post(path, body, client=None, **extra):
    return (client or asking()).post(
        path, body if isinstance(body, str | bytes) else json.dumps(body), "application/json", **extra
    )


def upload(path, client=None, **fields):
    return (client or asking()).post(path, fields)


def file(data, name="badge.json"):
    return SimpleUploadedFile(name, data)


def told(answer):
    return {name: one for name, one in answer.json().items() if name != "checked_at"}


def test_a_file_a_text_and_an_address_give_the_same_report(settings):
    text = foreign()
    with Server(ok(text.encode())) as server:
        settings.FETCH_ALLOW = [f"localhost:{server.port}"]
        answers = [
            upload(ONE, file=file(text.encode())),
            post(ONE, {"text": text}),
            post(ONE, {"url": f"http://localhost:{server.port}/c/1"}),
        ]

    alone = reports.sent(verifier.check(text))
    del alone["checked_at"]
    assert [one.status_code for one in answers] == [200] * 3
    assert [told(one) for one in answers] == [alone] * 3
    assert alone["valid"] is None
    assert {tuple(check) for check in alone["checks"]} == {("name", "group", "result", "plain", "technical")}
    assert answers[0]["Cache-Control"] == "no-store"


def test_the_verdict_is_true_false_or_null_and_to_whom_it_belongs_is_checked_too():
    credential = awarded_credential()
    whole = queries.baked_png(credential.pk)

    theirs = upload(ONE, file=file(whole, "badge.png"), recipient=credential.earner.email).json()
    somebodys = upload(ONE, file=file(whole, "badge.png"), recipient=person().email).json()

    assert (theirs["valid"], theirs["checks"][-1]["name"], theirs["checks"][-1]["result"]) == (
        True,
        "recipient",
        "pass",
    )
    assert (somebodys["valid"], somebodys["checks"][-1]["result"]) == (False, "fail")


@pytest.mark.parametrize(
    "given",
    [
        {"text": "x"},
        {"url": "http://127.0.0.1:1/"},
        {"text": "{}"},
        {"url": "nonsense"},
        {"url": "https://example.org:99999999999999999999/b"},
    ],
)
def test_what_is_no_badge_at_all_is_a_problem_with_a_code(given):
    answer = post(ONE, given)

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert (answer.json()["code"], answer.json()["status"]) == ("not_a_badge", 422)
    assert len(answer.json()["detail"]) > 10


def test_an_empty_file_is_no_badge():
    answer = upload(ONE, file=file(b""))
    assert (answer.status_code, answer.json()["detail"]) == (422, "That is empty.")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "x",
        1,
        None,
        True,
        {"text": ""},
        {"text": None},
        {"text": 1, "url": "https://a.example/"},
        {"text": [1]},
        {"url": {"a": 1}},
        {"url": "x" * 2001},
        {"url": "https://a.example/\x00"},
        {"text": "{\x00}"},
        {"text": "\ud800"},
        {"text": "x", "recipient": "nobody"},
        {"text": "x", "recipient": ["a@b.example"]},
        {"file": "x"},
        {"file": {}},
        '{"text": NaN}',
        '{"text": ' + "[" * 100_000,
        b"\xff\xfe",
        b"\x00",
        b"",
        '{"text": 1' + "0" * 10_000 + "}",
    ],
)
def test_a_body_that_asks_for_nothing_or_for_too_much_is_refused(body):
    for path in (ONE, MANY):
        answer = post(path, body)
        assert answer.status_code in {400, 422}, (path, answer.content)
        assert answer["Content-Type"] == "application/problem+json"
    assert Batch.objects.count() == 0


def test_several_at_once_are_refused_where_one_is_meant():
    answer = upload(ONE, file=file(b"{}"), text="{}")

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["code"], error["detail"]) == ("one_of_three", "Give one of file, url and text.")


def test_what_is_too_large_is_turned_away_before_it_is_read(settings):
    large = bytes(20 * 1024 * 1024 + 1)
    answers = [
        upload(ONE, file=file(large)),
        upload(ONE, file=file(large), text="x" * 1_000_000),
        post(ONE, {"text": "x" * 5 * 1024 * 1024}),
        post(MANY, {"urls": ["x" * 1024 * 1024] * 6}),
    ]
    many = {f"n{number}": file(b"x") for number in range(401)}
    answers.append(upload(MANY, **many))

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(413, "too_large")] * 5


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=", "text/plain", "", "a/b\x01"])
def test_a_body_of_another_kind_than_it_says_is_refused(kind):
    for path in (ONE, MANY):
        answer = asking().post(path, b"--x\r\n\x00", content_type=kind)
        assert answer.status_code in {400, 415}, (path, kind, answer.content)


def test_any_site_may_ask_without_a_cookie(client):
    asked = asking(headers={"Origin": "https://elsewhere.example"})
    before = asked.options(ONE, headers={"Access-Control-Request-Method": "POST"})
    answer = post(ONE, {"text": foreign()}, asked)
    refused = post(ONE, {"text": "x"}, asked)

    assert before.status_code == 200
    assert "POST" in before["Access-Control-Allow-Methods"]
    assert "Content-Type" in before["Access-Control-Allow-Headers"]
    for one in (before, answer, refused):
        assert one["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in one
        assert not one.cookies


def test_any_site_may_send_a_key_and_reads_the_same_answer_again():
    before = asking().options(ONE, headers={"Access-Control-Request-Method": "POST"})
    api, text = program(person(), "catalogue:read"), foreign()

    first, again = (post(ONE, {"text": text}, api, headers={"Idempotency-Key": "a-key"}) for _twice in range(2))

    open_to_all = ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Cross-Origin-Resource-Policy")
    allowed = before["Access-Control-Allow-Headers"].split(", ")
    assert allowed == ["Accept-Language", "Authorization", "Content-Type", "Idempotency-Key"]
    assert (first.status_code, again.content) == (200, first.content)
    assert [[one[name] for name in open_to_all] for one in (first, again)] == [
        ["*", "Location, Retry-After", "cross-origin"]
    ] * 2


def test_the_description_says_that_with_a_key_the_answer_is_kept():
    told = asking().get("/api/v1/schema/", headers={"Accept": "application/json"}).json()["paths"][ONE]["post"]

    assert " ".join(told["description"].split()) == (
        "Check a badge: a picture or file, a URL, or its text. Nothing of it is kept, except the answer, for a day, if you "
        "send an Idempotency-Key."
    )


def test_a_browser_that_is_signed_in_is_believed_with_its_token_only():
    someone = person()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(someone)

    assert post(ONE, {"text": foreign()}, strict).status_code == 403
    assert post(ONE, {"text": foreign()}, browser(someone)).status_code == 200
    assert post(ONE, {"text": foreign()}, program(someone, "catalogue:read")).status_code == 200
    assert post(ONE, {"text": "x"}, asking(headers={"Authorization": "Bearer wrong"})).status_code == 401


def test_the_texts_are_in_the_language_that_is_asked_for():
    texts = {
        language: post(ONE, {"text": foreign()}, headers={"Accept-Language": language}).json()["checks"][0]["plain"]
        for language in ("en", "mi")
    }
    assert texts["en"] == "It is an Open Badge, complete and well formed."
    assert texts["mi"] != texts["en"]


def test_many_are_taken_in_and_read_until_they_are_done():
    text = foreign().encode()
    answer = asking().post(MANY, {"files": [file(text), file(b"x", "holiday.txt")]})
    there = answer["Location"]
    body = answer.json()
    batch = Batch.objects.get(public_id=body["id"])

    assert (answer.status_code, answer["Retry-After"]) == (202, "2")
    assert there == f"{MANY}{batch.public_id}/"
    assert (body["total"], body["done"], body["finished_at"]) == (2, 0, None)
    assert [one["verdict"] for one in body["items"]] == ["waiting", "waiting"]
    outbox.drain()
    done = asking().get(there)
    assert done.json() == queries.batch_for_programs(batch) | {"finished_at": done.json()["finished_at"]}
    assert [(one["name"], one["verdict"]) for one in done.json()["items"]] == [
        ("badge.json", "undecided"),
        ("holiday.txt", "no_badge"),
    ]
    assert done.json()["items"][1]["report"] is None
    verbs.delete_batch(batch)
    gone = asking().get(there)
    assert (gone.status_code, gone.json()["code"]) == (410, "gone")
    assert asking().get(f"{MANY}{'a' * 26}/").status_code == 404


def test_many_addresses_come_as_json():
    body = post(MANY, {"urls": ["http://127.0.0.1:1/", "nonsense"]}).json()
    outbox.drain()

    items = asking().get(f"{MANY}{body['id']}/").json()["items"]
    assert [(one["kind"], one["name"], one["verdict"]) for one in items] == [
        ("address", "http://127.0.0.1:1/", "no_badge"),
        ("address", "nonsense", "no_badge"),
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "Give at least one"),
        ({"urls": ["https://a.example/"] * 201}, "At most 200"),
        ({"urls": ["a\x01"]}, "not an address"),
    ],
)
def test_many_are_refused_in_words(body, words):
    answer = post(MANY, body)
    assert answer.status_code == 400
    assert words in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    "body", [{"urls": "x"}, {"urls": [{}]}, {"urls": {"a": 1}}, {"files": ["x"]}, {"urls": [None]}]
)
def test_many_of_a_wrong_kind_are_refused(body):
    assert post(MANY, body).status_code == 400


def test_each_has_a_limit_of_its_own(settings):
    settings.RATE_LIMITS_FACTOR = 1
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"verify": "2/h", "verify_many": "1/h"}
    one = [post(ONE, {"text": "x"}) for _number in range(3)]
    many = [post(MANY, {"urls": ["x"]}) for _number in range(2)]

    assert [answer.status_code for answer in one] == [422, 422, 429]
    assert [answer.status_code for answer in many] == [202, 429]
    assert int(one[2]["Retry-After"]) > 0
    assert asking().get(many[0]["Location"]).status_code == 200


def test_the_description_names_what_is_taken_and_what_comes(client):
    schema = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()

    one = schema["paths"][ONE]["post"]
    assert set(one["requestBody"]["content"]) == {"multipart/form-data", "application/json"}
    assert {"200", "422"} <= set(one["responses"])
    assert "valid" in schema["components"]["schemas"]["Report"]["properties"]
