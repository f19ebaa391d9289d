import errno
import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape
from PIL import Image

from apps.core import outbox
from apps.core.ids import new_public_id
from apps.core.models import Event
from apps.core.refused import Refused
from apps.submissions import files, parts, verbs
from apps.submissions.models import EvidenceItem
from tests.factories import browser, nobody_in, open_attempt, person, png_upload, published_version
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def add(attempt, **facts):
    return verbs.add_evidence(attempt, by=attempt.submission.learner, **facts)


def file(name, content):
    return SimpleUploadedFile(name, content, content_type="application/x-whatever")


def test_each_kind_is_kept_with_the_sum_of_what_it_holds():
    attempt = open_attempt()
    picture = png_upload()
    kept = [
        add(attempt, kind="document", title="Sheet", upload=file("sheet.pdf", PDF)),
        add(attempt, kind="image", about=nobody_in(""), upload=picture),
        add(attempt, kind="link", title="Video", url="https://videos.example/1"),
        add(attempt, kind="text", title="Log", text="Ten knives."),
    ]

    facts = [(one.kind, one.title, one.media_type, one.sha256) for one in kept]
    picture.seek(0)
    assert facts == [
        ("document", "Sheet", "application/pdf", hashlib.sha256(PDF).hexdigest()),
        ("image", "after.png", "image/png", hashlib.sha256(picture.read()).hexdigest()),
        ("link", "Video", "", hashlib.sha256(b"https://videos.example/1").hexdigest()),
        ("text", "Log", "", hashlib.sha256(b"Ten knives.").hexdigest()),
    ]
    assert [one.position for one in kept] == [2, 3, 4, 5]
    with kept[0].file.open("rb") as stored:
        assert stored.read() == PDF
    assert Event.objects.filter(kind="evidence.added", subject_id=attempt.submission.public_id).count() == 5


def test_a_file_that_lies_there_damaged_is_replaced():
    attempt = open_attempt()
    one = add(attempt, kind="document", title="a", upload=file("a.pdf", PDF))
    place = Path(one.file.path)
    place.write_bytes(PDF[:9])

    other = add(attempt, kind="document", title="b", upload=file("b.pdf", PDF))

    assert other.file.name == one.file.name
    assert place.read_bytes() == PDF
    assert [found.name for found in place.parent.iterdir() if found.name.startswith(place.name)] == [place.name]


def test_a_write_that_is_cut_off_leaves_nothing_under_the_name(monkeypatch):
    attempt = open_attempt()
    content = PDF + new_public_id().encode()
    upload = file("cut.pdf", content)
    chunks, passes = upload.chunks, []

    def breaking(*given):
        passes.append(given)
        for chunk in chunks(*given):
            yield chunk
            if len(passes) > 1:
                raise OSError("The mount is gone")

    monkeypatch.setattr(upload, "chunks", breaking)
    with pytest.raises(parts.Away, match="that file was not taken"):
        add(attempt, kind="document", title="cut", upload=upload)

    sha256 = hashlib.sha256(content).hexdigest()
    assert list(Path(default_storage.path(f"evidence/{sha256[:2]}")).glob(f"{sha256}*")) == []


FULL = 507, "full", "There is no room for that file just now. Add it again later, or tell the issuer."
AWAY = 503, "away", "Our storage doesn't answer just now, so that file was not taken. Add it again in a moment."


@pytest.fixture(params=[(errno.ENOSPC, FULL), (errno.EDQUOT, FULL), (errno.EIO, AWAY), (errno.ESTALE, AWAY)])
def no_disk(request, monkeypatch):
    """A disk that is full or away, and how that is told."""
    number, told = request.param

    def fails(*_given):
        raise OSError(number, "Not now")

    monkeypatch.setattr(FileSystemStorage, "_save", fails)
    return told


@pytest.mark.parametrize("script", [{}, {"HTTP_ACCEPT": "application/json"}])
def test_a_disk_that_is_full_or_away_is_said_and_what_was_typed_stays(no_disk, script):
    status, _code, sentence = no_disk
    attempt = open_attempt()
    address = f"/submissions/{attempt.submission.public_id}/evidence/"
    content = PDF + new_public_id().encode()
    typed = {"kind": "document", "title": "The sheet of the run", "upload": file("sheet.pdf", content), "c1": "on"}

    answer = browser(attempt.submission.learner).post(address, typed, **script)

    words = [sentence] if script else [escape(sentence), 'value="The sheet of the run"']
    assert answer.status_code == status
    assert [one for one in words if one not in answer.content.decode()] == []
    assert attempt.evidence.count() == 1
    assert not default_storage.exists(files.name_of(hashlib.sha256(content).hexdigest()))


def test_a_disk_that_is_full_or_away_is_a_problem_to_a_program(no_disk):
    status, code, sentence = no_disk
    attempt = open_attempt()
    api = program(attempt.submission.learner, "submissions:read", "submissions:write")
    api.raise_request_exception = False  # it is reported to who looks after the disk, too
    address = f"/api/v1/submissions/{attempt.submission.public_id}/attempts/1/evidence/"

    answer = api.post(address, {"kind": "document", "file": file("sheet.pdf", PDF + new_public_id().encode())})

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json() == {
        "type": "about:blank",
        "title": "This can't be done now",
        "status": status,
        "detail": sentence,
        "code": code,
    }
    assert attempt.evidence.count() == 1


def test_equal_files_share_their_bytes():
    attempt = open_attempt()

    one, other = (add(attempt, kind="document", title=name, upload=file(f"{name}.pdf", PDF)) for name in ("a", "b"))

    assert one.file.name == other.file.name
    assert one.public_id != other.public_id


def test_bytes_are_forgotten_with_the_last_piece_that_holds_them():
    attempt = open_attempt()
    learner, content = attempt.submission.learner, PDF + new_public_id().encode() + b"%%EOF"
    one, other = (add(attempt, kind="document", title=name, upload=file(f"{name}.pdf", content)) for name in ("a", "b"))
    kept = []
    for piece in (one, other):
        verbs.remove_evidence(piece, by=learner)
        outbox.drain()
        kept.append(default_storage.exists(one.file.name))

    verbs.forget_file(one.file.name)

    assert kept == [True, False]


def _broken_png():
    data = BytesIO()
    Image.effect_noise((300, 300), 90).save(data, "PNG")
    return data.getvalue()[:9000]


@pytest.mark.parametrize(
    ("kind", "name", "content", "sentence"),
    [
        ("document", "empty.pdf", b"", "That file is empty"),
        ("image", "empty.png", b"", "That file is empty"),
        ("image", "words.png", b"not a picture at all", "not a picture"),
        ("image", "cut.png", _broken_png(), "broken"),
        ("image", "sheet.png", PDF, "not a picture"),
        ("document", "run.exe", b"MZ\x90\x00" + bytes(200), "can't take that kind"),
        ("document", "page.html", b"<!DOCTYPE html><script>alert(1)</script>", "can't take that kind"),
        ("document", "drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "can't take that kind"),
        ("document", "bytes.txt", bytes(range(256)), "save it as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_assessed_is_refused_in_a_sentence(kind, name, content, sentence):
    attempt = open_attempt()

    with pytest.raises(Refused, match=sentence):
        add(attempt, kind=kind, title="x", upload=file(name, content))

    assert attempt.evidence.count() == 1


def test_a_file_over_the_limit_is_refused_with_both_sizes(settings):
    settings.UPLOAD_LIMIT = 10
    attempt = open_attempt()

    with pytest.raises(Refused, match="the most is 10"):
        add(attempt, kind="document", title="x", upload=file("sheet.pdf", PDF))


def test_no_file_at_all_is_refused():
    with pytest.raises(Refused, match="Choose a file"):
        add(open_attempt(), kind="document", title="x")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Me\\notes.txt", "notes.txt"),
        ("photo\u202egnp.txt", "photognp.txt"),
        ("x" * 400 + ".txt", ("x" * 400 + ".txt")[-300:]),
        ("Tāne\u0000.txt", "Tāne.txt"),
    ],
)
def test_file_names_lose_paths_and_steering_characters(given, kept):
    from apps.submissions.files import clean_name

    assert clean_name(given) == kept


def test_a_link_or_a_name_as_long_as_the_field_fits():
    attempt = open_attempt()
    piece = add(attempt, kind="link", title="x" * 300, url="https://e.example/" + "a" * 1900)
    assert EvidenceItem.objects.get(pk=piece.pk).title == "x" * 300


def test_only_the_learner_adds_maps_and_removes():
    attempt = open_attempt()
    piece, stranger = attempt.evidence.get(), person()

    for act in (
        lambda by: verbs.add_evidence(attempt, by=by, kind="text", text="x"),
        lambda by: verbs.map_evidence(piece, by=by, criteria=[]),
        lambda by: verbs.remove_evidence(piece, by=by),
    ):
        with pytest.raises(PermissionDenied):
            act(stranger)
        act(attempt.submission.learner)


def test_criteria_of_another_rubric_are_refused():
    attempt, other = open_attempt(), published_version()

    with pytest.raises(Refused, match="another version"):
        verbs.map_evidence(attempt.evidence.get(), by=attempt.submission.learner, criteria=other.criteria.all())


def test_fifty_pieces_are_enough(monkeypatch):
    monkeypatch.setattr("apps.submissions.verbs.evidence.MOST_PIECES", 2)
    attempt = open_attempt()
    add(attempt, kind="text", text="two")

    with pytest.raises(Refused, match="up to 2"):
        add(attempt, kind="text", text="three")


def test_pieces_close_up_when_one_is_removed():
    attempt = open_attempt()
    first = attempt.evidence.get()
    verbs.map_evidence(first, by=attempt.submission.learner, criteria=attempt.submission.version.criteria.all())
    add(attempt, kind="text", title="second", text="two")
    add(attempt, kind="text", title="third", text="three")

    verbs.remove_evidence(first, by=attempt.submission.learner)

    assert list(attempt.evidence.values_list("position", "title")) == [(1, "second"), (2, "third")]


@pytest.mark.parametrize(("url", "status"), [("ftp://files.example/x", 422), ("files.example/x", 302)])
def test_what_is_kept_of_a_link_comes_by_http_alone(url, status):
    attempt = open_attempt()
    path = f"/submissions/{attempt.submission.public_id}/evidence/"

    answer = browser(attempt.submission.learner).post(path, {"kind": "link", "title": "It", "url": url})

    kept = attempt.evidence.filter(kind="link").values_list("url", flat=True)
    assert (answer.status_code, list(kept)) == (status, ["https://files.example/x"] if status == 302 else [])
