"""Files on the evidence host: who opens what, as what, and how long."""

from urllib.parse import urlsplit

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.core import outbox
from apps.issuers.models import Seat
from apps.submissions import links, verbs
from apps.submissions.models import Attempt, EvidenceItem, ReviewCopy, Submission
from tests.factories import assessor_of, browser, nobody_in, open_attempt, person, published_version
from tests.submissions import hostile, recordings
from tests.submissions.hostile import NAME

pytestmark = pytest.mark.django_db


def handed_in(name, content, *, kind="document", blind=False):
    """A file in an attempt that is ready to assess, and somebody who may assess it."""
    attempt = open_attempt(published_version(blind=blind))
    upload = SimpleUploadedFile(name, content)
    piece = verbs.add_evidence(attempt, by=attempt.submission.learner, kind=kind, upload=upload, about=nobody_in("One"))
    verbs.submit(attempt, by=attempt.submission.learner)
    outbox.drain()
    return EvidenceItem.objects.get(pk=piece.pk), assessor_of(attempt.submission.achievement)


def fetch(address, method="get", **headers):
    parts = urlsplit(address)
    client = Client(headers={"host": parts.netloc} | headers)
    answer = getattr(client, method)(f"{parts.path}?{parts.query}")
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def test_an_assessor_gets_the_copy_under_a_neutral_name_and_the_learner_the_original_under_theirs():
    original = hostile.jpeg_with_place()
    piece, assessor = handed_in("wairemana-planted.jpg", original, kind="image")
    learner = piece.attempt.submission.learner

    copy = fetch(links.to_file(piece, reader=assessor))
    own = fetch(links.to_file(piece, reader=learner, sort=links.Sort.ORIGINAL))

    assert (copy.status_code, copy.headers["Content-Type"]) == (200, "image/jpeg")
    assert copy.headers["Content-Disposition"] == f'inline; filename="evidence-{piece.sha256[:8]}.jpg"'
    assert NAME.encode() not in copy.body
    assert (own.body, own.headers["Content-Disposition"]) == (original, 'inline; filename="wairemana-planted.jpg"')


def test_every_file_comes_dressed_so_that_it_runs_nowhere():
    piece, assessor = handed_in("one.png", hostile.picture(), kind="image")

    told = dict(fetch(links.to_file(piece, reader=assessor)).headers)

    assert {name: told[name] for name in (
        "Content-Security-Policy", "X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Referrer-Policy",
        "Cache-Control",
    )} == {
        "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; "
        "style-src 'unsafe-inline'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-cache",
    }  # fmt: skip
    assert "Set-Cookie" not in told


@pytest.mark.parametrize(("name", "kind", "content", "media_type", "place"), [
    ("one.wav", "audio", hostile.sound, "audio/wav", "inline"),
    ("film.mp4", "video", recordings.film, "video/mp4", "inline"),
    ("page.txt", "document", lambda: b"<b>17</b>\n", "text/plain; charset=utf-8", "inline"),
    ("log.md", "document", hostile.markdown, "text/plain; charset=utf-8", "inline"),
    ("ewes.csv", "data", hostile.table, "text/plain; charset=utf-8", "inline"),
    ("record.pdf", "document", hostile.pdf, "application/octet-stream", "attachment"),
    ("letter.docx", "document", hostile.docx, "application/octet-stream", "attachment"),
])  # fmt: skip
def test_each_kind_is_shown_or_saved_and_called_what_it_is(name, kind, content, media_type, place):
    piece, assessor = handed_in(name, content(), kind=kind)

    answer = fetch(links.to_file(piece, reader=assessor))

    told = answer.headers
    assert (answer.status_code, told["Content-Type"], told["Content-Disposition"].partition(";")[0]) == (
        200, media_type, place,
    )  # fmt: skip


@pytest.mark.parametrize(("asked", "status", "told", "held"), [
    ("", 200, None, slice(None)),
    ("bytes=0-9", 206, "bytes 0-9/{size}", slice(0, 10)),
    ("bytes=8000-", 206, "bytes 8000-8043/{size}", slice(8000, None)),
    ("bytes=-5", 206, "bytes 8039-8043/{size}", slice(-5, None)),
    ("bytes=-99999", 206, "bytes 0-8043/{size}", slice(None)),
    ("bytes=0-99999", 206, "bytes 0-8043/{size}", slice(None)),
    ("bytes=0-1,5-6", 200, None, slice(None)),
    ("bytes=-", 200, None, slice(None)),
    ("lines=1-2", 200, None, slice(None)),
    ("bytes=9000-", 416, "bytes */{size}", slice(0, 0)),
    ("bytes=-0", 416, "bytes */{size}", slice(0, 0)),
])  # fmt: skip
def test_a_player_gets_the_part_that_it_asks_for(asked, status, told, held):
    whole = hostile.sound()
    piece, assessor = handed_in("one.wav", whole, kind="audio")
    address = links.to_file(piece, reader=assessor)

    answer, head = (fetch(address, method, range=asked) for method in ("get", "head"))

    expected = told and told.format(size=len(whole))
    assert (answer.status_code, answer.headers.get("Content-Range"), answer.body) == (status, expected, whole[held])
    assert (head.status_code, head.headers.get("Content-Range"), head.body) == (status, expected, b"")
    assert answer.headers.get("Content-Length") == head.headers.get("Content-Length")


def test_a_part_of_what_has_changed_since_is_the_whole():
    piece, assessor = handed_in("one.wav", hostile.sound(), kind="audio")
    address = links.to_file(piece, reader=assessor)

    assert fetch(address, range="bytes=0-9", if_range='"other"').status_code == 200
    assert fetch(address, range="bytes=0-9", if_range=f'"{piece.sha256}"').status_code == 206


def test_nothing_but_reading_is_done_there():
    piece, assessor = handed_in("one.wav", hostile.sound(), kind="audio")

    answer = fetch(links.to_file(piece, reader=assessor), "post")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("page", ["file", "viewer"])
def test_a_link_that_ran_out_or_is_none_of_ours_says_so(settings, page):
    piece, assessor = handed_in("record.pdf", hostile.pdf())
    address = links.to_file(piece, reader=assessor) if page == "file" else links.to_viewer(piece, reader=assessor)
    token = urlsplit(address).path.split("/")[1]
    assert fetch(address).status_code == 200

    settings.EVIDENCE_LINK_SECONDS = -1
    ran_out = fetch(address)
    settings.EVIDENCE_LINK_SECONDS = 900
    forged = fetch(address.replace(token, token[:-1] + ("A" if token[-1] != "A" else "B")))
    other = signing.TimestampSigner(salt="evidence", sep=".").sign("nonsense")

    for answer in (ran_out, forged, fetch(address.replace(token, other))):
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
        assert answer.body == b"This link has run out. Go back and open the piece again."


def test_a_link_is_no_good_to_who_may_no_longer_read_the_submission():
    piece, assessor = handed_in("record.pdf", hostile.pdf())
    learner = piece.attempt.submission.learner
    assessors = [links.to_file(piece, reader=assessor), links.to_viewer(piece, reader=assessor)]
    own = links.to_file(piece, reader=learner)
    assert [fetch(one).status_code for one in [*assessors, own]] == [200, 200, 200]

    Seat.objects.filter(person=assessor).delete()
    assert [fetch(one).status_code for one in [*assessors, own]] == [404, 404, 200]
    learner.is_active = False
    learner.save()
    assert fetch(own).status_code == 404


def test_what_was_withdrawn_is_the_learners_alone_again():
    piece, assessor = handed_in("record.pdf", hostile.pdf())
    assessors, own = (links.to_file(piece, reader=one) for one in (assessor, piece.attempt.submission.learner))
    assert fetch(assessors).status_code == 200

    Submission.objects.filter(pk=piece.attempt.submission_id).update(state="withdrawn")
    Attempt.objects.filter(pk=piece.attempt_id).update(state="withdrawn")

    assert [fetch(one).status_code for one in (assessors, own)] == [404, 200]


def test_strangers_other_learners_and_assessors_elsewhere_open_nothing():
    piece, _assessor = handed_in("one.png", hostile.picture(), kind="image")
    elsewhere = assessor_of(open_attempt().submission.achievement)
    for reader in (None, person(), elsewhere):
        for sort in links.Sort:
            assert fetch(links.to_file(piece, reader=reader, sort=sort)).status_code == 404
        assert fetch(links.to_viewer(piece, reader=reader)).status_code == 404
        assert browser(reader).get(f"/e/{piece.public_id}").status_code == (404 if reader else 302)


@pytest.mark.parametrize("blind", [True, False])
def test_where_assessors_do_not_see_who_it_is_they_get_no_original(blind):
    piece, assessor = handed_in("one.png", hostile.png_with_words(), kind="image", blind=blind)

    original = links.to_file(piece, reader=assessor, sort=links.Sort.ORIGINAL)
    own = links.to_file(piece, reader=piece.attempt.submission.learner, sort=links.Sort.ORIGINAL)
    page = browser(assessor).get(f"/e/{piece.public_id}").content.decode()

    assert [fetch(one).status_code for one in (original, own)] == [404 if blind else 200, 200]
    assert ("The original, as handed in" in page) is not blind


def test_a_copy_that_is_not_made_yet_or_never_will_be_says_so():
    piece, assessor = handed_in("record.pdf", hostile.pdf(locked="secret"))
    address = links.to_file(piece, reader=assessor)

    never = fetch(address)
    ReviewCopy.objects.update(state="waiting", reason="")
    waiting = fetch(address)

    assert (never.status_code, never.body.decode()) == (
        404, "This file can’t be shown safely. It is locked with a password.",
    )  # fmt: skip
    assert (waiting.status_code, waiting.body.decode()) == (
        404, "A copy to look at is being made. Open it again in a moment.",
    )  # fmt: skip


def test_a_file_that_is_gone_from_the_disk_says_so():
    piece, assessor = handed_in("one.wav", hostile.sound(), kind="audio")
    piece.file.storage.delete(piece.file.name)

    answer = fetch(links.to_file(piece, reader=assessor))

    assert (answer.status_code, answer.body.decode()) == (
        404, "This file can't be read just now. Try it again in a while.",
    )  # fmt: skip


def test_the_page_around_a_paper_runs_our_scripts_and_lets_the_portal_alone_frame_it():
    piece, assessor = handed_in("record.pdf", hostile.pdf())

    answer = fetch(links.to_viewer(piece, reader=assessor))
    rules = dict(one.split(" ", 1) for one in answer.headers["Content-Security-Policy"].split("; "))

    assert (answer.status_code, rules["default-src"], rules["script-src"], rules["connect-src"]) == (
        200, "'none'", "'self' 'wasm-unsafe-eval'", "'self'",
    )  # fmt: skip
    assert rules["frame-ancestors"] == "http://localhost:8000 http://127.0.0.1:8000"
    assert f'data-file="{piece.sha256[:16]}"' in answer.body.decode()
    assert NAME not in answer.body.decode()
    assert "Set-Cookie" not in answer.headers


def test_the_page_around_a_paper_speaks_the_readers_language():
    piece, assessor = handed_in("record.pdf", hostile.pdf())
    address = links.to_viewer(piece, reader=assessor)

    page = fetch(address.replace("in=en", "in=ar")).body.decode()

    assert '<html lang="ar" dir="rtl">' in page
    assert '<html lang="en" dir="ltr">' in fetch(address.replace("in=en", "in=xx")).body.decode()


def test_only_a_paper_has_that_page():
    piece, assessor = handed_in("one.png", hostile.picture(), kind="image")

    assert fetch(links.to_viewer(piece, reader=assessor)).status_code == 404


def test_the_worker_of_that_page_is_there_and_lives_by_a_policy_of_its_own(settings):
    for name, policy in (("pdf.worker", "default-src 'none'; script-src 'wasm-unsafe-eval'"), ("viewer", None)):
        answer = fetch(f"{settings.EVIDENCE_ORIGIN}/static/js/{name}.js")

        assert (answer.status_code, answer.headers.get("Content-Security-Policy")) == (200, policy)
