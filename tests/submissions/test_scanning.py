import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now

from apps.core import outbox
from apps.core.models import Job
from apps.submissions import health, scanning, verbs
from apps.submissions.models import Attempt, EvidenceItem, ReviewCopy
from config.schedule import SCHEDULE
from tests.factories import nobody_in, open_attempt, png_upload
from tests.factories.scanner import EICAR, scanner
from tests.factories.uploads import checked_piece, mp4, pdf

pytestmark = pytest.mark.django_db


def add_picture(attempt):
    return verbs.add_evidence(attempt, by=attempt.submission.learner, kind="image", upload=png_upload())


def an_hour_later():
    """What beat does once an hour, and all that comes of it."""
    function, every = SCHEDULE["revive_waiting"]
    outbox.enqueue(function, key=f"another {every} {Job.objects.count()}")
    outbox.drain()


@pytest.mark.parametrize("by_path", [True, False])
def test_a_scanner_is_asked_over_a_path_or_a_port(settings, tmp_path, by_path):
    with scanner(tmp_path if by_path else None) as clam:
        settings.CLAMAV_SOCKET = clam.place

        clean = scanning.scan([b"a" * 70_000, b"b"])
        found = scanning.scan([EICAR[:20], EICAR[20:]])

    assert (clean, found, clam.sizes) == ("", "Eicar-Test-Signature", [70_001, len(EICAR)])


@pytest.mark.parametrize(
    ("says", "words"), [(b"stream: something odd ERROR\0", "something odd"), (b"", "no answer"), (b"\0", "no answer")]
)
def test_an_answer_that_is_no_verdict_is_never_taken_for_clean(settings, says, words):
    with scanner(says=says) as clam:
        settings.CLAMAV_SOCKET = clam.place

        with pytest.raises(scanning.NotScanned, match=words):
            scanning.scan([b"x"])


@pytest.mark.parametrize("place", ["/nowhere/clamd.ctl", "127.0.0.1:1", "nonsense"])
def test_a_scanner_that_is_away_is_never_taken_for_clean(settings, place):
    settings.CLAMAV_SOCKET = place

    with pytest.raises(scanning.NotScanned):
        scanning.scan([b"x"])


def test_what_is_larger_than_the_scanner_takes_is_said_to_be(settings):
    with scanner(most=100_000) as clam:
        settings.CLAMAV_SOCKET = clam.place

        with pytest.raises(scanning.TooLargeToScan):
            scanning.scan([b"x" * 65_536] * 200)


def test_a_file_in_parts_is_scanned_clean(settings):
    with scanner() as clam:
        settings.CLAMAV_SOCKET = clam.place

        piece = checked_piece(open_attempt(), mp4())

    assert (piece.file_state, piece.scan, clam.sizes) == ("ready", "clean", [piece.size])
    assert piece.scanned_at is not None


def test_a_file_in_parts_with_something_in_it_is_blocked_and_its_bytes_are_gone(settings):
    with scanner() as clam:
        settings.CLAMAV_SOCKET = clam.place

        piece = checked_piece(open_attempt(), pdf(EICAR.decode()), name="a.pdf", kind="document")

    assert (piece.file_state, piece.scan) == ("blocked", "infected")
    assert piece.blocked_because == "The virus scanner found “Eicar-Test-Signature” in it."
    assert not piece.file.storage.exists(piece.file.name)
    assert not piece.file.storage.exists(f"evidence/{piece.sha256[:2]}/{piece.sha256}")


def test_what_came_with_a_form_waits_for_the_scanner_too(settings):
    attempt = open_attempt()
    with scanner() as clam:
        settings.CLAMAV_SOCKET = clam.place

        piece = add_picture(attempt)
        before = piece.file_state
        outbox.drain()

    piece.refresh_from_db()
    assert (before, piece.file_state, piece.scan, piece.media_type) == ("checking", "ready", "clean", "image/png")


def test_a_picture_with_something_in_it_that_came_with_a_form_is_blocked(settings, django_capture_on_commit_callbacks):
    attempt = open_attempt()
    upload = SimpleUploadedFile("after.png", png_upload().read() + EICAR)
    with scanner() as clam:
        settings.CLAMAV_SOCKET = clam.place
        piece = verbs.add_evidence(attempt, by=attempt.submission.learner, kind="image", upload=upload)
        kept = piece.file.name

        with django_capture_on_commit_callbacks(execute=True):
            outbox.drain()

    piece.refresh_from_db()
    assert (piece.file_state, piece.scan, piece.file.name) == ("blocked", "infected", f"blocked/{piece.public_id}")
    assert not piece.file.storage.exists(kept)


def test_while_the_scanner_is_away_the_file_waits_and_is_scanned_later(settings):
    attempt = open_attempt()
    settings.CLAMAV_SOCKET = "127.0.0.1:1"
    piece = add_picture(attempt)
    outbox.drain()
    job = Job.objects.get(key__startswith=f"check_file:{piece.public_id}:")
    waited = (EvidenceItem.objects.get(pk=piece.pk).file_state, job.state)

    with scanner() as clam:
        settings.CLAMAV_SOCKET = clam.place
        verbs.check_file(piece.pk)

    piece.refresh_from_db()
    assert (waited, piece.file_state, piece.scan) == (("checking", "pending"), "ready", "clean")
    assert "NotScanned" in job.last_error


def test_a_scanner_that_is_away_for_longer_than_a_job_is_tried_for_is_asked_again_each_hour(settings):
    attempt = open_attempt()
    settings.CLAMAV_SOCKET = "127.0.0.1:1"
    piece = verbs.add_evidence(
        attempt, by=attempt.submission.learner, kind="image", upload=png_upload(), about=nobody_in("After")
    )
    verbs.submit(attempt, by=attempt.submission.learner)
    job = Job.objects.get(key__startswith=f"check_file:{piece.public_id}:")
    for _try in range(outbox.MOST_ATTEMPTS):
        Job.objects.filter(pk=job.pk).update(next_at=Now())
        outbox.drain()

    an_hour_later()
    job.refresh_from_db()
    waited = (job.state, "NotScanned" in job.last_error, Attempt.objects.get(pk=attempt.pk).state)
    with scanner() as clam:
        settings.CLAMAV_SOCKET = clam.place
        an_hour_later()

    for row in (job, piece, attempt):
        row.refresh_from_db()
    assert waited == ("dead", True, "checking")
    assert (job.state, piece.file_state, piece.scan, attempt.state) == ("done", "ready", "clean", "assessable")


def test_attempts_to_be_frozen_and_copies_to_be_made_are_tried_again_too_and_nothing_else():
    attempt = open_attempt()
    piece = verbs.add_evidence(
        attempt, by=attempt.submission.learner, kind="image", upload=png_upload(), about=nobody_in("After")
    )
    verbs.submit(attempt, by=attempt.submission.learner)
    Job.objects.update(state="dead", attempts=outbox.MOST_ATTEMPTS)
    waited_for = ["apps.submissions.tasks.freeze", "apps.submissions.tasks.make_copy"]
    others = list(Job.objects.exclude(function__in=waited_for).values_list("pk", flat=True))

    an_hour_later()

    attempt.refresh_from_db()
    copy = ReviewCopy.objects.get(original_sha256=piece.sha256)
    assert (attempt.state, copy.state) == ("assessable", "made")
    assert {one.state for one in Job.objects.filter(pk__in=others)} == {"dead"}


def test_what_is_too_large_for_the_scanner_is_kept_and_said_to_be_unscanned(settings):
    with scanner(most=1000) as clam:
        settings.CLAMAV_SOCKET = clam.place

        piece = checked_piece(open_attempt(), mp4())

    assert (piece.file_state, piece.scan, piece.scanned_at) == ("ready", "not_scanned", None)


def test_without_a_scanner_nothing_waits_and_nothing_is_called_clean(settings):
    settings.CLAMAV_SOCKET = ""

    piece = add_picture(open_attempt())

    assert (piece.file_state, piece.scan, piece.scanned_at) == ("ready", "not_scanned", None)


def test_doctor_says_how_the_scanner_is(settings):
    settings.CLAMAV_SOCKET = ""
    none = health.scanner()
    settings.CLAMAV_SOCKET = "127.0.0.1:1"
    away = health.scanner()
    with scanner() as clam:
        settings.CLAMAV_SOCKET = clam.place
        well = health.scanner()

    assert (none.result, none.saw) == ("off", "none: files are not scanned for viruses, and pages say so")
    assert (away.result, "CLAMAV_SOCKET" in away.remedy) == ("fail", True)
    assert (well.result, well.saw) == ("ok", "ClamAV 1.4.2/27000 answers")
