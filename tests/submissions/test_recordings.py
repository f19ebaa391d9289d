"""Sounds and films, as all but their learner look at them: nothing in them moves, and nobody is named."""

import hashlib
import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.core import outbox
from apps.submissions import copies, copying, links, showing, verbs
from apps.submissions.copying import NoCopy, laid
from apps.submissions.copying.makers import maker_of
from apps.submissions.models import EvidenceItem, ReviewCopy
from tests.factories import assessor_of, browser, nobody_in, open_attempt, published_version
from tests.submissions import hostile, recordings
from tests.submissions.recordings import DEVICE, FRAME, PLACE, SAMPLES, TOLD
from tests.submissions.test_serving import fetch

ALL = {
    "film": ("video/mp4", recordings.film),
    "film of two lengths": ("video/quicktime", lambda: recordings.film(brand=b"qt  ", long=True)),
    "webm": ("video/webm", recordings.webm),
    "webm as it is recorded": ("audio/webm", lambda: recordings.webm(live=True)),
    "wave": ("audio/wav", recordings.wave),
    "mp3": ("audio/mpeg", recordings.mp3),
    "opus": ("audio/ogg", recordings.opus),
    "opus with a picture": ("audio/ogg", lambda: recordings.opus(picture=1000)),
}


def cleaned(media_type, data):
    into = io.BytesIO()
    maker_of(media_type)(io.BytesIO(data), into)
    return into.getvalue()


@pytest.mark.parametrize("name", ALL)
def test_nobody_is_named_and_what_plays_lies_where_it_lay(name):
    media_type, make = ALL[name]
    original = make()
    played = FRAME if name == "mp3" else SAMPLES if name != "wave" else bytes([128]) * 8000
    assert original.count(TOLD) > 2

    clean = cleaned(media_type, original)

    assert clean.count(TOLD) == 0
    if name != "mp3":
        assert (len(clean), clean.find(played)) == (len(original), original.find(played))


def test_a_film_keeps_its_track_and_loses_where_its_maker_stood():
    original = recordings.film()
    clean = cleaned("video/mp4", original)

    told = (PLACE, DEVICE, b"quicktime.model", b"where")
    assert [(one in original, one in clean) for one in told] == [(True, False)] * len(told)
    assert [clean.count(kind) for kind in (b"trak", b"udta", b"meta", b"uuid", b"what", b"made")] == [1, 0, 0, 0, 0, 0]
    assert clean.count(b"vide") == 1


def test_of_an_mp3_the_frames_are_taken_over_and_nothing_else():
    assert cleaned("audio/mpeg", recordings.mp3()) == FRAME * 5


@pytest.mark.parametrize("picture", [0, 1000])
def test_every_page_of_an_ogg_file_agrees_with_its_sum(picture):
    original = recordings.opus(picture=picture)

    before, after = ([is_whole for _page, is_whole in recordings.pages_of(one)] for one in (
        original, cleaned("audio/ogg", original),
    ))  # fmt: skip

    assert before == after == [True] * len(before)


@pytest.mark.parametrize(
    ("media_type", "data", "why"),
    [
        ("video/mp4", recordings.film()[:-3], "unknown"),
        ("video/mp4", recordings.box(b"ftyp", b"isom"), "broken"),
        ("video/mp4", recordings.box(b"moov", recordings.box(b"trak", b"\x00\x00\x00\x05mdia")), "unknown"),
        ("video/webm", recordings.webm()[:-5], "unknown"),
        ("video/webm", b"\x00" * 40, "unknown"),
        ("video/webm", recordings.element("1a45dfa3", b""), "broken"),
        ("audio/wav", b"RIFF\x00\x00\x00\x00AVI ", "broken"),
        ("audio/wav", b"RIFF\x00\x00\x00\x00WAVEfmt \xff\xff\xff\x00", "unknown"),
        ("audio/wav", b"RIFF\x00\x00\x00\x00WAVE", "broken"),
        ("audio/mpeg", b"\xff" * 1000, "unknown"),
        ("audio/mpeg", b"ID3\x04\x00\x00\x00\x00\x01\x00" + TOLD, "unknown"),
        ("audio/ogg", recordings.opus(codec=b"fishead\x00"), "unknown"),
        ("audio/ogg", recordings.opus() + TOLD * 9, "unknown"),
        ("audio/ogg", recordings.ogg_page(2, 0, b"OpusHead"), "broken"),
        ("audio/ogg", recordings.ogg_page(2, 0, b"OpusHead", b"OpusTags\xff\xff\xff\xff"), "unknown"),
        ("audio/ogg", recordings.ogg_page(2, 0, b"\x7fFLAC", b"\x04\x00\x00\x04\x00\x00\x00\x00"), "unknown"),
        ("audio/ogg", b"", "broken"),
    ],
)
def test_what_cannot_be_cleaned_to_its_end_has_no_copy(media_type, data, why):
    with pytest.raises(NoCopy) as refusal:
        cleaned(media_type, data)

    assert refusal.value.why == why


def made_of(name, kind, original, *, blind=False):
    """A recording that was handed in, its copy, and who assesses it."""
    attempt = open_attempt(published_version(blind=blind))
    upload = SimpleUploadedFile(name, original)
    piece = verbs.add_evidence(
        attempt, by=attempt.submission.learner, kind=kind, upload=upload, about=nobody_in("Told")
    )
    verbs.submit(attempt, by=attempt.submission.learner)
    outbox.drain()
    piece = EvidenceItem.objects.get(pk=piece.pk)
    return piece, ReviewCopy.objects.get(original_sha256=piece.sha256), assessor_of(attempt.submission.achievement)


def kept_of(piece):
    with piece.file.open("rb") as kept:
        return kept.read()


@pytest.mark.django_db
@pytest.mark.parametrize("blind", [True, False])
@pytest.mark.parametrize(("name", "kind", "make"), [
    ("a.mp4", "video", recordings.film),
    ("a.mov", "video", lambda: recordings.film(brand=b"qt  ")),
    ("a.webm", "video", recordings.webm),
    ("a.wav", "audio", recordings.wave),
    ("a.ogg", "audio", recordings.opus),
    ("a.mp3", "audio", recordings.mp3),
])  # fmt: skip
def test_who_assesses_gets_a_recording_without_what_its_device_wrote_and_its_sum_stays(name, kind, make, blind):
    original = make()
    piece, copy, assessor = made_of(name, kind, original, blind=blind)

    got = fetch(links.to_file(piece, reader=assessor))
    own = fetch(links.to_file(piece, reader=piece.attempt.submission.learner, sort=links.Sort.ORIGINAL))

    assert (got.status_code, got.body) == (200, cleaned(piece.media_type, original))
    assert (original.count(TOLD) > 2, [got.body.count(one) for one in (TOLD, PLACE, DEVICE)]) == (True, [0, 0, 0])
    assert (copy.size, copy.sha256) == (len(got.body), hashlib.sha256(got.body).hexdigest())
    assert own.body == kept_of(piece) == original
    assert piece.sha256 == hashlib.sha256(original).hexdigest()


@pytest.mark.django_db
def test_a_stranger_to_whom_a_film_is_shown_gets_the_copy_too():
    piece, _copy, _assessor = made_of("a.mp4", "video", recordings.film())

    handed = copies.handed_out(piece)

    with handed.file.open() as file:
        assert file.read() == cleaned("video/mp4", recordings.film())


@pytest.mark.django_db
def test_a_film_does_not_lie_there_twice_and_goes_whole():
    """Of its copy, the blocks alone are kept that differ."""
    seen = hashlib.shake_256(b"seen").digest(3_000_000)
    original = recordings.film() + recordings.box(b"mdat", seen) + recordings.box(b"udta", TOLD)
    piece, copy, assessor = made_of("a.mp4", "video", original)
    expected = cleaned("video/mp4", original)
    address = links.to_file(piece, reader=assessor)

    assert (copy.size, copy.file.name.endswith(".laid"), copy.file.size < 8192) == (len(original), True, True)
    assert fetch(address).body == expected
    for first, last in ((0, 99), (4000, 4200), (2_000_000, 2_000_009), (len(original) - 30, len(original) - 1)):
        assert fetch(address, range=f"bytes={first}-{last}").body == expected[first : last + 1]


@pytest.mark.django_db
def test_what_is_kept_of_a_films_copy_goes_with_the_film():
    attempt = open_attempt()
    learner, upload = attempt.submission.learner, SimpleUploadedFile("a.mp4", recordings.film())
    piece = verbs.add_evidence(attempt, by=learner, kind="video", upload=upload, about=nobody_in("Film"))
    outbox.drain()
    name = ReviewCopy.objects.get().file.name
    assert piece.file.storage.exists(name)

    verbs.remove_evidence(piece, by=learner)
    outbox.drain()

    assert (ReviewCopy.objects.count(), piece.file.storage.exists(name)) == (0, False)


@pytest.mark.parametrize(("before", "after", "is_laid"), [
    (b"", b"", True),
    (b"a" * 5000, b"a" * 4999, False),
    (b"a" * 5000, b"a" * 4500 + b"b" + b"a" * 499, True),
    (b"a" * 4096 * 3, b"b" * 4096 * 3, False),
])  # fmt: skip
def test_what_differs_little_is_laid_over_its_original(monkeypatch, before, after, is_laid):
    monkeypatch.setattr(laid, "MOST", 2 * 4096)
    kept = io.BytesIO()

    assert laid.write(io.BytesIO(before), io.BytesIO(after), kept) is is_laid

    if is_laid:
        whole = laid.Laid(io.BytesIO(before), kept.getvalue())
        assert (whole.read(), whole.seek(-3, 2), whole.seek(1, 1)) == (after, max(len(after) - 3, 0), whole.tell())


@pytest.mark.django_db
def test_while_its_copy_is_being_made_a_film_plays_for_its_learner_alone():
    piece, copy, assessor = made_of("a.mp4", "video", recordings.film())
    learner = piece.attempt.submission.learner
    copy.delete()

    theirs, others = (showing.show([piece], reader=one)[0] for one in (learner, assessor))
    told = fetch(links.to_file(piece, reader=assessor))
    page = browser(assessor).get(f"/e/{piece.public_id}").content.decode()

    assert (theirs.looks, theirs.address, theirs.is_untouched) == ("video", theirs.original, False)
    assert (others.looks, others.address, others.is_untouched) == ("waiting", "", True)
    assert (told.status_code, told.body) == (404, b"A copy to look at is being made. Open it again in a moment.")
    assert "A copy to look at is being made. Open this page again in a moment." in page
    assert "<video" not in page

    verbs.want_copies()
    outbox.drain()
    (others,) = showing.show([piece], reader=assessor)
    assert (others.looks, fetch(others.address).body.count(TOLD)) == ("video", 0)


@pytest.mark.django_db
@pytest.mark.parametrize("blind", [True, False])
def test_a_film_that_cannot_be_cleaned_is_opened_as_the_original_where_one_may_and_that_is_said(blind, monkeypatch):
    original = hostile.film_with_html()
    with monkeypatch.context() as before:  # today blind work with such a film comes back
        before.setattr("apps.submissions.verbs.handing_in.closed_of", lambda _pieces: {})
        piece, copy, assessor = made_of("a.mp4", "video", original, blind=blind)

    (shown,) = showing.show([piece], reader=assessor)
    page = browser(assessor).get(f"/e/{piece.public_id}").content.decode()

    assert (copy.state, shown.looks, shown.address, shown.is_untouched) == ("none", "unshown", "", not blind)
    assert "It is damaged, or not what it seems to be." in page
    assert ("The original, as handed in" in page) is not blind
    assert ("It holds what its device or program wrote into it" in page) is not blind
    assert fetch(links.to_file(piece, reader=assessor)).status_code == 404
    if not blind:
        assert fetch(shown.original).body == original


def test_it_is_the_same_made_apart(tmp_path):
    with (tmp_path / "in").open("w+b") as original, (tmp_path / "out").open("w+b") as into:
        original.write(recordings.film())
        original.seek(0)
        copying.copy("video/mp4", original, into)

    assert (tmp_path / "out").read_bytes() == cleaned("video/mp4", recordings.film())


def migrated(name):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # tables whose rows wait to be looked at can't be altered
    executor = MigrationExecutor(connection)
    executor.migrate([("submissions", name)])


def copies_there():
    rows = ReviewCopy.objects.order_by("original_sha256")
    return [(one.original_sha256, one.state, one.file.name, one.file.storage.exists(one.file.name)) for one in rows]


@pytest.mark.django_db
def test_copies_of_films_from_before_are_made_anew_and_those_of_others_stay():
    film, old, assessor = made_of("a.mp4", "video", recordings.film())
    sound, _copy, _assessor = made_of("a.ogg", "audio", recordings.opus())
    before, storage = copies_there(), film.file.storage
    storage.delete(old.file.name)
    storage.save(old.file.name, ContentFile(b"as it was made then"))

    migrated("0017_words_change_hands_with_the_account")
    back = copies_there()
    migrated("0018_copies_of_films_are_made_anew")
    left, has_file, handed = copies_there(), storage.exists(old.file.name), copies.handed_out(film)
    verbs.want_copies()
    outbox.drain()

    assert (len(before), back) == (2, before)
    assert left == [one for one in before if one[0] == sound.sha256]
    assert (has_file, handed) == (False, None)
    assert copies_there() == before
    assert fetch(links.to_file(film, reader=assessor)).body == cleaned("video/mp4", recordings.film())


@pytest.mark.django_db
def test_a_file_that_another_row_names_stays_where_copies_are_forgotten():
    _film, old, _assessor = made_of("a.mp4", "video", recordings.film())
    facts = {"state": "made", "file": old.file.name, "sha256": old.sha256, "size": old.size, "made_at": old.made_at}
    other = ReviewCopy.objects.create(original_sha256="0" * 64, media_type="audio/ogg", asked_at=old.asked_at, **facts)

    migrated("0017_words_change_hands_with_the_account")
    migrated("0018_copies_of_films_are_made_anew")

    assert copies_there() == [("0" * 64, "made", other.file.name, True)]
