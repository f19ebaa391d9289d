"""What a learner can send to tire the house, to break it, or to pass one thing off for another."""

import io
import json
import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from PIL import Image

from apps.core import clock, outbox
from apps.core.refused import Refused
from apps.submissions import contents, manifest, queries, showing, verbs
from apps.submissions.models import Capture, EvidenceItem
from apps.submissions.verbs import capturing, writing
from tests.factories import (
    assessor_of,
    at_once,
    browser,
    decided,
    open_attempt,
    person,
    png_upload,
    published_version,
    submitted_attempt,
)
from tests.factories.uploads import begun, send
from tests.stack import wait_until

pytestmark = pytest.mark.django_db


def as_json(someone, address, **facts):
    return browser(someone).post(address, json.dumps(facts), content_type="application/json")


def jpeg(**options):
    file = io.BytesIO()
    Image.new("L", (4000, 4000)).save(file, "JPEG", **options)
    return file.getvalue()


def of_many_scans():
    """The last scan of a picture, again and again: each is seventy bytes to send, and a whole picture to draw."""
    whole = jpeg(progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * 3000 + whole[-2:]


def of_many_scans_behind_dirt():
    whole = jpeg(progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + (b"dirt\xff\x00\xff\xd3\xff\x01" + whole[last:-2]) * 3000 + whole[-2:]


def of_many_segments():
    whole = jpeg()
    return whole[:2] + b"\xff\xfe\x00\x02" * 1_000_000 + whole[2:]


def of_much_filling():
    whole = jpeg()
    return whole[:2] + b"\xff" * 8_000_000 + whole[2:]


def of_many_chunks():
    file = io.BytesIO()
    Image.new("L", (10, 10)).save(file, "PNG")
    chunk = struct.pack(">I", 0) + b"teSt" + struct.pack(">I", zlib.crc32(b"teSt"))
    return file.getvalue()[:33] + chunk * 1_000_000 + file.getvalue()[33:]


@pytest.mark.parametrize(
    "made", [of_many_scans, of_many_segments, of_much_filling, of_many_chunks, of_many_scans_behind_dirt]
)
def test_a_picture_of_countless_parts_is_refused_before_it_is_drawn(made):
    content = made()
    began = time.process_time()

    with pytest.raises(Refused, match="broken"):
        contents.media_type_of(io.BytesIO(content), name="x.jpg", size=len(content), kind="image")

    assert time.process_time() - began < 1


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"comment": b"x" * 60_000, "quality": 100}])
def test_pictures_as_cameras_make_them_are_taken(options):
    content = jpeg(**options)

    assert contents.media_type_of(io.BytesIO(content), name="x.jpg", size=len(content), kind="image") == "image/jpeg"


def test_a_draft_keeps_its_newest_editions_and_no_more(monkeypatch):
    monkeypatch.setattr(writing, "MOST_REVISIONS", 3)
    attempt = open_attempt()
    learner = attempt.submission.learner

    for edition in range(6):
        attempt.refresh_from_db()
        verbs.save_draft(attempt, by=learner, edition=attempt.edition, overview=f"Edition {edition}.")

    attempt.refresh_from_db()
    kept = [one.edition for one in attempt.revisions.all()]
    assert kept == [attempt.edition, attempt.edition - 1, attempt.edition - 2]


@pytest.mark.parametrize("field", ["type", "name", "title", "kind"])
def test_half_a_character_is_no_trouble(field):
    attempt = open_attempt()
    address = reverse("submissions:begin_upload", args=[attempt.submission.public_id])
    facts = {"name": "a.mp4", "size": 5, "kind": "video", "title": "A", "type": "video/mp4"}

    answer = as_json(attempt.submission.learner, address, **(facts | {field: "\ud800"}))

    assert answer.status_code in {201, 422}


@pytest.mark.parametrize(
    "facts",
    [
        {"name": ["a"], "size": "1e9", "kind": {}},
        {"name": {"a": 1}, "size": 10**400, "kind": None},
        {"name": "a", "size": -1, "kind": "video"},
        {"name": "a", "size": 2**63, "kind": "video"},
        {"name": "a", "size": True, "kind": "video", "criteria": "c1"},
        {"name": "a", "size": 5, "kind": "video", "criteria": {"c1": 1}},
        {"name": "a", "size": 5, "kind": "video", "criteria": [["c1"]]},
        {"name": "a", "size": 5, "kind": "video", "title": "x" * 10_000},
        {"name": "\x00", "size": 5, "kind": "video"},
        {"name": "a" * 10_000, "size": 5, "kind": "video"},
    ],
)
def test_a_file_begun_with_nonsense_is_answered_in_a_sentence(facts):
    attempt = open_attempt()
    address = reverse("submissions:begin_upload", args=[attempt.submission.public_id])

    answer = as_json(attempt.submission.learner, address, **facts)

    assert answer.status_code in {413, 422}
    assert answer.json()["errors"]


@pytest.mark.parametrize("key", ["a" * 64 + "\n", "a" * 65, "a b", "\u0000"])
def test_a_key_that_is_none_is_refused(key):
    attempt = open_attempt()
    address = reverse("submissions:add_evidence", args=[attempt.submission.public_id])

    answer = browser(attempt.submission.learner).post(
        address, {"kind": "text", "text": "Mine.", "title": "Mine", "key": key}, HTTP_ACCEPT="application/json"
    )

    assert answer.status_code == 422
    assert not EvidenceItem.objects.filter(title="Mine").exists()


def test_a_file_begun_as_one_kind_is_judged_as_the_kind_that_it_is_added_as(django_capture_on_commit_callbacks):
    attempt = open_attempt()
    content = b"Words, and no film.\n" * 10
    upload = begun(attempt, content, name="film.txt", kind="document")
    send(upload, content, 1)

    with django_capture_on_commit_callbacks(execute=True):
        piece = verbs.add_evidence(attempt, by=upload.learner, kind="video", upload=upload)
    with django_capture_on_commit_callbacks(execute=True):
        outbox.drain()

    piece.refresh_from_db()
    assert (piece.kind, piece.file_state) == ("video", "blocked")


@pytest.mark.parametrize(
    "facts", [{"kind": "\ud800"}, {"kind": "text", "text": "A", "people": "\ud800"}, {"kind": "text", "text": "\ud800"}]
)
def test_the_api_answers_half_a_character_in_a_sentence(facts):
    attempt = open_attempt()
    address = reverse("api-evidence", args=[attempt.submission.public_id, 1])

    answer = as_json(attempt.submission.learner, address, **facts)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] in {"#/kind", "#/people", "#/text"}


@pytest.mark.django_db(transaction=True)
def test_files_of_two_forms_at_once_stay_within_what_a_learner_may_keep(settings):
    first = open_attempt()
    second = open_attempt(learner=first.submission.learner)
    learner = first.submission.learner
    pictures = [png_upload("a.png", colour="red"), png_upload("b.png", colour="blue")]
    settings.LEARNER_QUOTA = queries.bytes_of(learner) + max(one.size for one in pictures)

    outcomes = at_once(
        lambda: verbs.add_evidence(first, by=learner, kind="image", upload=pictures[0]),
        lambda: verbs.add_evidence(second, by=learner, kind="image", upload=pictures[1]),
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["EvidenceItem", "TooLarge"]


def test_a_page_of_many_long_texts_is_drawn_in_time():
    attempt = open_attempt()
    for number in range(20):
        verbs.add_evidence(
            attempt,
            by=attempt.submission.learner,
            kind="text",
            text=f"{number}" + "![" * 24_000,
            title=f"Text {number}",
        )
    pieces = list(attempt.evidence.filter(kind="text").prefetch_related("supports"))
    began = time.process_time()

    drawn = [
        render_to_string("submissions/_piece.html", {"shown": shown})
        for shown in showing.show(pieces, reader=attempt.submission.learner)
    ]

    # About three seconds on a small machine; read with the square of their length, they would take many minutes.
    assert time.process_time() - began < 15
    assert all(f"{number}![" in page for number, page in enumerate(drawn[-20:]))


def test_of_many_long_files_a_page_shows_no_more_than_it_has_room_for():
    attempt = open_attempt()
    for number in range(5):
        file = SimpleUploadedFile(f"{number}.txt", f"{number}".encode() * showing.MOST_READ)
        verbs.add_evidence(attempt, by=attempt.submission.learner, kind="document", upload=file, title=f"Text {number}")
    pieces = attempt.evidence.filter(kind="document", media_type="text/plain").prefetch_related("supports")

    shown = showing.show(pieces, reader=attempt.submission.learner)

    assert [(len(one.text), one.is_cut) for one in shown[-5:]] == [(showing.MOST_READ, False)] * 4 + [(0, True)]


def test_links_added_all_day_send_the_house_round_so_often_and_no_more(monkeypatch):
    monkeypatch.setattr(capturing, "MOST_A_DAY", 2)
    attempt = open_attempt()

    for number in range(3):
        verbs.capture_link(attempt.submission_id, f"https://localhost/{number}")
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        verbs.capture_link(attempt.submission_id, "https://localhost/3")

    assert [one.url[-1] for one in Capture.objects.order_by("pk")] == ["0", "1", "3"]


@pytest.mark.parametrize(("taken_back", "is_read"), [(False, True), (True, False)])
def test_of_work_that_was_taken_back_no_file_is_read(taken_back, is_read, monkeypatch):
    attempt = submitted_attempt()
    asked = []
    monkeypatch.setattr(manifest, "sum_now", lambda piece: asked.append(piece) or piece.sha256)
    if taken_back:
        verbs.withdraw(attempt.submission, by=attempt.submission.learner)

    verbs.freeze(attempt.pk)

    assert bool(asked) == is_read


@pytest.mark.parametrize("name", ["submissions:submit", "api-submit", "submissions:thread", "api-thread"])
def test_handing_in_and_writing_again_and_again_has_an_end(name, settings):
    settings.RATE_LIMITS_FACTOR = 1
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"submit": "1/h", "message": "1/h"}
    attempt = open_attempt()
    learner = browser(attempt.submission.learner)
    address = reverse(name, args=[attempt.submission.public_id])

    statuses = [learner.post(address).status_code for _time in range(2)]

    assert statuses[1] == 429


TYPED = "Ten knives, <one> afternoon."


@pytest.mark.parametrize(("name", "field", "tighter"), [
    ("submissions:save", "overview", "post"),
    ("submissions:thread", "text", "message"),
    ("submissions:add_evidence", "about", "upload"),
    ("reviews:lodge_appeal", "grounds", "submit"),
])  # fmt: skip
@pytest.mark.parametrize("every", [True, False])
def test_who_is_too_quick_gets_back_what_they_typed(name, field, tighter, every, settings):
    settings.RATE_LIMITS_FACTOR = 1
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"post" if every else tighter: "1/h"}
    attempt = open_attempt()
    learner = browser(attempt.submission.learner)
    address, typed = (
        reverse(name, args=[attempt.submission.public_id]),
        {field: TYPED, "password": "kept from the page"},
    )
    learner.post(address)

    mine, elsewhere = (
        learner.post(address, typed, headers={"sec-fetch-site": site}) for site in ("same-origin", "cross-site")
    )

    for answer, comes_back in ((mine, True), (elsewhere, False)):
        page = answer.content.decode()
        assert (answer.status_code, escape(TYPED) in page, "kept from the page" in page) == (429, comes_back, False)


@pytest.mark.parametrize(("blind", "title"), [(True, "Document"), (False, "ana-reed.txt")])
def test_who_judges_blind_is_not_told_how_a_file_is_called(blind, title):
    attempt = open_attempt(published_version(blind=blind))
    file = SimpleUploadedFile("ana-reed.txt", b"Ten knives.")

    piece = verbs.add_evidence(attempt, by=attempt.submission.learner, kind="document", upload=file)

    assert (piece.title, piece.file_name) == (title, "ana-reed.txt")


def is_somebody_waiting():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_locks "
            "JOIN pg_database ON database = pg_database.oid WHERE datname = current_database())"
        )
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", [verbs.reopen, verbs.withdraw])
def test_what_waited_while_another_attempt_was_opened_and_laid_aside_is_refused_in_words(verb):
    submission = decided(short=True).attempt.submission
    learner = submission.learner

    def wait_in_line():
        try:
            return verb(submission, by=learner)
        except Exception as error:  # noqa: BLE001 - handed back to be looked at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            submission.attempts.locked_newest()
            waiting = other.submit(wait_in_line)
            wait_until(is_somebody_waiting, "the other one")
            verbs.try_again(submission, by=learner)
            if verb is verbs.reopen:
                verbs.withdraw(submission, by=learner)
        outcome = waiting.result(timeout=30)

    assert isinstance(outcome, Refused)
    assert "at the same moment" in str(outcome)


ACTS = [
    *(
        ("post", f"/submissions/{{submission}}/{act}/")
        for act in (
            *("save", "evidence", "evidence/order", "lend-sample", "uploads", "submit", "try-again", "withdraw"),
            *("reopen", "thread", "change-version"),
        )
    ),
    ("post", "/evidence/{piece}/capture-again/"),
    ("post", "/evidence/{piece}/edit/"),
    ("post", "/evidence/{piece}/remove/"),
    ("put", "/uploads/{upload}/parts/1"),
    ("post", "/uploads/{upload}/complete/"),
    ("delete", "/uploads/{upload}/"),
    *(("post", f"/api/v1/submissions/{{submission}}/{act}/") for act in ("submit", "withdraw", "reopen", "try-again")),
    ("post", "/api/v1/submissions/{submission}/thread/"),
    ("patch", "/api/v1/submissions/{submission}/"),
    ("patch", "/api/v1/submissions/{submission}/attempts/1/"),
    ("post", "/api/v1/submissions/{submission}/attempts/1/evidence/"),
    ("put", "/api/v1/submissions/{submission}/attempts/1/evidence/order/"),
    ("patch", "/api/v1/evidence/{piece}/"),
    ("delete", "/api/v1/evidence/{piece}/"),
    ("put", "/api/v1/evidence/{piece}/criteria/"),
]


@pytest.fixture
def at_work():
    attempt = open_attempt()
    upload = begun(attempt, b"x" * 100)
    told = {
        "submission": attempt.submission.public_id,
        "piece": attempt.evidence.first().public_id,
        "upload": upload.public_id,
    }
    return attempt, told


@pytest.mark.parametrize(("method", "address"), ACTS)
def test_nobody_acts_on_anothers_work(method, address, at_work):
    attempt, told = at_work

    statuses = [
        getattr(browser(someone), method)(address.format(**told), {}, content_type="application/json").status_code
        for someone in (person("A stranger"), assessor_of(attempt.submission.achievement), attempt.submission.learner)
    ]

    assert statuses[:2] == [404, 404]
    assert statuses[2] != 404


@pytest.mark.parametrize(("method", "address"), ACTS)
def test_no_page_elsewhere_acts_with_a_learners_cookie(method, address, at_work):
    attempt, told = at_work
    learner = Client(enforce_csrf_checks=True)
    learner.force_login(attempt.submission.learner)

    answer = getattr(learner, method)(address.format(**told), {}, content_type="application/json")

    assert answer.status_code == 403
