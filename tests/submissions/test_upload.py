import errno
import hashlib
import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage

from apps.core import clock, outbox
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.submissions import files, parts, verbs
from apps.submissions.models import EvidenceItem, Upload
from tests.factories import browser, open_attempt, person
from tests.factories.uploads import begun, checked_piece, mp4, send, sent_piece

pytestmark = pytest.mark.django_db(transaction=False)
FILM = mp4()


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr("apps.submissions.verbs.uploads._PARTS", ((None, 8000),))


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """What follows a commit follows at once."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def folder(upload):
    return Path(default_storage.path(upload.folder))


def test_a_file_sent_in_parts_becomes_a_piece_with_the_sum_of_the_whole(committed):
    attempt = open_attempt()
    criterion = attempt.submission.version.criteria.first()
    upload = begun(attempt, FILM, title="The cut", criteria=[criterion])
    send(upload, FILM, 3, 1, 2)

    with committed():
        piece = verbs.complete_upload(upload, by=upload.learner)
    told = (piece.kind, piece.title, piece.file_name, piece.size, piece.file_state, piece.sha256)
    with committed():
        outbox.drain()

    upload.refresh_from_db()
    piece.refresh_from_db()
    assert told == ("video", "The cut", "clip.mp4", len(FILM), "checking", "")
    assert (piece.file_state, piece.media_type, piece.sha256, piece.scan) == (
        *("ready", "video/mp4", hashlib.sha256(FILM).hexdigest(), "not_scanned"),
    )
    assert list(piece.criteria.all()) == [criterion]
    with piece.file.open("rb") as kept:
        assert kept.read() == FILM
    assert (upload.state, upload.piece, upload.parts.count(), folder(upload).exists()) == ("kept", piece, 0, False)
    kinds = Event.objects.filter(subject_id=attempt.submission.public_id).order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[2:] == ["upload.begun", "evidence.added", "evidence.checked"]


def test_a_part_sent_twice_is_the_same_and_a_second_one_takes_the_place_of_the_first():
    upload = begun(open_attempt(), FILM)
    send(upload, FILM, 1)
    send(upload, FILM, 1)
    other = bytes(8000)

    part = verbs.receive_part(upload, by=upload.learner, number=1, stream=BytesIO(other))

    assert upload.parts.get() == part
    assert part.sha256 == hashlib.sha256(other).hexdigest()
    assert (folder(upload) / "1").read_bytes() == other
    assert [one.name for one in folder(upload).iterdir()] == ["1"]


@pytest.mark.parametrize(
    ("number", "content", "sha256", "sentence"),
    [
        (1, FILM[:7999], "", "not as long as it should be"),
        (1, FILM[:8001], "", "not as long as it should be"),
        (3, FILM[:8000], "", "not as long as it should be"),
        (1, FILM[:8000], "0" * 64, "changed on its way"),
        (0, FILM[:8000], "", "has parts 1 to 3"),
        (4, FILM[:8000], "", "has parts 1 to 3"),
    ],
)
def test_a_part_that_is_not_what_was_announced_is_refused_and_leaves_nothing(number, content, sha256, sentence):
    upload = begun(open_attempt(), FILM)
    send(upload, FILM, 2)

    with pytest.raises(parts.BadPart, match=sentence):
        verbs.receive_part(upload, by=upload.learner, number=number, stream=BytesIO(content), sha256=sha256)

    assert [one.number for one in upload.parts.all()] == [2]
    assert [one.name for one in folder(upload).iterdir()] == ["2"]


def failing(number):
    def fails(*_given, **_named):
        raise OSError(number, "Not now")

    return fails


@pytest.mark.parametrize(("place", "number", "refusal", "sentence"), [
    ((os, "write"), errno.ENOSPC, parts.NoRoom, "no room for more just now"),
    ((os, "write"), errno.EIO, parts.Away, "Our storage doesn't answer just now. What has arrived is kept"),
    ((Path, "mkdir"), errno.ESTALE, parts.Away, "Our storage doesn't answer just now. What has arrived is kept"),
    ((Path, "replace"), errno.EIO, parts.Away, "Our storage doesn't answer just now. What has arrived is kept"),
])  # fmt: skip
def test_a_disk_that_is_full_or_away_keeps_what_arrived_before(monkeypatch, place, number, refusal, sentence):
    upload = begun(open_attempt(), FILM)
    send(upload, FILM, 1)

    with monkeypatch.context() as patched:
        patched.setattr(*place, failing(number))
        with pytest.raises(refusal, match=sentence):
            send(upload, FILM, 2)

    assert [one.name for one in folder(upload).iterdir()] == ["1"]
    assert [one.number for one in upload.parts.all()] == [1]
    send(upload, FILM, 2, 3)
    assert verbs.complete_upload(upload, by=upload.learner).file_state == "checking"


def test_completing_twice_gives_the_same_piece():
    upload = begun(attempt := open_attempt(), FILM)
    send(upload, FILM)
    first = verbs.complete_upload(upload, by=upload.learner)

    again = verbs.complete_upload(upload, by=upload.learner, title="Other")
    by_form = verbs.add_evidence(attempt, by=upload.learner, kind="video", upload=upload)

    assert (again, by_form) == (first, first)
    assert attempt.evidence.filter(kind="video").count() == 1
    assert Job.objects.filter(key__startswith=f"check_file:{first.public_id}:").count() == 1


def test_completing_too_early_says_which_parts_are_missing():
    upload = begun(open_attempt(), FILM)
    send(upload, FILM, 2)

    with pytest.raises(Refused, match="2 parts of the file are missing, the first is part 1"):
        verbs.complete_upload(upload, by=upload.learner)

    assert Upload.objects.get(pk=upload.pk).state == "receiving"
    send(upload, FILM, 1)
    with pytest.raises(Refused, match="Part 3 of the file is missing"):
        verbs.complete_upload(upload, by=upload.learner)


def test_only_the_learner_begins_sends_completes_and_cancels():
    attempt, stranger = open_attempt(), person()
    upload = begun(attempt, FILM)

    for act in (
        lambda by: verbs.begin_upload(attempt, by=by, name="x.mp4", size=9, kind="video"),
        lambda by: verbs.receive_part(upload, by=by, number=1, stream=BytesIO(FILM[:8000])),
        lambda by: send(upload, FILM, 2, 3) or verbs.complete_upload(upload, by=by),
    ):
        with pytest.raises(PermissionDenied):
            act(stranger)
        act(upload.learner)
    other = begun(attempt, FILM)
    with pytest.raises(PermissionDenied):
        verbs.cancel_upload(other, by=stranger)
    verbs.cancel_upload(other, by=other.learner)


def test_a_file_of_one_attempt_is_no_piece_of_another():
    learner = person()
    upload = begun(open_attempt(learner=learner), FILM)
    send(upload, FILM)

    with pytest.raises(PermissionDenied):
        verbs.add_evidence(open_attempt(learner=learner), by=learner, kind="video", upload=upload)


def test_nothing_is_begun_or_completed_once_the_attempt_was_handed_in():
    attempt = open_attempt()
    upload = begun(attempt, FILM)
    send(upload, FILM)
    verbs.submit(attempt, by=upload.learner)

    for act in (lambda: begun(attempt, FILM), lambda: verbs.complete_upload(upload, by=upload.learner)):
        with pytest.raises(Refused, match="stays as it is"):
            act()


@pytest.mark.parametrize(
    ("facts", "error", "sentence"),
    [
        ({"size": 0}, Refused, "That file is empty"),
        ({"size": 2 * 1024**3 + 1}, files.TooLarge, "the most is 2.0"),
        ({"kind": "link"}, Refused, "not a file"),
    ],
)
def test_what_cannot_be_taken_is_said_before_it_is_sent(facts, error, sentence):
    attempt = open_attempt()

    with pytest.raises(error, match=sentence):
        verbs.begin_upload(
            attempt, by=attempt.submission.learner, **({"name": "x.mp4", "size": 9, "kind": "video"} | facts)
        )

    assert not attempt.uploads.exists()


def test_fifty_files_on_their_way_are_enough(monkeypatch):
    monkeypatch.setattr("apps.submissions.verbs.uploads.MOST_UNDER_WAY", 2)
    attempt = open_attempt()
    first, _second = begun(attempt, FILM), begun(attempt, FILM)

    with pytest.raises(Refused, match="2 files are on their way already"):
        begun(attempt, FILM)

    verbs.cancel_upload(first, by=first.learner)
    begun(attempt, FILM)


def test_cancelling_forgets_what_arrived_and_cancelling_twice_is_the_same(committed):
    upload = begun(open_attempt(), FILM)
    send(upload, FILM, 1)

    with committed():
        verbs.cancel_upload(upload, by=upload.learner)
        verbs.cancel_upload(upload, by=upload.learner)

    upload.refresh_from_db()
    assert (upload.state, upload.parts.count(), folder(upload).exists()) == ("cancelled", 0, False)
    assert Event.objects.filter(kind="upload.cancelled").count() == 1
    with pytest.raises(Refused, match="This file is cancelled"):
        send(upload, FILM, 1)


def test_a_part_that_was_still_arriving_when_its_file_was_cancelled_leaves_nothing():
    upload = begun(open_attempt(), FILM)

    class Slow(BytesIO):
        def read(self, size=-1):
            if not self.tell():
                verbs.cancel_upload(upload, by=upload.learner)
            return super().read(size)

    with pytest.raises(Refused, match="This file is cancelled"):
        verbs.receive_part(upload, by=upload.learner, number=1, stream=Slow(FILM[:8000]))

    assert (upload.parts.count(), folder(upload).exists()) == (0, False)


def test_what_was_added_is_not_cancelled_but_taken_out(committed):
    piece = sent_piece(open_attempt(), FILM)
    upload = piece.sent_as
    with pytest.raises(Refused, match="Take the piece out instead"):
        verbs.cancel_upload(upload, by=upload.learner)

    with committed():
        verbs.remove_evidence(piece, by=upload.learner)
    outbox.drain()

    upload.refresh_from_db()
    assert (upload.state, upload.piece, folder(upload).exists()) == ("cancelled", None, False)


def test_what_nobody_sends_a_part_of_for_a_week_lapses_and_the_rest_goes_on(committed):
    old = begun(attempt := open_attempt(), FILM)
    send(old, FILM, 1)
    with clock.at(clock.now() + timedelta(days=6)):
        fresh = begun(attempt, FILM)

    with clock.at(clock.now() + timedelta(days=7, minutes=1)), committed():
        given_up = (verbs.lapse_uploads(), verbs.lapse_uploads())

    states = [Upload.objects.get(pk=one.pk).state for one in (old, fresh)]
    assert (given_up, states, folder(old).exists()) == ((1, 0), ["lapsed", "receiving"], False)
    assert Event.objects.filter(kind="upload.lapsed", subject_id=attempt.submission.public_id).count() == 1


def test_a_name_is_kept_without_path_and_without_what_steers_the_eye():
    upload = begun(open_attempt(), FILM, name="../../\u202egpj.4pm\u0000clip.mp4")

    assert upload.file_name == "gpj.4pmclip.mp4"


def test_equal_files_share_their_bytes_however_they_were_sent():
    attempt = open_attempt()

    one, other = checked_piece(attempt, FILM), checked_piece(attempt, FILM, name="again.mp4")

    assert one.file.name == other.file.name
    assert one.pk != other.pk


# --- over http ------------------------------------------------------------------------------------------------------------
def begin(client, attempt, **facts):
    body = {"name": "clip.mp4", "size": len(FILM), "type": "video/mp4", "kind": "video"} | facts
    address = f"/submissions/{attempt.submission.public_id}/uploads/"
    return client.post(address, body, content_type="application/json")


def put(client, upload_id, number, **headers):
    start = (number - 1) * 8000
    content = FILM[start : start + 8000]
    return client.put(
        f"/uploads/{upload_id}/parts/{number}", content, content_type="application/octet-stream", headers=headers
    )


def test_a_script_begins_asks_sends_what_is_missing_and_completes():
    attempt = open_attempt()
    client = browser(attempt.submission.learner)
    criterion = attempt.submission.version.criteria.first()
    begun_now = begin(client, attempt, title="The cut", criteria=[criterion.code])
    upload_id = begun_now.json()["id"]
    first = put(client, upload_id, 2)

    asked = client.get(f"/uploads/{upload_id}/").json()
    early = client.post(f"/uploads/{upload_id}/complete/", content_type="application/json")
    rest = [put(client, upload_id, number).status_code for number in (1, 3)]
    done = client.post(f"/uploads/{upload_id}/complete/", content_type="application/json")
    again = client.post(f"/uploads/{upload_id}/complete/", {"title": "x"}, content_type="application/json")

    piece = EvidenceItem.objects.get(sent_as__public_id=upload_id)
    assert (begun_now.status_code, begun_now.json()["part_size"]) == (201, 8000)
    assert first.json() == {"number": 2, "sha256": hashlib.sha256(FILM[8000:16000]).hexdigest()}
    assert asked == {
        "id": upload_id,
        "state": "receiving",
        "name": "clip.mp4",
        "size": len(FILM),
        "part_size": 8000,
        "past_us": False,
        "parts": [2],
        "evidence": None,
    }
    assert (early.status_code, rest, done.status_code) == (409, [200, 200], 200)
    assert done.json() == again.json() == {"evidence": piece.public_id, "title": "The cut", "file_state": "checking"}
    assert list(piece.criteria.all()) == [criterion]


def test_the_form_takes_what_was_sent_in_place_of_a_file_and_posted_twice_adds_it_once():
    attempt = open_attempt()
    client = browser(attempt.submission.learner)
    upload = begun(attempt, FILM)
    send(upload, FILM)
    address = f"/submissions/{attempt.submission.public_id}/evidence/"

    answers = [client.post(address, {"kind": "video", "sent": upload.public_id, "title": "Cut"}) for _ in range(2)]
    gone = client.post(address, {"kind": "video", "sent": "a" * 26})

    assert [one.status_code for one in (*answers, gone)] == [302, 302, 422]
    assert "That file is no longer on its way" in gone.content.decode()
    assert [one.title for one in attempt.evidence.filter(kind="video")] == ["Cut"]


def test_strangers_find_nothing_and_who_is_signed_out_is_told_so():
    attempt = open_attempt()
    upload = begun(attempt, FILM)
    for client, status in ((browser(person()), 404), (browser(None), 401), (browser(attempt.submission.learner), 200)):
        asked = client.get(f"/uploads/{upload.public_id}/")
        told = put(client, upload.public_id, 1)

        assert (asked.status_code, told.status_code) == (status, status)
    assert browser(None).get(f"/uploads/{upload.public_id}/").json() == {
        "errors": ["You are signed out. Sign in in another tab, then go on here."]
    }
    assert browser(person()).delete(f"/uploads/{upload.public_id}/").status_code == 404
    assert begin(browser(person()), attempt).status_code == 404


@pytest.mark.parametrize(
    ("facts", "status", "sentence"),
    [
        ({"size": 0}, 409, "That file is empty"),
        ({"size": 3 * 1024**3}, 413, "the most is 2.0"),
        ({"size": "many"}, 422, "whole number"),
        ({"size": None}, 422, "Say how large the file is"),
        ({"name": ""}, 422, "Say what the file is called"),
        ({"kind": "text"}, 422, "Select a valid choice"),
        ({"title": "x" * 10_000}, 422, "at most 300"),
        ({"criteria": ["nine"]}, 422, "not one of the available choices"),
    ],
)
def test_a_script_reads_a_refusal_as_a_sentence_with_its_status(facts, status, sentence):
    attempt = open_attempt()

    answer = begin(browser(attempt.submission.learner), attempt, **facts)

    assert answer.status_code == status
    assert sentence in answer.json()["errors"][0]


def test_parts_are_refused_with_their_status(monkeypatch):
    attempt = open_attempt()
    client = browser(attempt.submission.learner)
    upload_id = begin(client, attempt).json()["id"]

    short = client.put(f"/uploads/{upload_id}/parts/1", b"x", content_type="application/octet-stream")
    spoilt = put(client, upload_id, 1, content_digest=f"sha-256=:{'A' * 43}=:")
    unread = put(client, upload_id, 1, content_digest="sha-256=:?:")
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", failing(errno.ENOSPC))
        full = put(client, upload_id, 1)
        patched.setattr(os, "write", failing(errno.EIO))
        away = put(client, upload_id, 1)
    well = put(client, upload_id, 1)
    cancelled = client.delete(f"/uploads/{upload_id}/")
    late = put(client, upload_id, 1)

    statuses = [one.status_code for one in (short, spoilt, unread, full, away, well, cancelled, late)]
    assert statuses == [422, 422, 422, 507, 503, 200, 204, 409]
    assert "changed on its way" in spoilt.json()["errors"][0]


def test_what_is_no_json_at_all_is_refused_in_a_sentence():
    attempt = open_attempt()
    client = browser(attempt.submission.learner)
    address = f"/submissions/{attempt.submission.public_id}/uploads/"

    answers = [client.post(address, body, content_type="application/json") for body in (b"{", b"[]", b"[" * 100_000)]

    assert [one.status_code for one in answers] == [422, 422, 422]


def test_asking_after_a_file_costs_the_same_for_one_part_and_for_three(django_assert_num_queries):
    attempt = open_attempt()
    client = browser(attempt.submission.learner)
    upload = begun(attempt, FILM)
    for number in (1, 2, 3):
        send(upload, FILM, number)
        with django_assert_num_queries(4):
            client.get(f"/uploads/{upload.public_id}/")


def test_what_is_on_its_way_when_work_is_handed_in_is_taken_no_further(committed):
    attempt = open_attempt()
    learner = attempt.submission.learner
    upload, read_later = begun(attempt, FILM), sent_piece(attempt, FILM, name="other.mp4")
    send(upload, FILM, 1)
    path = f"/uploads/{upload.public_id}/"
    before = browser(learner).get(path).json()["state"]

    with committed():
        verbs.submit(attempt, by=learner)

    assert (before, browser(learner).get(path).json()["state"], folder(upload).exists()) == (
        *("receiving", "cancelled", False),
    )
    with pytest.raises(Refused, match="This file is cancelled, so no more of it is taken"):
        send(upload, FILM, 2)
    assert Event.objects.filter(kind="upload.cancelled").values_list("actor_id", flat=True).get() == learner.public_id
    assert Upload.objects.get(piece=read_later).state == "complete"
