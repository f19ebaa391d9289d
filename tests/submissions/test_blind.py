"""In a blind version an assessor finds nothing of whose work it is, wherever they look; in another they do."""

import hashlib

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import Scope
from apps.core import clock, outbox
from apps.credentials import verbs as credentials
from apps.notices.models import Letter
from apps.reviews import verbs as reviews
from apps.submissions import verbs
from apps.submissions.models import Attempt, Capture
from apps.submissions.places import Place
from tests.credentials.abroad import abroad
from tests.factories import (
    ALL_GOOD,
    assessor_of,
    browser,
    marks_for,
    open_attempt,
    person,
    published_version,
)
from tests.issuers.test_api import program
from tests.submissions import hostile, recordings, walking
from tests.submissions.hostile import NAME

pytestmark = pytest.mark.django_db
ADDRESS, SECOND = "wairemana.p@people.example", "w.planted@else.example"
FILES = {
    "image": ("wairemana-planted.jpg", hostile.jpeg_with_place),
    "document": ("wairemana-planted.pdf", hostile.pdf),
    "certificate": ("planted.docx", hostile.docx),
    "data": ("wairemana.zip", lambda: hostile.packed({"planted.txt": NAME})),
    "audio": ("planted.mp3", recordings.mp3),
    "video": ("wairemana.mp4", recordings.film),
}
# What nobody opens who may not know whose it is: it is refused where they may not.
CLOSED = ("wairemana.zip",)
MORE = {
    "open.odt": hostile.odt,
    "log.md": f"# By {NAME}\n\n{ADDRESS}".encode,
    "ten.csv": f"who,mail\n{NAME},{SECOND}\n".encode,
    "note.txt": f"\ufeff{NAME}".encode,
    "book.json": lambda: b'{"author": "Wairemana Planted"}',
}
SOUNDS = {"a.wav": recordings.wave, "a.ogg": recordings.opus, "a.weba": recordings.webm}


@pytest.fixture
def there(settings):
    with abroad(settings) as elsewhere:
        yield elsewhere


def said_by(learner, words=""):
    return f"{words} {NAME}, {ADDRESS}, {SECOND}, {learner.public_id}"


def about(learner, title):
    return verbs.About(
        title=f"{title} of {NAME}", people="agreed", people_note=said_by(learner), transcript=said_by(learner)
    )


def planted(version, there):
    """Handed in, with its learner's name, addresses and id wherever somebody could write or a program leave them."""
    learner = person(NAME, email=ADDRESS)
    EmailAddress.objects.create(user=learner, email=SECOND, verified=False)
    attempt = open_attempt(version, learner=learner)
    words = {name: said_by(learner, name)[:200] for name in Attempt.WRITTEN if name != "declared_own"}
    attempt = verbs.save_draft(attempt, by=learner, edition=attempt.edition, **words)
    first = version.criteria.first()
    add = {"by": learner, "criteria": {first: Place(None, None, f"by {NAME}")}}
    for kind, (name, make) in FILES.items():
        if version.blind and name in CLOSED:
            continue
        verbs.add_evidence(
            attempt, kind=kind, upload=SimpleUploadedFile(name, make()), about=about(learner, kind), **add
        )
    for kind, files in (("document", MORE), ("audio", SOUNDS)):
        for name, make in files.items():
            upload = SimpleUploadedFile(name, make())
            verbs.add_evidence(attempt, kind=kind, upload=upload, about=about(learner, name), **add)
    for kind in ("text", "reflection"):
        verbs.add_evidence(attempt, kind=kind, text=said_by(learner, kind), about=about(learner, kind), **add)
    for url in ("https://wairemana.example/planted", "https://ewes.example/log"):
        verbs.add_evidence(attempt, kind="link", url=url, about=about(learner, "page"), **add)
        text = said_by(learner, "kept")
        Capture.objects.create(
            submission=attempt.submission,
            url=url,
            at=clock.now(),
            outcome="fetched",
            title=NAME,
            text=text,
            sha256="0" * 64,
            text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        )
    badge = credentials.keep_foreign(there.badge(ADDRESS, name=f"Shearing, {NAME}"), by=learner)
    verbs.add_evidence(attempt, kind="credential", foreign=badge, about=about(learner, "badge"), **add)
    return handed_in(attempt)


def handed_in(attempt):
    learner = attempt.submission.learner
    verbs.submit(attempt, by=learner)
    verbs.write_message(attempt.submission, by=learner, text=said_by(learner, "message"))
    outbox.drain()
    attempt.refresh_from_db()
    return attempt


def answered(attempt, assessor, *, short):
    reviews.take(attempt, by=assessor)
    # One who has recognised the learner, and says so, tells it to no other.
    marks = {one: (level, f"{comment} {NAME}") for one, (level, comment) in marks_for(attempt, short=short).items()}
    reviews.decide(attempt, by=assessor, marks=marks, answers=ALL_GOOD, note=f"Thank you, {NAME}.")
    outbox.drain()


def looked_through(submission, assessor):
    """All that an assessor can fetch about a submission, and all that was sent to them; by address."""
    attempts = list(submission.attempts.all())
    ids = [submission.public_id, *(one.public_id for one in attempts)]
    pieces = [piece.public_id for piece in attempts[-1].evidence.all()]
    names = {
        "public_id": [*ids, pieces[0], *(one.public_id for one in assessor.notices.all()[:1])],
        "number": [1, 2],
        "slug": [submission.achievement.slug, submission.achievement.issuer.slug],
    }
    api = program(assessor, *Scope.values)
    page = browser(assessor)
    found = walking.walk(page, api, names, alike=pieces)
    for view in ("all", "mine", "free", "late", "done"):
        found[f"queue, {view}"] = walking.told(page.get(f"/reviews/?view={view}"))
    found["search"] = walking.told(page.get("/search/", {"q": submission.reference}))
    newest = f"/reviews/{attempts[-1].public_id}"
    for act in ("take", "decide", "message", "talk"):
        found[f"act: {act}"] = walking.told(page.post(f"{newest}/{act}/", {"text": "", "decide": "yes"}))
    outbox.drain()
    found["letters"] = repr(list(Letter.objects.filter(person=assessor).values())).encode()
    found["notices"] = repr(list(assessor.notices.values())).encode()
    return found


def found_of(submission, found):
    """Where the learner is told of: address -> by what."""
    learner = submission.learner
    secrets = {*NAME.split(), NAME, ADDRESS, SECOND, learner.public_id}
    told = {address: walking.traces(body, secrets) for address, body in found.items()}
    return {address: by for address, by in told.items() if by}


def reached(found):
    """How many of each sort of address answered with something."""
    sorts = ("/reviews/", "/e/", "export.zip", "manifest.json", "/changes/", "evidence.localhost")
    return {sort: sum(sort in address for address in found) for sort in sorts}


def test_a_blind_assessor_finds_no_trace_before_or_after(there):
    attempt = planted(published_version(blind=True), there)
    submission, learner = attempt.submission, attempt.submission.learner
    assessor, colleague = (assessor_of(submission.achievement) for _one in range(2))

    stages = {"waiting": looked_through(submission, assessor)}
    answered(attempt, assessor, short=True)
    again = verbs.try_again(submission, by=learner)
    verbs.save_draft(
        again, by=learner, edition=0, overview=said_by(learner, "Anew"), what_changed=NAME, declared_own=True
    )
    again = handed_in(again)
    stages["again"] = looked_through(submission, colleague)
    answered(again, colleague, short=False)
    stages["awarded"] = looked_through(submission, assessor)

    assert {name: found_of(submission, found) for name, found in stages.items()} == {name: {} for name in stages}
    assert all(min(reached(found).values()) > 0 for name, found in stages.items() if name != "waiting")
    assert b"decision.made" not in b"".join(stages["waiting"].values())
    unnamed = f"Learner {submission.reference}".encode()
    assert all(unnamed in found["queue, all"] for name, found in stages.items() if name != "awarded")
    assert unnamed in stages["awarded"]["queue, done"]


def test_where_names_are_told_the_same_walk_finds_them(there):
    attempt = planted(published_version(), there)
    assessor = assessor_of(attempt.submission.achievement)

    found = found_of(attempt.submission, looked_through(attempt.submission, assessor))

    learner = attempt.submission.learner
    assert set.union(*found.values()) == {*NAME.split(), NAME, ADDRESS, SECOND, learner.public_id}
    desk, export = (
        f"/reviews/{attempt.public_id}/",
        f"/submissions/{attempt.submission.public_id}/attempts/1/export.zip",
    )
    assert {desk, export, "/reviews/", "queue, all"} <= set(found)
    # Files of every sort: what is told of in their originals is what the copies of the other test had to lose.
    originals = [address for address in found if "evidence.localhost" in address]
    assert len(originals) >= len(FILES) + len(MORE) + len(SOUNDS)
