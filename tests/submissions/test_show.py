"""A piece as a page draws it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape

from apps.core import outbox
from apps.submissions import links, showing, verbs
from apps.submissions.models import EvidenceItem, ReviewCopy
from tests.factories import assessor_of, browser, nobody_in, open_attempt
from tests.submissions import hostile

pytestmark = pytest.mark.django_db


def handed(name, content, *, kind="document", attempt=None):
    attempt = attempt or open_attempt()
    criterion = attempt.submission.version.criteria.first()
    piece = verbs.add_evidence(
        attempt, by=attempt.submission.learner, kind=kind, upload=SimpleUploadedFile(name, content), about=nobody_in("One"),
        criteria=[criterion],
    )  # fmt: skip
    outbox.drain()
    return EvidenceItem.objects.get(pk=piece.pk)


def shown(piece, reader=None):
    (one,) = showing.show([piece], reader=reader or piece.attempt.submission.learner)
    return one


@pytest.mark.parametrize(("name", "kind", "content", "looks"), [
    ("a.png", "image", hostile.picture, "picture"),
    ("a.gif", "image", hostile.moving_gif, "picture"),
    ("a.pdf", "document", hostile.pdf, "pdf"),
    ("a.pdf", "document", lambda: hostile.pdf(locked="x"), "unshown"),
    ("a.docx", "document", hostile.docx, "file"),
    ("a.wav", "audio", hostile.sound, "audio"),
    ("a.mp4", "video", hostile.film_with_html, "video"),
    ("a.txt", "document", lambda: b"17 degrees", "text"),
    ("a.md", "document", hostile.markdown, "markdown"),
    ("a.csv", "data", hostile.table, "table"),
    ("a.json", "data", lambda: b'{"degrees": 17}', "text"),
])  # fmt: skip
def test_each_kind_is_drawn_as_what_it_is(name, kind, content, looks):
    assert shown(handed(name, content(), kind=kind)).looks == looks


@pytest.mark.parametrize(("changes", "looks", "said"), [
    ({"file_state": "checking", "sha256": "", "media_type": ""}, "checking", ""),
    ({"file_state": "blocked", "blocked_because": "A virus is in it."}, "blocked", "A virus is in it."),
])  # fmt: skip
def test_what_is_being_checked_or_is_blocked_opens_for_nobody(changes, looks, said):
    piece = handed("a.txt", b"17 degrees")
    EvidenceItem.objects.filter(pk=piece.pk).update(**changes)
    piece.refresh_from_db()

    one = shown(piece)
    page = browser(piece.attempt.submission.learner).get(f"/e/{piece.public_id}").content.decode()

    assert (one.looks, one.said, one.address, one.original) == (looks, said, "", "")
    assert "//evidence." not in page
    assert ("This file is being checked." in page) is (looks == "checking")
    assert ("A virus is in it." in page) is (looks == "blocked")


def test_while_the_copy_is_being_made_the_learner_has_the_original_already():
    piece = handed("a.png", hostile.picture(), kind="image")
    ReviewCopy.objects.all().delete()

    one = shown(piece)

    assert (one.looks, one.address, bool(one.original)) == ("waiting", "", True)
    assert ReviewCopy.objects.count() == 0  # who only looks writes nothing: it is asked for by the hour


def test_a_long_text_is_shown_from_its_beginning_and_says_so():
    whole = "Ā" * showing.MOST_READ
    one = shown(handed("a.txt", whole.encode()))

    assert (one.is_cut, one.text == whole[: len(one.text)], len(one.text)) == (True, True, showing.MOST_READ // 2)


def test_a_long_table_is_shown_from_its_beginning_and_says_so():
    one = shown(handed("a.csv", b"name;weight\n" + b"ewe;60\n" * 300, kind="data"))

    assert (one.is_cut, len(one.rows), one.rows[:2]) == (True, 200, [["name", "weight"], ["ewe", "60"]])


def test_a_table_with_a_cell_that_no_table_has_is_shown_as_a_text():
    one = shown(handed("a.csv", b'"' + b"x" * 200_000, kind="data"))

    assert one.looks == "text"


def test_a_table_of_broken_letters_is_shown_all_the_same():
    assert shown(handed("a.txt", b"x" * 70_000 + b"\x81")).text.endswith("x\ufffd")


@pytest.mark.parametrize(("name", "kind", "content", "place", "end"), [
    ("a.pdf", "document", hostile.pdf, {"page": 2}, "#page=2"),
    ("a.pdf", "document", hostile.pdf, {"page": 2, "quote": "ewe & lamb"}, "#page=2&quote=ewe%20%26%20lamb"),
    ("a.wav", "audio", hostile.sound, {"seconds": 135}, "#t=135"),
])  # fmt: skip
def test_a_place_that_the_learner_named_opens_there(name, kind, content, place, end):
    piece = handed(name, content(), kind=kind)
    piece.supports.update(**place)

    (found,) = shown(piece).places

    assert found.address.endswith(end)
    assert found.criterion == piece.attempt.submission.version.criteria.first()


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_is_read_in_the_letters_it_was_saved_in(charset):
    one = shown(handed("a.csv", "José;60 €\r\nZoë;“70”\r\n".encode(charset), kind="data"))

    assert (one.looks, one.rows) == ("table", [["José", "60 €"], ["Zoë", "“70”"]])


@pytest.mark.parametrize(("charset", "mark"), [("utf-8", 0), ("utf-16", 2)])
def test_a_text_that_is_cut_in_the_middle_of_a_character_ends_before_it(charset, mark):
    whole = "x" + "🐑" * showing.MOST_READ
    one = shown(handed("a.txt", whole.encode(charset)))

    most = (showing.MOST_READ - mark - (1 if charset == "utf-8" else 2)) // 4
    assert (one.is_cut, one.text) == (True, "x" + "🐑" * most)


@pytest.mark.parametrize("name", ["page.html", "page.xml", "page.js", "page.ts", "page.css", "page.sh", "page.yml"])
def test_the_code_of_a_page_is_shown_as_it_is_written_and_saved_as_a_text(name):
    piece = handed(name, hostile.html(), kind="data")
    learner = piece.attempt.submission.learner
    verbs.submit(piece.attempt, by=learner)
    outbox.drain()

    one = shown(piece, assessor_of(piece.attempt.submission.achievement))
    page = browser(learner).get(f"/e/{piece.public_id}").content.decode()

    assert (piece.media_type, one.looks, one.text) == ("text/plain", "text", hostile.HTML)
    assert links.neutral_name(piece) == f"evidence-{piece.sha256[:8]}.txt"
    assert escape(hostile.HTML) in page


def test_nothing_that_a_text_holds_becomes_part_of_the_page():
    attempt = open_attempt()
    for name, content in (
        ("a.txt", b"17 degrees " + hostile.html()),
        ("a.md", hostile.markdown()),
        ("a.csv", hostile.table()),
    ):
        piece = handed(name, content, attempt=attempt)
        page = browser(attempt.submission.learner).get(f"/e/{piece.public_id}").content.decode()
        # Ours stand in the head, with an address.
        assert [one for one in page.split("<script")[1:] if not one.startswith(' src="/static/')] == []
        assert "javascript:" not in page.replace("[press](javascript:", "")
        assert 'src="https://tracker.example' not in page


def test_the_desk_shows_any_number_of_pieces_with_as_many_queries(django_assert_max_num_queries):
    counts = []
    for number in (1, 3):
        attempt = open_attempt()
        for width in range(number):
            handed("a.png", hostile.picture(size=(40 + width, 30)), kind="image", attempt=attempt)
        verbs.submit(attempt, by=attempt.submission.learner)
        outbox.drain()
        client = browser(assessor_of(attempt.submission.achievement))
        with django_assert_max_num_queries(60) as queries:
            page = client.get(f"/reviews/{attempt.public_id}/").content.decode()
        assert page.count(", as the learner handed it in") == number
        counts.append(len(queries))

    assert counts[0] == counts[1]
