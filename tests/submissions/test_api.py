"""A learner's own programs do what the pages do: by the same verbs, with scopes, and problems in words."""

import hashlib
import json
import os
import subprocess
import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from apps.core import clock
from apps.core.models import Event
from apps.issuers import verbs as issuers
from apps.submissions import queries, verbs
from apps.submissions.models import Attempt, EvidenceItem
from tests.factories import (
    RUBRIC,
    assessable_attempt,
    assessor_of,
    decided,
    open_attempt,
    owner_of,
    person,
    png_upload,
    published_version,
    uploads,
)
from tests.factories import WORDS as DESIGN
from tests.factories.uploads import begun, mp4
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
LIST = "/api/v1/submissions/"
BOTH = ("submissions:read", "submissions:write")
WORDS = {
    "context_place": "The shed",
    "context_period": "November",
    "context_role": "Shearer",
    "overview": "What I did.",
    "reflection": "What I learnt.",
    "declared_own": True,
}


def of(attempt, rest=""):
    return f"{LIST}{attempt.submission.public_id}/attempts/{attempt.number}/{rest}"


def client_of(attempt, *scopes):
    return program(attempt.submission.learner, *(scopes or BOTH))


def send(client, method, path, body):
    return getattr(client, method)(path, json.dumps(body), "application/json")


def test_from_the_first_draft_to_the_archive(tmp_path):
    version, learner = published_version(), person()
    api = program(learner, *BOTH)

    started = send(api, "post", LIST, {"achievement": version.achievement.slug})
    there = f"{LIST}{started.json()['id']}/attempts/1/"
    saved = send(api, "patch", there, {"edition": 0, **WORDS}).json()
    added = send(
        api,
        "post",
        f"{there}evidence/",
        {
            "kind": "text",
            "title": "Log",
            "text": "Ten knives.\r\nOne by one.",
            "criteria": [{"criterion": one.code, "quote": "Ten knives"} for one in version.criteria.all()],
        },
    )
    missing = api.get(there).json()["missing"]
    handed_in = api.post(f"{LIST}{started.json()['id']}/submit/")
    verbs.freeze(Attempt.objects.get().pk)
    manifest = api.get(f"{there}manifest.json")
    archive = api.get(f"{there}export.zip", headers={"Accept": "application/zip"})

    assert (started.status_code, started.json()["route"], started.json()["state"]) == (201, "work", "draft")
    assert ({name: saved[name] for name in WORDS}, saved["edition"], saved["merged"]) == (WORDS, 1, [])
    assert (added.status_code, added.json()["text"]) == (201, "Ten knives.\nOne by one.")
    assert [(one["quote"], one["page"]) for one in added.json()["criteria"]] == [
        ("Ten knives", None) for _one in version.criteria.all()
    ]
    assert missing == []
    assert (handed_in.status_code, handed_in.json()["state"]) == (200, "submitted")
    assert manifest.content.decode() == Attempt.objects.get().manifest
    with zipfile.ZipFile(BytesIO(archive.getvalue())) as whole:
        whole.extractall(tmp_path)
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=False).returncode == 0


def test_two_writers_are_merged_and_told_which_fields():
    attempt = open_attempt()
    api = client_of(attempt)
    begun = attempt.edition

    send(api, "patch", of(attempt), {"edition": begun, "overview": "What I did.\n\nTwice."})
    later = send(
        api, "patch", of(attempt), {"edition": begun, "overview": "First:\n\nWhat I did.", "reflection": "So."}
    )

    told = later.json()
    assert (later.status_code, told["merged"]) == (200, ["overview"])
    assert told["overview"] == "First:\n\nWhat I did.\n\nTwice."
    assert told["reflection"] == "So."


def test_a_file_a_link_and_a_text_are_added_as_by_the_form_and_each_once():
    attempt = open_attempt()
    api = client_of(attempt)
    code = attempt.submission.version.criteria.first().code
    picture = png_upload()
    where = json.dumps([{"criterion": code, "page": 2, "seconds": 135}])

    answers = [
        api.post(
            of(attempt, "evidence/"),
            {"kind": "image", "file": picture, "criteria": where, "people": "nobody", "title": "After"},
        ),
        send(api, "post", of(attempt, "evidence/"), {"kind": "link", "url": "https://videos.example/1"}),
        send(api, "post", of(attempt, "evidence/"), {"kind": "link", "url": "https://videos.example/1"}),
    ]

    assert [one.status_code for one in answers] == [201] * 3
    image, link, again = (one.json() for one in answers)
    assert again == link
    picture.seek(0)
    assert (image["sha256"], image["media_type"], image["people"]) == (
        hashlib.sha256(picture.read()).hexdigest(),
        "image/png",
        "nobody",
    )
    assert image["criteria"] == [{"criterion": code, "page": 2, "seconds": 135, "quote": ""}]
    assert [one["id"] for one in api.get(of(attempt, "evidence/")).json()][1:] == [image["id"], link["id"]]


def test_a_piece_is_described_mapped_ordered_and_removed():
    attempt = open_attempt()
    api = client_of(attempt)
    first = attempt.evidence.get()
    other = verbs.add_evidence(attempt, by=attempt.submission.learner, kind="text", text="x", title="Other")
    piece = f"/api/v1/evidence/{first.public_id}/"
    code = attempt.submission.version.criteria.first().code

    said = send(api, "patch", piece, {"title": "Bench log", "made_on": "2026-11-01"}).json()
    mapped = send(api, "put", f"{piece}criteria/", {"criteria": [{"criterion": code, "quote": "ten"}]}).json()
    ordered = send(api, "put", of(attempt, "evidence/order/"), {"order": [other.public_id, first.public_id]}).json()
    removed = api.delete(f"/api/v1/evidence/{other.public_id}/")

    assert (said["title"], said["made_on"], len(said["criteria"])) == (
        "Bench log",
        "2026-11-01",
        attempt.submission.version.criteria.count(),
    )
    assert mapped["criteria"] == [{"criterion": code, "page": None, "seconds": None, "quote": "ten"}]
    assert [one["title"] for one in ordered] == ["Other", "Bench log"]
    assert removed.status_code == 204
    assert list(attempt.evidence.values_list("pk", flat=True)) == [first.pk]


def test_a_text_is_written_anew_and_only_where_there_is_one():
    attempt = open_attempt()
    api, text = client_of(attempt), attempt.evidence.get()
    link = verbs.add_evidence(attempt, by=attempt.submission.learner, kind="link", url="https://videos.example/1")

    said = send(api, "patch", f"/api/v1/evidence/{text.public_id}/", {"text": "Eleven knives."})
    refused = send(api, "patch", f"/api/v1/evidence/{link.public_id}/", {"text": "Eleven knives."})

    text.refresh_from_db()
    assert (said.status_code, text.text, said.json()["sha256"]) == (200, "Eleven knives.", text.sha256)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "#/text")


def test_another_file_is_put_in_the_place_of_one_by_a_form_or_once_its_parts_are_there():
    attempt = open_attempt()
    api, learner = client_of(attempt), attempt.submission.learner
    piece = verbs.add_evidence(attempt, by=learner, kind="image", upload=png_upload(), title="The edge")
    place = f"/api/v1/evidence/{piece.public_id}/file/"
    blue, film = png_upload("blue.png", colour="blue"), mp4()
    upload = begun(attempt, film)
    uploads.send(upload, film)

    whole = api.put(place, *multipart({"file": blue}))
    refused = [
        api.put(place, *multipart({"file": SimpleUploadedFile("x.png", b"")})),
        send(api, "put", place, {"upload": "a" * 26}),
        send(api, "put", place, {}),
        send(api, "put", f"/api/v1/evidence/{attempt.evidence.first().public_id}/file/", {"upload": upload.public_id}),
    ]
    in_parts = send(api, "put", place, {"upload": upload.public_id})

    blue.seek(0)
    assert (whole.status_code, whole.json()["title"], whole.json()["sha256"]) == (
        *(200, "The edge", hashlib.sha256(blue.read()).hexdigest()),
    )
    assert [(one.status_code, one.json()["errors"][0]["pointer"]) for one in refused] == [
        *((400, "#/file"), (400, "#/upload"), (400, "#/file"), (400, "#/file")),
    ]
    piece.refresh_from_db()
    assert (in_parts.status_code, in_parts.json()["title"], piece.file_state) == (200, "The edge", "checking")


def multipart(fields):
    return encode_multipart(BOUNDARY, fields), MULTIPART_CONTENT


def test_after_not_yet_a_program_tries_again():
    decision = decided(short=True)
    submission = decision.attempt.submission

    answer = program(submission.learner, *BOTH).post(f"{LIST}{submission.public_id}/try-again/")

    assert (answer.status_code, answer.json()["number"], answer.json()["state"]) == (201, 2, "open")


def test_a_program_chooses_the_route_takes_work_back_and_opens_it_again():
    attempt = open_attempt(published_version(rpl_allowed=True))
    api, there = client_of(attempt), f"{LIST}{attempt.submission.public_id}/"

    chosen = send(api, "patch", there, {"route": "prior_learning"})
    wrong = send(api, "patch", there, {"route": "magic"})
    api.post(f"{there}submit/")
    withdrawn = api.post(f"{there}withdraw/")
    reopened = api.post(f"{there}reopen/")

    assert (chosen.status_code, chosen.json()["route"], wrong.status_code) == (200, "prior_learning", 400)
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    assert (reopened.status_code, reopened.json()["number"], reopened.json()["state"]) == (201, 2, "open")
    stranger = program(person(), *BOTH)
    assert send(stranger, "patch", there, {"route": "work"}).status_code == 404
    assert [stranger.post(f"{there}{act}/").status_code for act in ("withdraw", "reopen")] == [404, 404]


def test_a_program_lends_work_as_a_sample_and_takes_it_back_whatever_its_state():
    attempt = assessable_attempt()
    api, there = client_of(attempt), f"{LIST}{attempt.submission.public_id}/"
    before = api.get(there).json()

    lent, again, back = (send(api, "post", f"{there}lend-sample/", {"lent": told}) for told in (True, True, False))
    wrong = send(api, "post", f"{there}lend-sample/", {})

    alone = {"attempts", "expected", "talk_is_due", "talk"}
    told = {name: said for name, said in before.items() if name not in alone}
    assert (lent.status_code, lent.json()) == (200, told | {"sample_since": lent.json()["sample_since"]})
    assert lent.json()["sample_since"] is not None
    assert (again.json(), back.json()) == (lent.json(), told)
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "#/lent")
    kinds = Event.objects.filter(kind__startswith="submission.sample").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["submission.sample_lent", "submission.sample_taken_back"]
    assert send(program(person(), *BOTH), "post", f"{there}lend-sample/", {"lent": True}).status_code == 404
    assert (
        send(client_of(attempt, "submissions:read"), "post", f"{there}lend-sample/", {"lent": True}).status_code == 403
    )


def test_a_program_goes_on_with_a_newer_version_while_nothing_was_handed_in():
    attempt = open_attempt()
    version = attempt.submission.version
    other = assessable_attempt(version)
    owner = owner_of(version.achievement.issuer)
    draft = issuers.draft_next(
        version.achievement, by=owner, words=DESIGN, rubric=RUBRIC[:2], outcomes=["Set an even edge."]
    )
    issuers.publish(draft, by=owner)
    api, there = client_of(attempt), f"{LIST}{attempt.submission.public_id}/"

    stranger = program(person(), *BOTH).post(f"{there}change-version/")
    moved, again = (api.post(f"{there}change-version/") for _once in range(2))
    late = client_of(other).post(f"{LIST}{other.submission.public_id}/change-version/")

    assert stranger.status_code == 404
    assert (moved.status_code, moved.json()["version"], moved.json()["state"]) == (200, 2, "draft")
    assert [(one.status_code, one.json()["detail"]) for one in (again, late)] == [
        (409, "There is no newer version. You are on the newest already."),
        (409, "Work was handed in on version 1, so it stays there."),
    ]


def test_by_when_an_answer_can_be_expected_is_told_while_it_waits():
    first = assessable_attempt()
    attempt = assessable_attempt(first.submission.version)
    draft = open_attempt(first.submission.version)
    decision = decided()
    one, other, third = (
        client_of(attempt_).get(f"{LIST}{attempt_.submission.public_id}/").json()["expected"]
        for attempt_ in (attempt, draft, decision.attempt)
    )

    with_draft = queries.expected_by(draft.submission, clock.now())
    assert one == {"day": attempt.submission.answer_by.isoformat(), "ahead": 1, "measured": False}
    assert other == {"day": with_draft.day.isoformat(), "ahead": 2, "measured": False}
    assert third is None


def tried_again():
    submission = decided(short=True).attempt.submission
    return verbs.try_again(submission, by=submission.learner)


def test_what_changed_from_one_attempt_to_the_next_is_told_by_word_and_piece():
    attempt = tried_again()
    learner = attempt.submission.learner
    old = attempt.submission.attempts.get(number=1).evidence.get()
    carried = attempt.evidence.get()
    new = verbs.add_evidence(attempt, by=learner, kind="text", title="More", text="Ten more.")
    verbs.save_draft(attempt, by=learner, edition=attempt.edition, overview="What I did since.")
    api = client_of(attempt)

    told = api.get(of(attempt, "changes/"))
    since = api.get(of(attempt, "changes/?since=1"))
    missing = [api.get(of(attempt, f"changes/?since={n}")).status_code for n in ("2", "9", "0", "x", "9" * 30)]
    first = api.get(of(attempt, "changes/").replace("/2/", "/1/"))

    supports = [{"criterion": f"{one.position}. {one.name}", "place": ""} for one in carried.criteria.all()]

    def piece(one):
        return {"id": one.public_id, "title": one.title, "size": 0, "sha256": one.sha256}

    assert (told.status_code, told.json()) == (
        200,
        {
            "before": 1,
            "after": 2,
            "in_short": "1 piece new, overview changed.",
            "words": [{"name": "overview", "title": "overview", "before": "What I did.", "after": "What I did since."}],
            "pieces": [
                {
                    "how": "unchanged",
                    "kind": "text",
                    "before": piece(old),
                    "after": piece(carried),
                    "is_remapped": False,
                    "supports_before": supports,
                    "supports_after": supports,
                },
                {
                    "how": "added",
                    "kind": "text",
                    "before": None,
                    "after": piece(new),
                    "is_remapped": False,
                    "supports_before": [],
                    "supports_after": [],
                },
            ],
        },
    )
    assert since.json() == told.json()
    assert (missing, first.status_code) == ([404, 404, 400, 400, 400], 404)
    assert program(person(), *BOTH).get(of(attempt, "changes/")).status_code == 404
    assert client_of(attempt, "submissions:write").get(of(attempt, "changes/")).status_code == 403


@pytest.mark.parametrize("more", [0, 2])
def test_changes_ask_the_same_however_many_pieces(django_assert_num_queries, more):
    attempt = tried_again()
    for number in range(more):
        verbs.add_evidence(attempt, by=attempt.submission.learner, kind="text", text=f"{number}")
    api = client_of(attempt)
    api.get(LIST)

    with django_assert_num_queries(6):
        assert len(api.get(of(attempt, "changes/")).json()["pieces"]) == 1 + more


@pytest.mark.parametrize("more", [0, 2])
def test_one_submission_asks_the_same_however_many_wait(django_assert_num_queries, more):
    attempt = assessable_attempt()
    for _one in range(more):
        assessable_attempt(attempt.submission.version)
    api = client_of(attempt)
    api.get(LIST)

    with django_assert_num_queries(9):
        assert api.get(f"{LIST}{attempt.submission.public_id}/").json()["expected"]["ahead"] == 0


def test_work_is_begun_by_the_route_that_was_asked_for_where_the_badge_allows_it():
    new, either = published_version(rpl_allowed=False), published_version(rpl_allowed=True)
    api = program(person(), *BOTH)

    refused = send(api, "post", LIST, {"achievement": new.achievement.slug, "route": "prior_learning"})
    begun = send(api, "post", LIST, {"achievement": either.achievement.slug, "route": "prior_learning"})

    assert (refused.status_code, begun.status_code, begun.json()["route"]) == (409, 201, "prior_learning")


def test_what_was_handed_in_stays_and_what_is_missing_is_said():
    attempt = assessable_attempt()
    api = client_of(attempt)
    bare = verbs.start(published_version(), by=attempt.submission.learner)
    piece = f"/api/v1/evidence/{attempt.evidence.get().public_id}/"

    refused = [
        send(api, "patch", of(attempt), {"edition": attempt.edition, "overview": "Else."}),
        send(api, "post", of(attempt, "evidence/"), {"kind": "text", "text": "x"}),
        api.post(of(attempt, "evidence/"), {"kind": "image", "file": png_upload()}),
        send(api, "patch", piece, {"title": "x"}),
        api.delete(piece),
        api.post(f"{LIST}{bare.public_id}/submit/"),
        api.post(f"{LIST}{attempt.submission.public_id}/try-again/"),
        api.get(f"{LIST}{bare.public_id}/attempts/1/export.zip"),
    ]

    assert [(one.status_code, one["Content-Type"], one.json()["code"]) for one in refused] == [
        (409, "application/problem+json", "refused")
    ] * len(refused)
    assert refused[5].json()["detail"] == "Say where you did it."


def test_to_strangers_other_learners_and_assessors_it_is_not_there():
    attempt = assessable_attempt()
    piece = f"/api/v1/evidence/{attempt.evidence.get().public_id}/"
    reads = [of(attempt), of(attempt, "evidence/"), of(attempt, "manifest.json"), of(attempt, "export.zip"), piece]

    for someone in (person(), open_attempt().submission.learner, assessor_of(attempt.submission.achievement)):
        api = program(someone, *BOTH)
        assert [api.get(path).status_code for path in reads] == [404] * 5
        assert [
            send(api, "patch", of(attempt), {"edition": 0}).status_code,
            send(api, "post", of(attempt, "evidence/"), {"kind": "text", "text": "x"}).status_code,
            send(api, "put", of(attempt, "evidence/order/"), {"order": []}).status_code,
            send(api, "put", f"{piece}criteria/", {"criteria": []}).status_code,
            send(api, "patch", piece, {"title": "x"}).status_code,
            api.delete(piece).status_code,
            api.post(f"{LIST}{attempt.submission.public_id}/submit/").status_code,
            api.post(f"{LIST}{attempt.submission.public_id}/try-again/").status_code,
        ] == [404] * 8
    assert [Client().get(path).status_code for path in reads] == [401] * 5
    assert [client_of(attempt).get(path).status_code for path in reads] == [200] * 5


def test_a_token_that_reads_does_not_write_and_one_that_writes_does_not_read():
    attempt = open_attempt()
    reads, writes = client_of(attempt, "submissions:read"), client_of(attempt, "submissions:write")

    assert send(reads, "patch", of(attempt), {"edition": 0}).status_code == 403
    assert reads.delete(f"/api/v1/evidence/{attempt.evidence.get().public_id}/").status_code == 403
    assert writes.get(of(attempt)).status_code == 403
    assert writes.head(of(attempt, "export.zip")).status_code == 403


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/kind"),
        ([], "#/non_field_errors"),
        ({"kind": "spell", "text": "x"}, "#/kind"),
        ({"kind": "text"}, "#/text"),
        ({"kind": "text", "text": "x" * 50_001}, "#/text"),
        ({"kind": "text", "text": "a\x00b"}, "#/text"),
        ({"kind": "text", "text": "x", "title": "x" * 10_000}, "#/title"),
        ({"kind": "text", "text": "x", "url": "https://a.example/"}, "#/url"),
        ({"kind": "link", "url": "javascript:alert(1)"}, "#/url"),
        ({"kind": "link", "url": "ftp://files.example/x"}, "#/url"),
        ({"kind": "link", "url": "https://a.example/" + "a" * 2000}, "#/url"),
        ({"kind": "image"}, "#/file"),
        ({"kind": "image", "file": "x"}, "#/file"),
        ({"kind": "credential", "badge": "a" * 26}, "#/badge"),
        ({"kind": "credential", "badge": "\x00"}, "#/badge"),
        ({"kind": "text", "text": "x", "people": "everybody"}, "#/people"),
        ({"kind": "text", "text": "x", "made_on": "soon"}, "#/made_on"),
        ({"kind": "text", "text": "x", "key": "../.."}, "#/key"),
        ({"kind": "text", "text": "x", "criteria": "c1"}, "#/criteria/non_field_errors"),
        ({"kind": "text", "text": "x", "criteria": [{"criterion": "c99"}]}, "#/criteria"),
        ({"kind": "text", "text": "x", "criteria": [{"criterion": "c1", "page": 0}]}, "#/criteria/0/page"),
        ({"kind": "text", "text": "x", "criteria": [{"criterion": "c1", "seconds": 2**40}]}, "#/criteria/0/seconds"),
    ],
)
def test_what_is_sent_wrong_is_pointed_at_and_nothing_is_added(body, pointer):
    attempt = open_attempt()

    answer = send(client_of(attempt), "post", of(attempt, "evidence/"), body)

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)
    assert attempt.evidence.count() == 1


def test_a_file_that_cannot_be_assessed_and_criteria_that_are_no_json_are_pointed_at():
    attempt = open_attempt()
    api = client_of(attempt)
    page = SimpleUploadedFile("page.html", b"<!DOCTYPE html><script>alert(1)</script>")

    answers = [
        api.post(of(attempt, "evidence/"), {"kind": "document", "file": page}),
        api.post(of(attempt, "evidence/"), {"kind": "image", "file": png_upload(), "criteria": "[" * 100_000}),
    ]

    assert [(one.status_code, one.json()["errors"][0]["pointer"]) for one in answers] == [
        (400, "#/file"),
        (400, "#/criteria"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"edition": -1},
        {"edition": 2**40},
        {"edition": 0, "overview": "x" * 20_001},
        {"edition": 0, "context_role": "x" * 201},
    ],
)
def test_words_that_do_not_fit_are_refused(body):
    attempt = open_attempt()

    assert send(client_of(attempt), "patch", of(attempt), body).status_code == 400


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999"])
def test_an_attempt_that_is_none_is_not_there(number):
    attempt = open_attempt()

    assert client_of(attempt).get(f"{LIST}{attempt.submission.public_id}/attempts/{number}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pieces_ask_5_however_many(django_assert_num_queries, rows):
    attempt = open_attempt()
    for number in range(rows - 1):
        verbs.add_evidence(
            attempt,
            by=attempt.submission.learner,
            kind="text",
            text=f"{number}",
            criteria=attempt.submission.version.criteria.all(),
        )
    api = client_of(attempt)
    api.get(LIST)

    with django_assert_num_queries(5):
        assert len(api.get(of(attempt, "evidence/")).json()) == rows


def test_the_schema_is_made_without_a_warning_and_tells_of_what_is_new():
    call_command("spectacular", validate=True, fail_on_warn=True, file=os.devnull)
    schema = Client().get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    one, attempt = "/api/v1/submissions/{public_id}/", "/api/v1/submissions/{public_id}/attempts/{number}/"
    upload, piece = "/api/v1/uploads/{public_id}/", "/api/v1/evidence/{public_id}/"

    asked = {
        f"{one}lend-sample/": ["post"],
        f"{one}change-version/": ["post"],
        f"{attempt}changes/": ["get"],
        f"{attempt}uploads/": ["get", "post"],
        upload: ["delete", "get"],
        f"{upload}parts/{{number}}/": ["put"],
        f"{upload}complete/": ["post"],
        f"{piece}file/": ["put"],
        f"{piece}captures/": ["get"],
        f"{piece}capture-again/": ["post"],
        "/api/v1/reviews/{public_id}/changes/": ["get"],
    }
    assert {path: sorted(set(schema["paths"][path]) - {"parameters"}) for path in asked} == asked
    shapes = schema["components"]["schemas"]
    assert shapes["Capture"]["properties"]["outcome"] == {"$ref": "#/components/schemas/CaptureOutcome"}
    assert {"expected", "sample_since", "talk_is_due", "talk"} <= set(shapes["SubmissionWithAttempts"]["properties"])
    for shape in ("Attempt", "AttemptWithGaps", "SavedAttempt"):
        assert {"answer", "formerly", "returned"} <= set(shapes[shape]["properties"])
    assert {name: sorted(shapes[name]["properties"]) for name in ("Answer", "ToldFinding", "Returned", "Talk")} == {
        "Answer": ["declined", "findings", "given_at", "met", "note", "reason"],
        "ToldFinding": ["comment", "criterion", "level", "met", "needed", "next_step"],
        "Returned": ["reason", "returned_at"],
        "Talk": ["after_attempt", "held_at", "note"],
    }


def test_the_schema_tells_of_every_address():
    schema = Client().get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    attempts = "/api/v1/submissions/{public_id}/attempts/{number}/"

    told = {path: sorted(set(schema["paths"][path]) - {"parameters"}) for path in schema["paths"]}
    assert told[attempts] == ["get", "patch"]
    assert told[f"{attempts}evidence/"] == ["get", "post"]
    assert told[f"{attempts}evidence/order/"] == ["put"]
    assert told["/api/v1/evidence/{public_id}/"] == ["delete", "get", "patch"]
    assert "application/zip" in schema["paths"][f"{attempts}export.zip"]["get"]["responses"]["200"]["content"]
    shape = schema["components"]["schemas"]["Evidence"]["properties"]
    assert set(shape) >= {"id", "kind", "sha256", "criteria", "badge"}
    assert EvidenceItem._meta.get_field("file").name not in shape
