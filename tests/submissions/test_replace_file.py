"""Another file is put in the place of the one that a piece has: what is said of it stays."""

import errno
import hashlib

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core import outbox
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.notices.models import Notice
from apps.submissions import files, manifest, queries, verbs
from apps.submissions.models import EvidenceItem, Upload
from apps.submissions.places import Place
from tests.factories import browser, nobody_in, open_attempt, person, png_upload
from tests.factories.uploads import begun, checked_piece, mp4, pdf, send, sent_piece
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt():
    return open_attempt()


@pytest.fixture
def learner(attempt):
    return attempt.submission.learner


@pytest.fixture
def picture(attempt, learner):
    edge = attempt.submission.version.criteria.get(position=1)
    return verbs.add_evidence(
        attempt,
        by=learner,
        kind="image",
        upload=png_upload(),
        about=nobody_in("The edge"),
        criteria={edge: Place(quote="left of the grip")},
    )


def sum_of(upload):
    upload.seek(0)
    return hashlib.sha256(upload.read()).hexdigest()


def sent_in_parts(attempt, content):
    upload = begun(attempt, content)
    send(upload, content)
    return upload


def put(piece, upload, **typed):
    typed |= {"upload": upload} if upload else {}
    return browser(piece.attempt.submission.learner).post(f"/evidence/{piece.public_id}/replace/", typed)


def test_the_piece_holds_the_other_file_where_it_stood_with_all_that_was_said_of_it(
    picture, learner, django_capture_on_commit_callbacks
):
    old, before = str(picture.file.name), picture.sha256
    blue = png_upload("before.png", colour="blue")

    with django_capture_on_commit_callbacks(execute=True):
        answer = put(picture, blue)
    outbox.drain()

    piece = EvidenceItem.objects.get(pk=picture.pk)
    assert (answer.status_code, answer.url) == (
        302,
        f"{piece.attempt.submission.get_absolute_url()}#piece-{piece.public_id}",
    )
    assert (piece.sha256, piece.file_name, piece.file_state) == (sum_of(blue), "before.png", "ready")
    assert (piece.title, piece.people, piece.people_said_at, piece.position) == (
        *("The edge", "nobody", picture.people_said_at, picture.position),
    )
    assert [(one.criterion.code, one.place) for one in piece.supports.all()] == [
        ("c1", Place(quote="left of the grip"))
    ]
    assert (default_storage.exists(old), default_storage.exists(piece.file.name)) == (False, True)
    assert Event.objects.get(kind="evidence.replaced").data == {
        "evidence": piece.public_id,
        "before": before,
        "sha256": piece.sha256,
    }


def test_a_title_that_was_the_files_name_follows_it(attempt, learner):
    piece = verbs.add_evidence(attempt, by=learner, kind="image", upload=png_upload("one.png"))

    piece = verbs.replace_file(piece, by=learner, upload=png_upload("two.png", colour="blue"))

    assert piece.title == "two.png"


def test_a_blocked_file_is_replaced_and_the_work_can_be_handed_in(attempt, learner):
    blocked = checked_piece(attempt, mp4()[:-9], title="The cut")
    told = Notice.objects.filter(kind="file_blocked")
    assert (blocked.file_state, told.count()) == ("blocked", 1)
    EvidenceItem.objects.filter(pk=blocked.pk).update(people="nobody", people_said_at=blocked.added_at)

    upload = sent_in_parts(attempt, mp4())
    answer = put(blocked, None, sent=upload.public_id)
    waiting = EvidenceItem.objects.get(pk=blocked.pk)
    outbox.drain()

    piece = EvidenceItem.objects.get(pk=blocked.pk)
    assert (answer.status_code, waiting.file_state, waiting.sha256, waiting.blocked_because) == (
        302,
        "checking",
        "",
        "",
    )
    assert (piece.file_state, piece.sha256, piece.title) == ("ready", hashlib.sha256(mp4()).hexdigest(), "The cut")
    verbs.submit(attempt, by=learner)
    outbox.drain()
    attempt.refresh_from_db()
    assert (attempt.state, manifest.first_difference(piece), told.count()) == ("assessable", None, 1)


def test_the_same_broken_file_once_more_is_read_and_told_once_more(attempt, learner):
    piece = checked_piece(attempt, mp4()[:-9])
    verbs.replace_file(piece, by=learner, upload=sent_in_parts(attempt, mp4()[:-9]))
    outbox.drain()

    piece.refresh_from_db()
    jobs = Job.objects.filter(key__startswith=f"check_file:{piece.public_id}:", state="done")
    assert (piece.file_state, jobs.count(), Notice.objects.filter(kind="file_blocked").count()) == ("blocked", 2, 2)


def test_a_file_that_was_not_read_yet_gives_way_and_takes_up_no_room(attempt, learner):
    piece = sent_piece(attempt, mp4(9_000))
    first = piece.sent_as
    verbs.replace_file(piece, by=learner, upload=SimpleUploadedFile("told.mp4", mp4()))
    outbox.drain()

    first.refresh_from_db()
    piece.refresh_from_db()
    assert (first.state, first.piece) == ("cancelled", None)
    assert (piece.file_state, piece.sha256) == ("ready", hashlib.sha256(mp4()).hexdigest())
    assert queries.bytes_of(learner) == len(mp4())


def test_what_was_handed_in_before_keeps_its_own_file(attempt, learner, picture):
    earlier = EvidenceItem.objects.get(pk=picture.pk)
    earlier.pk = earlier.public_id = None
    earlier.public_id = EvidenceItem._meta.get_field("public_id").get_default()
    earlier.position += 1
    earlier.save()

    verbs.replace_file(picture, by=learner, upload=png_upload(colour="blue"))
    outbox.drain()

    assert (manifest.first_difference(earlier), default_storage.exists(earlier.file.name)) == (None, True)


def test_a_form_that_was_sent_twice_replaces_once(attempt, learner):
    piece = checked_piece(attempt, mp4()[:-9])
    upload = sent_in_parts(attempt, mp4())
    answers = [put(piece, None, sent=upload.public_id).status_code for _twice in range(2)]

    assert (answers, Event.objects.filter(kind="evidence.replaced").count()) == ([302, 302], 1)


def test_one_that_began_before_the_first_had_ended_finds_it_done(attempt, learner):
    piece = checked_piece(attempt, mp4()[:-9])
    upload = sent_in_parts(attempt, mp4())
    as_it_was = Upload.objects.get(pk=upload.pk)

    for sent in (upload, as_it_was):
        verbs.replace_file(piece, by=learner, upload=sent)

    upload.refresh_from_db()
    assert (upload.state, upload.piece, Event.objects.filter(kind="evidence.replaced").count()) == (
        "complete",
        piece,
        1,
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "That file is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture"),
        (None, "Choose a picture."),
    ],
)
def test_what_can_not_stand_there_is_said_and_the_old_file_stays(picture, content, sentence):
    upload = None if content is None else SimpleUploadedFile("x.png", content)

    answer = put(picture, upload)

    again = EvidenceItem.objects.get(pk=picture.pk)
    assert (answer.status_code, again.sha256, again.file_state) == (422, picture.sha256, "ready")
    assert sentence in answer.content.decode()
    assert put(picture, png_upload(colour="blue")).status_code == 302


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 507), (errno.EIO, 503)])
def test_where_the_disk_is_full_or_away_the_old_file_stays(monkeypatch, picture, number, status):
    def fails(*_given):
        raise OSError(number, "Not now")

    before, other = picture.sha256, png_upload("other.png", colour="olive")
    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "_save", fails)
        patched.setattr(default_storage, "exists", lambda _name: False)
        answer = put(picture, other)

    picture.refresh_from_db()
    assert (answer.status_code, picture.sha256, picture.file_state) == (status, before, "ready")
    other.seek(0)
    assert put(picture, other).status_code == 302


def test_nobody_replaces_the_file_of_another_and_nobody_what_was_handed_in(attempt, learner, picture):
    with pytest.raises(PermissionDenied):
        verbs.replace_file(picture, by=person(), upload=png_upload(colour="blue"))
    verbs.replace_file(picture, by=learner, upload=png_upload(colour="blue"))
    verbs.submit(attempt, by=learner)

    with pytest.raises(Refused, match="handed in"):
        verbs.replace_file(picture, by=learner, upload=png_upload(colour="red"))


def test_a_piece_without_a_file_has_no_such_address(attempt):
    assert put(attempt.evidence.get(), png_upload()).status_code == 404


def test_a_replaced_document_is_what_its_bytes_are(attempt, learner):
    piece = verbs.add_evidence(attempt, by=learner, kind="document", upload=SimpleUploadedFile("a.pdf", pdf()))

    piece = verbs.replace_file(piece, by=learner, upload=png_upload("scan.png"))

    assert (piece.media_type, files.name_of(piece.sha256)) == ("image/png", piece.file.name)


def test_a_file_in_parts_for_the_place_of_another_needs_no_room_beside_it(attempt, learner, settings, monkeypatch):
    monkeypatch.setattr("apps.submissions.verbs.evidence.MOST_PIECES", attempt.evidence.count() + 1)
    piece = checked_piece(attempt, mp4())
    settings.LEARNER_QUOTA = 30_000
    page = browser(learner).get(f"/evidence/{piece.public_id}/edit/").content.decode()
    path = f"/submissions/{attempt.submission.public_id}/uploads/"
    program_of = program(learner, "submissions:read", "submissions:write")
    told = {"name": "clip.mp4", "size": 25_000, "kind": "video"}
    by_program = f"/api/v1/submissions/{attempt.submission.public_id}/attempts/1/uploads/"

    beside = [
        browser(learner).post(path, told, "application/json"),
        program_of.post(by_program, told, "application/json"),
    ]
    with pytest.raises(Refused, match="up to"):
        begun(attempt, mp4(25_000))
    upload = begun(attempt, mp4(25_000), instead_of=piece)
    send(upload, mp4(25_000))
    verbs.replace_file(piece, by=learner, upload=upload)
    outbox.drain()

    assert [one.status_code for one in beside] == [409, 409]
    assert f'data-uploads="{path}?instead_of={piece.public_id}"' in page
    piece.refresh_from_db()
    assert (piece.size, piece.file_state) == (25_000, "ready")
    there = browser(learner).post(f"{path}?instead_of={piece.public_id}", told, "application/json")
    cancelled = browser(learner).delete(f"/uploads/{there.json()['id']}/")
    again = program_of.post(by_program, told | {"instead_of": piece.public_id}, "application/json")
    elsewhere = program_of.post(by_program, told | {"instead_of": "a" * 26}, "application/json")
    assert [one.status_code for one in (there, cancelled, again, elsewhere)] == [201, 204, 201, 404]
