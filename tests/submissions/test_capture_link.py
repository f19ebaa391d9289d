"""Links kept alive: what stood there is kept, looked at again, and told to who may read the work."""

import hashlib
import json
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client

from apps.core import clock, outbox
from apps.core.models import Event, Job
from apps.core.refused import Refused
from apps.reviews import verbs as reviews
from apps.submissions import queries, reading, verbs
from apps.submissions.models import Capture
from config.schedule import SCHEDULE
from tests.core.test_client import Server
from tests.factories import (
    ALL_GOOD,
    assessor_of,
    browser,
    forgotten,
    marks_for,
    nobody_in,
    open_attempt,
    person,
)
from tests.factories.work import waiting
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PAGE = "<title>Two ewes</title><h1>Catch</h1><p>I caught her by the <b>jaw</b>.</p><script>alert(1)</script>"
WORDS = "Catch\n\nI caught her by the jaw."


@pytest.fixture(autouse=True)
def _noon():
    with clock.at(NOW):
        yield


def page(body=PAGE, kind="text/html; charset=utf-8", status="200 OK"):
    content = body if isinstance(body, bytes) else body.encode()
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content


def linked(url, attempt=None):
    attempt = attempt or open_attempt()
    return verbs.add_evidence(attempt, by=attempt.submission.learner, kind="link", url=url, about=nobody_in("Video"))


def looked_at(piece, at=NOW):
    with clock.at(at):
        return verbs.capture_link(piece.attempt.submission_id, piece.url)


def handed_in(piece, at=NOW):
    with clock.at(at):
        verbs.submit(piece.attempt, by=piece.attempt.submission.learner)
        verbs.freeze(piece.attempt_id)
    piece.attempt.refresh_from_db()
    return piece.attempt


@pytest.fixture
def serving(settings):
    """A server with these answers, allowed to be asked; gives the address of a page on it."""

    def allow(server):
        settings.FETCH_ALLOW = [f"localhost:{server.port}"]
        return f"http://localhost:{server.port}/ewes"

    return allow


def test_what_stood_there_is_kept_when_a_link_is_added(serving):
    with Server(page()) as server:
        piece = linked(serving(server))
        outbox.drain()

    kept = Capture.objects.get()
    assert (kept.submission, kept.url, kept.at, kept.outcome) == (piece.attempt.submission, piece.url, NOW, "fetched")
    assert (kept.title, kept.text, kept.media_type, kept.size) == ("Two ewes", WORDS, "text/html", len(PAGE))
    assert kept.sha256 == hashlib.sha256(PAGE.encode()).hexdigest()
    assert kept.text_sha256 == hashlib.sha256(WORDS.encode()).hexdigest()
    event = Event.objects.get(kind="link.captured")
    assert (event.actor_id, event.data) == (
        "",
        {
            "capture": kept.public_id,
            "url": hashlib.sha256(piece.url.encode()).hexdigest(),
            "outcome": "fetched",
            "sha256": kept.sha256,
        },
    )


def test_a_text_that_is_no_link_is_not_looked_at():
    open_attempt()

    assert not Job.objects.filter(function="apps.submissions.tasks.capture_link").exists()


def test_asked_twice_within_a_minute_it_looks_once_and_then_keeps_the_same_words_once(serving):
    with Server(page(), page(PAGE.replace("<b>", "<b class='x'>"))) as server:
        piece = linked(serving(server))
        first, none = looked_at(piece), looked_at(piece, NOW + timedelta(seconds=59))
        second = looked_at(piece, NOW + timedelta(days=7))

    assert none is None
    assert (second.same_as, second.text, second.words, second.title) == (first, "", WORDS, "Two ewes")
    assert first.sha256 != second.sha256
    assert first.says_the_same(second)
    assert Event.objects.filter(kind="link.captured").count() == 1


def test_what_was_kept_is_never_changed(serving):
    with Server(page()) as server:
        kept = looked_at(linked(serving(server)))

    for act in (lambda: Capture.objects.update(title="x"), lambda: Capture.objects.filter(pk=kept.pk).delete()):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            act()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:1/", "127.0.0.1 is not on the public internet"),
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254 is not on the public internet"),
        ("http://[::1]/", "::1 is not on the public internet"),
        ("http://files.example:99999999999999999999/", "that is not an address"),
        ("ftp://files.example/", "only plain http and https addresses are fetched"),
    ],
)
def test_a_private_address_stays_as_evidence_and_says_that_it_could_not_be_kept(url, why):
    piece = linked(url)

    kept = looked_at(piece)

    assert (kept.outcome, kept.why, kept.text, kept.sha256) == ("failed", why, "", "")
    shown = browser(piece.attempt.submission.learner).get(f"/e/{piece.public_id}").content.decode()
    assert f"Could not be kept: {why}." in shown
    assert f"/evidence/{piece.public_id}/capture-again/" in shown


def test_a_file_is_known_by_its_fingerprint_alone(serving):
    pdf = b"%PDF-1.4 \x00\xff"
    with Server(page(pdf, "application/pdf")) as server:
        kept = looked_at(linked(serving(server)))

    assert (kept.outcome, kept.title, kept.text, kept.size) == ("fetched", "", "", len(pdf))
    assert (kept.sha256, kept.has_words) == (hashlib.sha256(pdf).hexdigest(), False)


def test_the_learner_has_a_link_looked_at_again_and_nobody_else_does(serving):
    piece = linked("http://127.0.0.1:1/")
    learner = piece.attempt.submission.learner
    looked_at(piece)
    path = f"/evidence/{piece.public_id}/capture-again/"

    with pytest.raises(PermissionDenied):
        verbs.capture_again(piece, by=person())
    assert browser(person()).post(path).status_code == 404
    with pytest.raises(Refused, match="a moment ago"):
        verbs.capture_again(piece, by=learner)
    with clock.at(NOW + timedelta(minutes=2)):
        answer = browser(learner).post(path, follow=True)
        again = Job.objects.filter(key__contains=":again:")
        verbs.capture_again(piece, by=learner)

    assert "We look at it again." in answer.content.decode()
    assert (again.count(), again.get().arguments["url"]) == (1, piece.url)


def test_a_program_reads_what_was_kept_of_a_link_and_has_it_looked_at_again(serving):
    with Server(page(), page(), page(status="404 Not Found")) as server:
        piece = linked(serving(server))
        kept, same, failed = (looked_at(piece, NOW + timedelta(minutes=n)) for n in (0, 5, 10))
    learner, there = piece.attempt.submission.learner, f"/api/v1/evidence/{piece.public_id}/"
    api = program(learner, "submissions:read", "submissions:write")

    with clock.at(NOW + timedelta(minutes=20)):
        told = api.get(f"{there}captures/").json()
        halves = [api.get(f"{there}captures/?limit=2").json()]
        halves.append(api.get(halves[0]["next"]).json())
        asked = api.post(f"{there}capture-again/")
        again = list(Job.objects.filter(key__contains=":again:").values_list("arguments__url", flat=True))
    with clock.at(failed.at):
        soon = api.post(f"{there}capture-again/")
    text = piece.attempt.evidence.get(kind="text")
    others = [api.get(f"/api/v1/evidence/{text.public_id}/captures/"), _again(api, text)]

    found = {
        "url": piece.url,
        "outcome": "fetched",
        "why": "",
        "media_type": "text/html",
        "title": "Two ewes",
        "size": len(PAGE),
        "sha256": kept.sha256,
        "text_sha256": hashlib.sha256(WORDS.encode()).hexdigest(),
    }
    nothing = {**found, "outcome": "failed", "why": failed.why, "media_type": "", "title": "", "size": 0}
    assert told["results"] == [
        {"id": failed.public_id, "at": _moment(failed), **nothing, "sha256": "", "text_sha256": "", "same_as": None},
        {"id": same.public_id, "at": _moment(same), **found, "same_as": kept.public_id},
        {"id": kept.public_id, "at": _moment(kept), **found, "same_as": None},
    ]
    assert [one for half in halves for one in half["results"]] == told["results"]
    assert (asked.status_code, again) == (202, [piece.url])
    assert (soon.status_code, soon.json()["detail"]) == (409, "We looked a moment ago. Try again in a minute.")
    assert (others[0].json()["results"], others[1].status_code) == ([], 409)


def test_to_others_what_was_kept_is_not_there_and_a_token_that_reads_asks_for_no_look():
    piece = linked("https://videos.example/1")
    there = f"/api/v1/evidence/{piece.public_id}/"
    learner, assessor = piece.attempt.submission.learner, assessor_of(piece.attempt.submission.achievement)

    def asked(api):
        return api.get(f"{there}captures/").status_code, _again(api, piece).status_code

    assert [asked(program(one, "submissions:read", "submissions:write")) for one in (person(), assessor)] == [
        (404, 404)
    ] * 2
    assert asked(Client()) == (401, 401)
    assert asked(program(learner, "submissions:read")) == (200, 403)
    assert asked(program(learner, "submissions:write")) == (403, 202)


@pytest.mark.parametrize("looks", [1, 3])
def test_captures_are_listed_with_the_same_questions_however_many(looks, django_assert_num_queries):
    piece = linked("http://127.0.0.1/")
    for number in range(looks):
        looked_at(piece, NOW + timedelta(minutes=5 * number))
    api = program(piece.attempt.submission.learner, "submissions:read")
    api.get("/api/v1/submissions/")

    with django_assert_num_queries(3):
        assert len(api.get(f"/api/v1/evidence/{piece.public_id}/captures/").json()["results"]) == looks


def _again(api, piece):
    return api.post(f"/api/v1/evidence/{piece.public_id}/capture-again/")


def _moment(look):
    return look.at.isoformat().replace("+00:00", "Z")


def test_only_a_link_is_looked_at_again():
    attempt = open_attempt()

    with pytest.raises(Refused, match="Only a link"):
        verbs.capture_again(attempt.evidence.get(), by=attempt.submission.learner)


def test_the_manifest_names_what_was_kept_and_the_archive_holds_its_words(serving):
    with Server(page()) as server:
        piece = linked(serving(server))
        kept = looked_at(piece)
    attempt = handed_in(piece, NOW + timedelta(hours=1))

    told = {one["id"]: one.get("capture") for one in json.loads(attempt.manifest)["evidence"]}
    assert told[piece.public_id] == {
        "id": kept.public_id,
        "at": NOW.isoformat(),
        "sha256": kept.sha256,
        "text_sha256": kept.text_sha256,
    }
    assert list(told.values()).count(None) == 1
    assert "Two ewes" not in attempt.manifest
    assert Job.objects.filter(function="apps.submissions.tasks.capture_link").count() == 2
    path = f"/submissions/{attempt.submission.public_id}/attempts/1/export.zip"
    with zipfile.ZipFile(BytesIO(browser(attempt.submission.learner).get(path).getvalue())) as archive:
        assert archive.read("evidence/02-video.kept.txt").decode() == WORDS
        sums = archive.read("SHA256SUMS").decode()
        assert "the text that was there: evidence/02-video.kept.txt" in archive.read("README.txt").decode()
    assert f"{kept.text_sha256}  evidence/02-video.kept.txt\n" in sums


def test_the_assessor_reads_what_was_kept_as_text_and_hears_that_it_changed(serving):
    now_says = PAGE.replace("jaw", "wool").replace("Two ewes", "<b>Two</b>")
    with Server(page(), page(now_says), page(status="404 Not Found")) as server:
        piece = linked(serving(server))
        looked_at(piece)
        attempt = handed_in(piece)
        desk, path = browser(assessor_of(attempt.submission.achievement)), f"/reviews/{attempt.public_id}/"
        as_handed_in = desk.get(path).content.decode()
        looked_at(piece, NOW + timedelta(days=8))
        changed = desk.get(path).content.decode()
        looked_at(piece, NOW + timedelta(days=16))
        gone = desk.get(path).content.decode()

    told = ("Read the words that were kept", "has changed since it was handed in", "nothing was there")
    assert [[words in one for words in told] for one in (as_handed_in, changed, gone)] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]
    assert "I caught her by the jaw." in as_handed_in
    assert "alert(1)" not in as_handed_in
    assert '<del><span class="visually-hidden">[removed: </span>jaw.' in changed
    assert "localhost answered 404" in gone
    learners = browser(attempt.submission.learner).get(f"/e/{piece.public_id}").content.decode()
    assert [words in learners for words in told] == [True, False, True]


def test_a_stranger_to_whom_the_link_is_shown_reads_nothing_of_what_was_kept(serving):
    with Server(page()) as server:
        piece = linked(serving(server))
        looked_at(piece)

    assert browser(person()).get(f"/e/{piece.public_id}").status_code == 404


@pytest.mark.parametrize("links", [1, 3])
def test_the_desk_asks_three_times_more_for_links_however_many(serving, links, django_assert_num_queries):
    attempt = open_attempt()
    with Server(*[page()] * links) as server:
        pieces = [linked(f"{serving(server)}{number}", attempt) for number in range(links)]
        for piece in pieces:
            looked_at(piece)
    attempt = handed_in(pieces[0])
    from apps.submissions.queries import give_captures

    listed = list(attempt.evidence.all())
    with django_assert_num_queries(2):
        give_captures(attempt, listed)
        told = [piece.kept.now.words for piece in listed if piece.kind == "link"]
    assert told == [WORDS] * links


def test_links_of_what_waits_or_was_judged_lately_are_looked_at_weekly_and_no_host_hammered():
    attempt = open_attempt()
    for number in range(7):
        linked(f"https://videos.example/{number}", attempt)
    other = linked("https://sound.example/1", attempt)
    linked("https://sound.example/2")  # of a draft
    assert verbs.recheck_links() == 0
    handed_in(other)
    before = Job.objects.count()

    told = verbs.recheck_links()

    enqueued = Job.objects.order_by("pk")[before:]
    assert told == 6
    assert sorted(one.arguments["url"] for one in enqueued) == [
        "https://sound.example/1",
        *(f"https://videos.example/{number}" for number in range(5)),
    ]
    assert len({one.next_at for one in enqueued if "videos" in one.arguments["url"]}) == 5
    assert verbs.recheck_links() == 6
    assert Job.objects.count() == before + 6
    assert SCHEDULE["recheck_links"][0] == "apps.submissions.tasks.recheck_links"


def test_links_of_who_left_are_looked_at_no_more():
    leaver, other = pieces = [linked(f"https://videos.example/{number}") for number in range(2)]
    for piece in pieces:
        attempt = waiting(handed_in(piece))
        assessor = assessor_of(attempt.submission.achievement)
        reviews.take(attempt, by=assessor)
        reviews.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="Well done.")

    forgotten(leaver.attempt.submission.learner)

    found = list(queries.links_to_look_at(NOW + timedelta(days=8)))
    assert found == [(other.attempt.submission_id, "https://videos.example/1")]


def test_a_link_that_was_looked_at_within_the_week_is_left_alone():
    piece = linked("http://127.0.0.1:1/")
    handed_in(piece)
    looked_at(piece)

    found = []
    for days in (6, 7, 8):
        with clock.at(NOW + timedelta(days=days)):
            found.append(verbs.recheck_links())
    assert found == [0, 1, 1]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One<p>two", "One\ntwo"),
        ("a<br>b<!-- <p>no --> c", "a\nb c"),
        ("<p>1 < 2 &amp;&lt;b&gt; &#x1F411; &#0; &#xD800;</p>", "1 < 2 &<b> 🐑 \ufffd \ufffd"),
        ("<div hidden>x<div>y</div></div>z", "z"),
        ("<p style='color:red; DISPLAY : none'>x</p>z", "z"),
        ("<body style='display:none'>shown by a script", "shown by a script"),
        ("<script>if (a</b/) '<p>no</p>'</script>yes", "yes"),
        ("<style>p{}</style><noscript>no</noscript><svg><text>no</text></svg>yes", "yes"),
        ("</script></style>yes", "yes"),
        ("<p title='a > b' data-x=\"it's\">yes", "yes"),
        ("yes<p title='never ends", "yes"),
        ("yes<!-- never ends", "yes"),
        ("yes<script>never ends", "yes"),
        ("a\x00b\x1b[31m \u202eturned\u202c", "a b [31m turned"),
        ("<pre>one\n  two</pre>", "one\ntwo"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
        ("&#" + "9" * 9000 + ";", "&#" + "9" * 9000 + ";"),
        ("", ""),
    ],
)
def test_the_words_of_a_page(markup, text):
    assert reading.read(markup.encode("utf-8", "surrogatepass"), media_type="text/html").text == text


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("Tāne".encode(), "", "Tāne"),
        ("Café".encode("latin-1"), "", "Café"),
        ("Café".encode("latin-1"), "iso-8859-1", "Café"),
        ("羊毛".encode("shift_jis"), "Shift_JIS", "羊毛"),
        (b"<meta charset=shift_jis>" + "羊毛".encode("shift_jis"), "", "羊毛"),
        ("\ufeffTāne".encode("utf-16"), "utf-8", "Tāne"),
        ("Tāne".encode(), "rot13", "Tāne"),
        ("Tāne".encode(), "punycode", "Tāne"),
        ("Tāne".encode(), "\x00no such", "Tāne"),
        (b"a\xff\xfeb", "utf-8", "aÿþb"),
    ],
)
def test_a_page_is_read_in_the_letters_it_is_written_in(body, charset, text):
    assert reading.read(body, media_type="text/html", charset=charset).text == text


@pytest.mark.parametrize(
    "unit",
    ["<div>", "</p>", "<", "<!", "<!--", "<![CDATA[", "<?", "<a b=", '<a b=">"', '<a/"', "&#x", "<script>", "a\n"],
)
def test_two_megabytes_of_anything_are_read_once_and_a_hundred_kilobytes_kept(unit):
    began = datetime.now(UTC)
    found = reading.read((unit * 2_000_000)[: 2 * 1024 * 1024].encode(), media_type="text/html")

    assert len(found.text.encode()) <= reading.MOST_TEXT
    assert datetime.now(UTC) - began < timedelta(seconds=20)


def test_a_text_is_cut_between_letters():
    found = reading.read(("ā" * 100_000).encode(), media_type="text/plain")

    assert found == ("", "ā" * 50_000)


def test_a_title_of_ten_thousand_signs_is_cut_and_turns_nothing(serving):
    with Server(page(f"<title>\u202e{'x' * 10_000}</title>")) as server:
        kept = looked_at(linked(serving(server)))

    assert kept.title == "x" * 300


def test_the_form_tells_of_a_link_what_was_kept(serving):
    with Server(page()) as server:
        piece = linked(serving(server))
        client = browser(piece.attempt.submission.learner)
        pages = [client.get(piece.attempt.submission.get_absolute_url()).content.decode()]
        outbox.drain()
    pages.append(client.get(piece.attempt.submission.get_absolute_url()).content.decode())

    assert ["A copy of the words there is made in a moment" in page for page in pages] == [True, False]
    assert "I caught her by the jaw." in pages[1]
