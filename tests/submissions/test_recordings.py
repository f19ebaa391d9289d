"""Sounds and films, as they are looked at where nobody may know whose they are: nothing in them moves, and nobody is
named.
"""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core import outbox
from apps.submissions import copying, verbs
from apps.submissions.copying import NoCopy
from apps.submissions.copying.makers import maker_of
from apps.submissions.models import ReviewCopy
from tests.factories import nobody_in, open_attempt, owner_of, published_version
from tests.submissions import recordings
from tests.submissions.recordings import FRAME, SAMPLES, TOLD

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
    clean = cleaned("video/mp4", recordings.film())

    assert [clean.count(kind) for kind in (b"trak", b"udta", b"meta", b"uuid", b"what", b"made")] == [1, 0, 0, 0, 0, 0]
    assert b"where" not in clean
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


@pytest.mark.django_db
@pytest.mark.parametrize("blind", [True, False])
def test_recordings_are_copied_where_nobody_may_know_whose_they_are(blind):
    original = recordings.film()
    attempt = open_attempt(published_version(blind=blind))
    piece = verbs.add_evidence(
        attempt,
        by=attempt.submission.learner,
        kind="video",
        upload=SimpleUploadedFile("a.mp4", original),
        about=nobody_in("Film"),
    )
    outbox.drain()

    found = [(one.state, one.media_type, one.size) for one in ReviewCopy.objects.filter(original_sha256=piece.sha256)]

    assert found == ([("made", "video/mp4", len(original))] if blind else [])
    with piece.file.open("rb") as kept:
        assert kept.read() == original


@pytest.mark.django_db
def test_work_that_moves_to_a_blind_version_has_its_recordings_copied():
    from apps.issuers import verbs as issuers

    version = published_version()
    attempt = open_attempt(version)
    upload = SimpleUploadedFile("a.wav", recordings.wave())
    learner, owner = attempt.submission.learner, owner_of(version.achievement.issuer)
    piece = verbs.add_evidence(attempt, by=learner, kind="audio", upload=upload, about=nobody_in("Sound"))
    draft = issuers.draft_next(version.achievement, by=owner)
    issuers.word(draft, by=owner, edition=draft.edition, blind=True)
    issuers.publish(draft, by=owner)

    verbs.change_version(attempt.submission, by=learner)
    outbox.drain()

    assert ReviewCopy.objects.get(original_sha256=piece.sha256).state == "made"


def test_it_is_the_same_made_apart(tmp_path):
    with (tmp_path / "in").open("w+b") as original, (tmp_path / "out").open("w+b") as into:
        original.write(recordings.film())
        original.seek(0)
        copying.copy("video/mp4", original, into)

    assert (tmp_path / "out").read_bytes() == cleaned("video/mp4", recordings.film())
