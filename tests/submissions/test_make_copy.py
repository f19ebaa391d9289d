"""What is looked at is a copy without its maker; the original stays byte by byte."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

from apps.core import outbox
from apps.core.models import Job
from apps.core.refused import Refused
from apps.submissions import copies, copying, verbs
from apps.submissions.copying import office, papers, pictures
from apps.submissions.copying.chunks import bare
from apps.submissions.copying.makers import maker_of
from apps.submissions.models import EvidenceItem, ReviewCopy
from tests.factories import nobody_in, open_attempt
from tests.submissions import hostile
from tests.submissions.hostile import NAME

pytestmark = pytest.mark.django_db


def handed(content, name, *, kind="document", attempt=None):
    attempt = attempt or open_attempt()
    upload = SimpleUploadedFile(name, content)
    return verbs.add_evidence(attempt, by=attempt.submission.learner, kind=kind, upload=upload, about=nobody_in("One"))


def copy_of(piece):
    outbox.drain()
    return ReviewCopy.objects.get(original_sha256=piece.sha256)


def bytes_of(row):
    with row.file.open("rb") as file:
        return file.read()


def whole_text(data):
    """Everything that a reader of bytes could find, packed parts unpacked."""
    found = [data]
    if data.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(data))
        found += [archive.read(name) for name in archive.namelist()]
    return b"\n".join(found)


def test_a_picture_is_turned_upright_and_tells_of_nobody():
    original = hostile.jpeg_with_place()
    assert original.count(NAME.encode()) > 4

    piece = handed(original, "place.jpg", kind="image")
    copy = copy_of(piece)

    shown = bytes_of(copy)
    painted = Image.open(io.BytesIO(shown))
    assert (copy.state, copy.media_type, copy.width, copy.height) == ("made", "image/jpeg", 48, 64)
    assert (painted.size, dict(painted.getexif()), set(painted.info)) == (
        (48, 64), {}, {"jfif", "jfif_version", "jfif_unit", "jfif_density"},
    )  # fmt: skip
    assert NAME.encode() not in shown
    assert b"Exif" not in shown
    assert bytes_of(piece) == original


def test_a_telephones_picture_with_a_smaller_one_behind_it_is_a_picture():
    file, behind = io.BytesIO(), Image.new("RGB", (20, 15), "olive")
    Image.new("RGB", (40, 30), "teal").save(file, "MPO", save_all=True, append_images=[behind])

    piece = handed(file.getvalue(), "one.jpg", kind="image")
    copy = copy_of(piece)

    assert (piece.media_type, copy.media_type, copy.width, copy.height) == ("image/jpeg", "image/jpeg", 40, 30)


def test_words_in_a_png_stay_behind():
    copy = copy_of(handed(hostile.png_with_words(), "words.png", kind="image"))

    painted = Image.open(io.BytesIO(bytes_of(copy)))
    assert (painted.format, painted.info) == ("PNG", {})
    assert b"tracker" not in bytes_of(copy)


def test_a_large_picture_is_shown_within_four_thousand_pixels():
    copy = copy_of(handed(hostile.picture("PNG", size=(5000, 1000)), "wide.png", kind="image"))

    assert (copy.width, copy.height) == (4096, 819)


def test_a_moving_picture_goes_on_moving():
    copy = copy_of(handed(hostile.moving_gif(), "three.gif", kind="image"))

    painted = Image.open(io.BytesIO(bytes_of(copy)))
    painted.load()
    assert (copy.media_type, painted.n_frames, painted.info["duration"]) == ("image/webp", 3, 80)
    assert NAME.encode() not in bytes_of(copy)


def test_of_one_that_moves_too_long_the_first_picture_stands_for_it(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_FRAMES", 2)
    into = io.BytesIO()

    copy = pictures.copy(io.BytesIO(hostile.moving_gif()), into)

    painted = Image.open(into)
    assert (copy.media_type, painted.getpixel((5, 5))[:3]) == ("image/png", (0, 128, 128))


def test_what_is_hidden_behind_a_picture_is_not_in_its_copy():
    copy = copy_of(handed(hostile.gif_and_script(), "script.gif", kind="image"))

    assert b"ranHere" not in bytes_of(copy)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "PA"])
def test_every_sort_of_pixel_is_painted(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "olive").convert("L" if mode == "I;16" else mode if mode != "PA" else "P").convert(
        mode if mode == "I;16" else mode if mode != "PA" else "P"
    ).save(file, kind)

    copy = copy_of(handed(file.getvalue(), f"one.{kind.lower()}", kind="image"))

    assert (copy.state, copy.width, copy.height) == ("made", 30, 20)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_colours_come_over_without_the_profile_that_names_a_screen(mode):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    turned = Image.Exif()
    turned[0x0112] = 6
    file, into = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (30, 20), (10, 120, 200)).convert(mode, palette=Image.Palette.ADAPTIVE).save(
        file, "PNG", icc_profile=profile, exif=turned
    )

    copy = pictures.copy(file, into)

    painted = Image.open(into)
    expected = (
        Image.new("RGB", (1, 1), (10, 120, 200)).convert("L" if mode == "L" else "RGB").convert("RGB").getpixel((0, 0))
    )
    found = painted.convert("RGB").getpixel((3, 3))
    assert (copy.width, copy.height, painted.info) == (20, 30, {})
    assert max(abs(one - other) for one, other in zip(found, expected, strict=True)) <= 3


@pytest.mark.parametrize("content", [hostile.jpeg_with_place, hostile.png_with_words])
def test_a_picture_inside_another_file_keeps_its_pixels_alone(content):
    original = content() + NAME.encode()

    kept = bare(original)

    assert NAME.encode() not in kept
    assert Image.open(io.BytesIO(kept)).tobytes() == Image.open(io.BytesIO(original)).tobytes()


@pytest.mark.parametrize("broken", [
    b"\xff\xd8\xffnothing", b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\xe1\x00", b"\x89PNG\r\n\x1a\n\x00", b"GIF89a", b"",
])  # fmt: skip
def test_a_broken_picture_inside_another_file_stays_as_it_is(broken):
    assert bare(broken) == broken


def test_a_paper_keeps_its_words_and_loses_its_author():
    original = hostile.pdf()
    assert NAME.encode() in original

    piece = handed(original, "record.pdf")
    copy = copy_of(piece)

    shown = hostile.read_pdf(bytes_of(copy))
    assert (copy.state, copy.pages, len(shown.pages)) == ("made", 3, 3)
    assert "Dagging and crutching 2" in shown.pages[1].extract_text()
    assert (shown.metadata, shown.xmp_metadata) == (None, None)
    assert NAME.encode() not in bytes_of(copy)
    assert bytes_of(piece) == original


def test_nothing_in_the_copy_of_a_paper_runs_opens_or_sends():
    original = hostile.pdf(by_itself=True)
    acts = (
        b"/JavaScript",
        b"/JS",
        b"/OpenAction",
        b"/AA",
        b"/Launch",
        b"/URI",
        b"/SubmitForm",
        b"/EmbeddedFile",
        b"tracker",
    )
    assert [one for one in acts if one not in original] == []

    copy = copy_of(handed(original, "acts.pdf"))

    assert [one for one in acts if one in bytes_of(copy)] == []
    assert "Dagging" in hostile.read_pdf(bytes_of(copy)).pages[0].extract_text()


def test_a_page_that_hides_in_a_paper_is_not_in_its_copy():
    copy = copy_of(handed(hostile.pdf_and_html(), "both.pdf"))

    assert copy.state == "made"
    assert b"<script" not in bytes_of(copy)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda: hostile.pdf(locked="secret"), "locked"),
        (lambda: b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF", "broken"),
    ],
)
def test_a_paper_that_cannot_be_shown_says_why(content, reason):
    copy = copy_of(handed(content(), "record.pdf"))

    assert (copy.state, copy.reason, copy.file.name) == ("none", reason, "")


def test_a_paper_with_more_pages_than_can_be_looked_through_says_so(monkeypatch):
    monkeypatch.setattr(papers, "MOST_PAGES", 2)

    with pytest.raises(copying.NoCopy) as refusal:
        papers.copy(io.BytesIO(hostile.pdf()), io.BytesIO())

    assert refusal.value.why == copying.Why.TOO_MUCH


def test_a_file_that_eats_memory_or_time_ends_itself_and_not_the_worker(monkeypatch):
    """Fifteen thousand arrays, each in the next: reading them takes more depth than there is."""
    deep = b"[" * 200_000 + b"]" * 200_000
    paper = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/Deep " + deep + b">>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"

    assert copy_of(handed(paper, "deep.pdf")).reason in {"too_much", "broken"}


@pytest.mark.parametrize(("media_type", "content"), [
    ("image/jpeg", hostile.jpeg_with_place),
    ("image/gif", hostile.moving_gif),
    ("image/png", hostile.huge_png),
    ("image/png", hostile.svg),
    ("application/pdf", lambda: hostile.pdf(by_itself=True)),
    ("application/pdf", lambda: hostile.pdf(locked="x")),
    ("application/pdf", lambda: b"%PDF-1.4"),
    (next(kind for kind in copying.KINDS if "wordprocessing" in kind), hostile.docx),
    ("application/vnd.oasis.opendocument.text", hostile.odt),
    ("application/vnd.oasis.opendocument.text", hostile.html),
])  # fmt: skip
def test_what_is_made_here_is_the_same_as_what_is_made_apart(media_type, content, tmp_path):
    def made_by(maker, *kind):
        with open(tmp_path / "copy", "w+b") as into:
            try:
                return maker(*kind, io.BytesIO(content()), into)
            except copying.NoCopy as answer:
                return answer.why

    assert made_by(maker_of(media_type)) == made_by(copying.copy, media_type)


def test_where_the_process_that_copies_does_not_start_the_job_is_tried_again(monkeypatch):
    monkeypatch.setattr("apps.submissions.copying.apart._ROOT", "/")

    copy = copy_of(handed(hostile.picture(), "a.png", kind="image"))

    assert copy.state == "waiting"
    assert "No module named" in Job.objects.get(function__endswith="make_copy").last_error


def test_a_letter_loses_everyone_named_in_it_and_fetches_nothing():
    original = hostile.docx()
    assert whole_text(original).count(NAME.encode()) > 10

    piece = handed(original, "letter.docx")
    copy = copy_of(piece)

    archive = zipfile.ZipFile(io.BytesIO(bytes_of(copy)))
    text = whole_text(bytes_of(copy))
    assert (copy.state, copy.media_type, archive.testzip()) == ("made", piece.media_type, None)
    assert "Ten ewes, one morning." in archive.read("word/document.xml").decode()
    assert b"tracker.example" not in text
    assert NAME.encode() not in text
    assert b"https://people.example/ewes" in text
    assert bytes_of(piece) == original


def test_an_open_document_loses_its_author():
    copy = copy_of(handed(hostile.odt(), "letter.odt"))

    archive = zipfile.ZipFile(io.BytesIO(bytes_of(copy)))
    first = archive.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert NAME.encode() not in whole_text(bytes_of(copy))
    assert "Ten ewes." in archive.read("content.xml").decode()


def lying_bomb():
    content = bytearray(hostile.zip_bomb(size=20 * 1024 * 1024))
    for at in (content.find(b"PK\x03\x04", 40), content.rfind(b"PK\x01\x02")):
        content[at + 22 : at + 26] = (1000).to_bytes(4, "little")
        content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize("bomb", [hostile.zip_bomb, lying_bomb])
def test_a_bomb_that_came_past_the_door_is_not_unpacked(bomb):
    with pytest.raises(Refused, match=r"more than its size says|broken"):
        handed(bomb(), "bomb.docx")

    with pytest.raises(copying.NoCopy):
        office.copy(io.BytesIO(bomb()), io.BytesIO())


def test_what_is_written_so_that_no_rule_reads_it_is_not_shown():
    letter = hostile.packed({
        "[Content_Types].xml": hostile.CONTENT_TYPES,
        "word/document.xml": f'<w:document w:author="{NAME}"/>'.encode("utf-16"),
    })  # fmt: skip

    assert copy_of(handed(letter, "letter.docx")).reason == "broken"


def test_texts_and_other_files_need_none():
    attempt = open_attempt()
    handed(b"17 degrees\n", "log.txt", attempt=attempt)
    handed(hostile.packed({"log.txt": "17 degrees"}), "logs.zip", kind="data", attempt=attempt)

    assert (ReviewCopy.objects.count(), Job.objects.filter(function__endswith="make_copy").count()) == (0, 0)


def test_equal_bytes_share_one_copy_however_often_it_is_asked_for():
    attempt = open_attempt()
    pieces = [handed(hostile.picture(), f"{name}.png", kind="image", attempt=attempt) for name in ("a", "b")]
    for piece in pieces:
        copies.want(piece)
        verbs.make_copy(piece.sha256)

    made = copy_of(pieces[0])
    verbs.make_copy(pieces[0].sha256)

    assert ReviewCopy.objects.count() == Job.objects.filter(function__endswith="make_copy").count() == 1
    assert ReviewCopy.objects.get() == made


def test_what_was_taken_out_before_its_copy_was_made_is_asked_for_again_when_it_comes_again():
    attempt = open_attempt()
    piece = handed(hostile.picture(), "a.png", kind="image", attempt=attempt)
    verbs.remove_evidence(piece, by=attempt.submission.learner)
    outbox.drain()
    assert ReviewCopy.objects.count() == 0

    again = handed(hostile.picture(), "a.png", kind="image", attempt=attempt)

    assert copy_of(again).state == "made"


def test_copies_are_found_in_one_query_and_those_that_nobody_asked_for_are_asked_for_by_the_hour(
    django_assert_num_queries,
):
    attempt = open_attempt()
    for size in ((40, 30), (41, 30), (42, 30)):
        handed(hostile.picture(size=size), "a.png", kind="image", attempt=attempt)
    outbox.drain()
    pieces = list(EvidenceItem.objects.filter(attempt=attempt))

    for some in (pieces[:2], pieces):
        with django_assert_num_queries(1):
            copies.of(some)
    Job.objects.all().delete()
    ReviewCopy.objects.all().delete()
    assert (copies.of(pieces), ReviewCopy.objects.count()) == ({}, 0)  # who only looks writes nothing

    verbs.want_copies()
    verbs.want_copies()

    assert ReviewCopy.objects.filter(state="waiting").count() == 3
    outbox.drain()
    assert {one.state for one in copies.of(pieces).values()} == {"made"}
