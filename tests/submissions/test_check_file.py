import hashlib
import struct
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from apps.core import outbox
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.notices.models import Letter, Notice
from apps.submissions import contents, files, manifest, verbs
from apps.submissions.models import Attempt, EvidenceItem, Submission, SubmissionQuerySet, Upload
from tests.factories import browser, open_attempt, png_upload
from tests.factories.uploads import WAV, checked_piece, mp4, pdf, sent_piece, zipped

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr("apps.submissions.verbs.uploads._PARTS", ((None, 8000),))


def picture(form="PNG", **facts):
    data = BytesIO()
    Image.effect_noise((200, 150), 90).convert("RGB").save(data, form, **facts)
    return data.getvalue()


def heap(unpacked):
    """A zip that is small and says it holds `unpacked` bytes."""
    data = bytearray(zipped(**{"zeros.bin": b"0" * 1000}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", unpacked)
    return bytes(data)


OFFICE = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
ODS = zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", **{"content.xml": b"<office/>"})
SCRIPT = b"<script>alert(1)</script>"
POLYGLOT_GIF = picture("GIF") + b"*/=1;alert(1)//"


@pytest.mark.parametrize(
    ("kind", "name", "content", "media_type"),
    [
        ("video", "clip.mp4", mp4(), "video/mp4"),
        ("video", "clip.exe", mp4(), "video/mp4"),
        ("audio", "told.m4a", mp4(), "audio/mp4"),
        ("audio", "told.wav", WAV, "audio/wav"),
        ("document", "sheet.pdf", pdf(), "application/pdf"),
        ("document", "PDF that holds a page.pdf", pdf(SCRIPT.decode()), "application/pdf"),
        ("document", "photo.pdf", picture(), "image/png"),
        ("image", "photo.txt", picture("JPEG"), "image/jpeg"),
        ("image", "GIF that is a script.js", POLYGLOT_GIF, "image/gif"),
        (
            "document",
            "words.docx",
            zipped(**OFFICE),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("document", "sheet.docx", ODS, "application/vnd.oasis.opendocument.spreadsheet"),
        ("data", "all.zip", zipped(a=b"1" * 5000, b=b"2"), "application/zip"),
        # The code of a page, shown as it is written.
        ("data", "page.txt", b"<html><script>alert(1)</script>", "text/plain"),
        ("data", "table.csv", b"a,b\n1,2\n", "text/csv"),
        ("data", "run.py", b"print('Kia ora')\n", "text/plain"),
        ("data", "page.html", b"<!doctype html>" + SCRIPT, "text/plain"),
        ("data", "drawing.xml", b"<svg onload='alert(1)'/>", "text/plain"),
        ("document", "run.ts", b"const degrees: number = 17\n", "text/plain"),
        ("document", "run.js", SCRIPT, "text/plain"),
        ("data", "compose.yml", b"a: 1\n", "text/plain"),
        ("data", "table.tsv", b"a\tb\n", "text/csv"),
        # As Excel saves it: in the letters of Windows, and as “Unicode”.
        ("data", "table.csv", "José;17 €\r\n".encode("cp1252"), "text/csv"),
        ("data", "table.csv", "José\t17\r\n".encode("utf-16"), "text/csv"),
        ("document", "words.txt", b"\xfe\xff" + "Kōrero".encode("utf-16-be"), "text/plain"),
        ("data", "nb.ipynb", b'{"cells": []}', "application/json"),
        ("document", "\u202eملاحظات.txt", "ملاحظات".encode(), "text/plain"),
    ],
)
def test_what_can_be_assessed_is_kept_as_what_it_is(kind, name, content, media_type):
    piece = checked_piece(open_attempt(), content, kind=kind, name=name)

    assert (piece.file_state, piece.media_type, piece.blocked_because) == ("ready", media_type, "")
    assert piece.sha256 == hashlib.sha256(content).hexdigest()
    assert "\u202e" not in piece.file_name


@pytest.mark.parametrize(
    ("kind", "name", "content", "sentence"),
    [
        ("video", "cut.mp4", mp4()[:-100], "That recording is broken: it is cut off."),
        ("audio", "cut.wav", WAV[:-100], "That recording is broken: it is cut off."),
        ("document", "cut.pdf", pdf()[:-6], "That PDF is broken"),
        ("document", "page before.pdf", SCRIPT + pdf(), "We can't take that kind of file"),
        ("document", "words before.pdf", b"hello\n" + pdf(), "That PDF is broken"),
        ("document", "points away.pdf", pdf().replace(b"%%EOF", b"startxref\n99999\n%%EOF"), "That PDF is broken"),
        ("image", "cut.png", picture()[:5000], "That picture is broken"),
        ("image", "GIF in name.gif", b"GIF89a/*" + b" " * 20 + b"*/=1;alert(1)//", "picture"),
        ("image", "film.png", mp4(), "That is not a picture we can show"),
        ("video", "photo.mp4", picture(), "That is not a video"),
        ("audio", "sheet.mp3", pdf(), "That is not a sound recording"),
        ("data", "heap.zip", heap(4_000_000_000), "holds far more than its size says"),
        ("data", "many.zip", zipped(**{f"{n}": b"" for n in range(10_001)}), "holds far more than its size says"),
        ("data", "cut.zip", zipped(a=b"1" * 5000)[:-30], "what it holds can't be listed"),
        ("document", "words.docx", zipped(a=b"1"), "it is not the document that its name says"),
        ("document", "page.html", b"<!doctype html>" + SCRIPT, "We can't take that kind of file"),
        ("document", "page.html", b"<html>" + SCRIPT, "We can't take that kind of file"),
        ("data", "drawing.svg", b"<svg onload='alert(1)'/>", "We can't take that kind of file"),
        ("document", "page.htm", b"<p>" + SCRIPT, "We can't take that kind of file"),
        ("data", "table.csv", "a;b".encode("utf-16-le"), "If it is one, save it as UTF-8, and send it again."),
        ("data", "table.csv", "a;b".encode("utf-32"), "If it is one, save it as UTF-8, and send it again."),
        ("data", "book.json", '{"a": "José"}'.encode("utf-16"), "save it as UTF-8"),
        ("data", "run.js", b"MZ\x90\x00" + bytes(200), "save it as UTF-8"),
        ("data", "table.csv", b"a;\x81\x02\xff\n", "save it as UTF-8"),
        ("video", "stream.ts", b"G\x40\x11\x10" + bytes(184), "We can't take that kind of file"),
        ("data", "run.exe", b"MZ\x90\x00" + bytes(200), "We can't take that kind of file"),
        ("image", "phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "not a picture we can show"),
        ("document", "phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "Send it as JPEG or PNG"),
    ],
)
def test_what_cannot_be_assessed_is_blocked_with_a_sentence_and_told(kind, name, content, sentence):
    attempt = open_attempt()

    piece = checked_piece(attempt, content, kind=kind, name=name)

    assert (piece.file_state, piece.media_type) == ("blocked", "")
    assert sentence in piece.blocked_because
    assert not piece.file.storage.exists(piece.file.name)
    assert piece.sent_as.state == "refused"
    notice = Notice.objects.get(person=attempt.submission.learner, kind="file_blocked")
    assert (notice.facts["because"], notice.facts["given_back"]) == (piece.blocked_because, False)
    letter = Letter.objects.get(person=attempt.submission.learner, kind="file_blocked")
    assert piece.blocked_because in letter.text
    assert Event.objects.filter(kind="evidence.blocked").count() == 1


def test_a_table_of_contents_that_fills_the_memory_is_not_read():
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 60_000, 60_000, 40_000_000, 30, 0)
    content = b"PK\x03\x04" + bytes(26) + bytes(40_000_000) + end

    with pytest.raises(Refused, match="can't be listed"):
        contents.media_type_of(BytesIO(content), name="big.zip", size=len(content), kind="data")


def test_checking_twice_is_the_same():
    piece = checked_piece(attempt := open_attempt(), mp4())

    verbs.check_file(piece.pk)

    assert EvidenceItem.objects.get(pk=piece.pk).sha256 == piece.sha256
    assert Event.objects.filter(kind="evidence.checked", subject_id=attempt.submission.public_id).count() == 1


@pytest.mark.parametrize("spoil", ["changed", "gone"])
def test_a_part_that_changed_or_went_since_it_arrived_blocks_the_piece(spoil):
    attempt = open_attempt()
    piece = sent_piece(attempt, mp4())
    place = f"{piece.sent_as.folder}/2"
    if spoil == "changed":
        with piece.file.storage.open(place, "r+b") as file:
            file.write(b"something else")
    else:
        piece.file.storage.delete(place)

    outbox.drain()

    piece.refresh_from_db()
    assert (piece.file_state, piece.blocked_because) == ("blocked", "It did not arrive whole. Send it again.")


def test_handed_in_work_waits_for_its_files_and_is_frozen_once_all_are_checked():
    attempt = open_attempt()
    pieces = [sent_piece(attempt, mp4(size)) for size in (20_000, 9_000)]
    verbs.submit(attempt, by=attempt.submission.learner)
    verbs.freeze(attempt.pk)
    attempt.refresh_from_db()
    waiting = [attempt.state]
    verbs.check_file(pieces[0].pk)
    verbs.freeze(attempt.pk)
    attempt.refresh_from_db()
    waiting.append(attempt.state)

    verbs.check_file(pieces[1].pk)
    outbox.drain()

    attempt.refresh_from_db()
    assert (waiting, attempt.state) == (["checking", "checking"], "assessable")
    assert manifest.sum_of(attempt.manifest) == attempt.manifest_sha256
    assert [piece.sha256 in attempt.manifest for piece in attempt.evidence.exclude(file="")] == [True, True]
    assert Event.objects.filter(kind="attempt.frozen").count() == 1


@pytest.mark.parametrize("frozen_first", [True, False])
def test_a_blocked_file_gives_handed_in_work_back_with_nothing_else_lost(frozen_first):
    attempt = open_attempt()
    learner = attempt.submission.learner
    piece = sent_piece(attempt, mp4()[:-9], title="The cut")
    verbs.submit(attempt, by=learner)
    if frozen_first:
        verbs.freeze(attempt.pk)

    verbs.check_file(piece.pk)
    outbox.drain()

    attempt.refresh_from_db()
    assert (attempt.state, Submission.objects.get(pk=attempt.submission_id).state) == ("open", "draft")
    assert (attempt.overview, [one.title for one in attempt.evidence.all()]) == ("What I did.", ["Log", "The cut"])
    assert Notice.objects.get(person=learner, kind="file_blocked").facts["given_back"] is True
    assert "Your submission is open again" in Letter.objects.get(person=learner, kind="file_blocked").text
    with pytest.raises(Refused, match="Put another file in the place of “The cut”, or take it out: That recording"):
        verbs.submit(attempt, by=learner)
    verbs.remove_evidence(EvidenceItem.objects.get(pk=piece.pk), by=learner)
    verbs.submit(attempt, by=learner)
    outbox.drain()
    attempt.refresh_from_db()
    assert attempt.state == "assessable"


def test_work_withdrawn_while_its_files_are_checked_is_checked_all_the_same():
    attempt = open_attempt()
    piece = sent_piece(attempt, mp4())
    verbs.submit(attempt, by=attempt.submission.learner)
    Attempt.objects.filter(pk=attempt.pk).update(state="withdrawn")

    verbs.check_file(piece.pk)

    piece.refresh_from_db()
    attempt.refresh_from_db()
    assert (piece.file_state, attempt.state) == ("ready", "withdrawn")


def carried(piece):
    """The same piece in a further attempt, as trying again has it."""
    last = piece.attempt
    Attempt.objects.filter(pk=last.pk).update(state="withdrawn")
    attempt = Attempt.objects.create(submission=last.submission, number=last.number + 1, saved_at=last.saved_at)
    return EvidenceItem.objects.create(attempt=attempt, **{one: getattr(piece, one) for one in EvidenceItem.CARRIED})


def test_a_piece_carried_over_while_it_waits_is_checked_with_the_first():
    piece = sent_piece(open_attempt(), mp4())
    other = carried(piece)

    verbs.check_file(piece.pk)

    found = [(one.file_state, one.sha256) for one in EvidenceItem.objects.filter(pk__in=[piece.pk, other.pk])]
    assert found == [("ready", hashlib.sha256(mp4()).hexdigest())] * 2


def test_a_piece_carried_over_in_the_very_moment_has_the_job_tried_again(monkeypatch):
    piece = sent_piece(open_attempt(), mp4())
    others, locked = [], SubmissionQuerySet.locked

    def meanwhile(rows, pk):
        if not others:
            others.append(carried(piece))
        return locked(rows, pk)

    monkeypatch.setattr(SubmissionQuerySet, "locked", meanwhile)
    with pytest.raises(RuntimeError, match="carried over"):
        verbs.check_file(piece.pk)
    waiting = EvidenceItem.objects.get(pk=piece.pk).file_state
    verbs.check_file(piece.pk)

    assert (waiting, EvidenceItem.objects.get(pk=piece.pk).file_state) == ("checking", "ready")


def test_a_piece_taken_out_before_it_is_read_leaves_the_job_nothing_to_do():
    attempt = open_attempt()
    piece = sent_piece(attempt, mp4())
    verbs.remove_evidence(piece, by=attempt.submission.learner)

    outbox.drain()

    assert Job.objects.get(key__startswith=f"check_file:{piece.public_id}:").state == "done"


def test_a_piece_taken_out_while_it_is_read_is_not_kept(monkeypatch, settings, django_capture_on_commit_callbacks):
    piece = sent_piece(attempt := open_attempt(), content := mp4(11_111))
    settings.CLAMAV_SOCKET = "/nowhere"

    def scan(chunks):
        assert b"".join(chunks) == content
        verbs.remove_evidence(piece, by=attempt.submission.learner)
        return ""

    monkeypatch.setattr("apps.submissions.scanning.scan", scan)
    with django_capture_on_commit_callbacks(execute=True):
        outbox.drain()

    assert not attempt.evidence.filter(kind="video").exists()
    assert not default_storage.exists(files.name_of(hashlib.sha256(content).hexdigest()))
    assert not default_storage.exists(f"uploads/{attempt.uploads.get().public_id}")
    assert Upload.objects.get().state == "cancelled"


def test_the_form_page_says_how_each_file_stands():
    attempt = open_attempt()
    checked_piece(attempt, mp4())
    checked_piece(attempt, mp4()[:-9])
    sent_piece(attempt, mp4(9_000))

    page = browser(attempt.submission.learner).get(attempt.submission.get_absolute_url()).content.decode()

    for words in (
        "Not scanned for viruses",
        "Can't be used. That recording is broken: it is cut off. Put another file in its place, or take it out.",
        "Being checked. There is nothing for you to do",
    ):
        assert page.count(words) == 1


def test_what_came_with_a_form_is_ready_at_once():
    attempt = open_attempt()

    piece = verbs.add_evidence(attempt, by=attempt.submission.learner, kind="image", upload=png_upload())

    assert (piece.file_state, piece.media_type) == ("ready", "image/png")
    assert not Job.objects.filter(key__startswith=f"check_file:{piece.public_id}:").exists()
