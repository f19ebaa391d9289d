"""Work that no assessor could open is refused when it is added, and told of where it is in a draft already."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core import outbox
from apps.core.refused import Refused
from apps.issuers import verbs as issuers
from apps.submissions import blind, queries, showing, verbs
from apps.submissions.masking import Mask
from apps.submissions.models import Attempt, EvidenceItem, ReviewCopy
from tests.factories import (
    OUTCOMES,
    RUBRIC,
    WORDS,
    assessor_of,
    browser,
    nobody_in,
    open_attempt,
    owner_of,
    person,
    png_upload,
    published_version,
)
from tests.factories.uploads import begun, checked_piece, pdf, send, sent_piece, zipped
from tests.submissions import hostile
from tests.together import meanwhile

pytestmark = pytest.mark.django_db
ZIP = zipped(log=b"17 degrees")
REFUSED = (
    "Zip files can't be opened by any assessor of this badge: they don't see whose work it is, and such a file can't "
    "be cleaned of what may reveal it. Add its contents file by file."
)
CLOSED = "No assessor of this badge could open it."
UNCLEANED = "We could not remove what may reveal whose work it is."
LOCKED = "It is locked with a password."
TOLD = "Assessors can't look at it here, but get the file as you added it: see that they can open it."


def begins(attempt):
    return begun(attempt, ZIP, name="Logs.ZIP", kind="data")


def adds(attempt):
    return add(attempt, "logs.zip", ZIP, kind="data")


def adds_under_another_name(attempt):
    return add(attempt, "logs.txt", ZIP, kind="data")


def replaces(attempt):
    return verbs.replace_file(
        add(attempt, "log.txt", b"17 degrees", kind="data"),
        by=attempt.submission.learner,
        upload=SimpleUploadedFile("logs.zip", ZIP),
    )


def add(attempt, name, content, *, kind="document"):
    upload = SimpleUploadedFile(name, content)
    return verbs.add_evidence(
        attempt, by=attempt.submission.learner, kind=kind, upload=upload, about=nobody_in(name.partition(".")[0])
    )


def went_blind(attempt):
    """The badge has a version now whose assessors don't see whose work it is, and the draft goes on with that."""
    achievement = attempt.submission.achievement
    owner = owner_of(achievement.issuer)
    words = WORDS | {"blind": True}
    draft = issuers.draft_next(achievement, by=owner, words=words, rubric=RUBRIC, outcomes=OUTCOMES)
    issuers.publish(draft, by=owner)
    verbs.change_version(attempt.submission, by=attempt.submission.learner)
    return Attempt.objects.get(pk=attempt.pk)


def missing(attempt):
    return [tuple(gap) for gap in verbs.what_is_missing(Attempt.objects.get(pk=attempt.pk))]


def gap(piece, why):
    words = f"Put another file in the place of “{piece.title}”, or take it out: {CLOSED} {why}"
    return (words, f"/evidence/{piece.public_id}/edit/#replace")


def row_of(piece):
    """What the form says of a piece."""
    page = browser(piece.attempt.submission.learner).get(piece.attempt.submission.get_absolute_url()).content.decode()
    return page.partition(f'id="piece-{piece.public_id}"')[2].partition('class="order"')[0]


@pytest.mark.parametrize("act", [begins, adds, adds_under_another_name, replaces])
def test_what_opens_for_no_assessor_is_refused_where_they_do_not_see_whose_it_is(act):
    hidden, seen = open_attempt(published_version(blind=True)), open_attempt()

    with pytest.raises(Refused) as refused:
        act(hidden)

    assert str(refused.value) == REFUSED
    assert act(seen).pk


def test_what_is_a_zip_only_once_it_is_read_is_blocked_and_told():
    hidden, seen = (
        checked_piece(open_attempt(version), ZIP, name="logs.txt", kind="data")
        for version in (published_version(blind=True), published_version())
    )

    assert (hidden.file_state, hidden.blocked_because) == ("blocked", REFUSED)
    assert (seen.file_state, seen.blocked_because) == ("ready", "")
    because = hidden.attempt.submission.learner.notices.get(kind="file_blocked").facts["because"]
    assert because == REFUSED


def test_a_zip_that_was_on_its_way_when_the_version_changed_is_not_added():
    attempt = open_attempt()
    upload = begins(attempt)
    send(upload, ZIP)
    went_blind(attempt)

    with pytest.raises(Refused) as refused:
        verbs.complete_upload(upload, by=upload.learner)

    assert str(refused.value) == REFUSED


@pytest.mark.parametrize("kind", ["document", "data"])
def test_where_a_zip_opens_for_nobody_the_form_asks_for_none(kind):
    def asked(attempt):
        path = f"/submissions/{attempt.submission.public_id}/evidence/?kind={kind}"
        page = browser(attempt.submission.learner).get(path).content.decode()
        return page.partition('id="id_upload_helptext">')[2].partition("</p>")[0]

    hidden, seen = asked(open_attempt(published_version(blind=True))), asked(open_attempt())

    assert (hidden, "zip" in seen) == (
        {"document": "PDF, picture, text or office document.", "data": "CSV, a spreadsheet, text or code."}[kind],
        True,
    )


def test_a_zip_that_is_in_a_draft_already_stands_against_handing_in_once_nobody_could_open_it():
    attempt = open_attempt()
    piece = add(attempt, "logs.zip", ZIP, kind="data")
    learner = attempt.submission.learner
    before = missing(attempt)

    went_blind(attempt)

    assert (before, missing(attempt)) == ([], [gap(piece, UNCLEANED)])
    assert f"{CLOSED} {UNCLEANED} Put another file in its place, or take it out." in row_of(piece)
    there = browser(learner).get(f"/evidence/{piece.public_id}/edit/").content.decode()
    assert '<details class="panel mt-3" id="replace" open>' in there
    assert "PDF, picture" not in there
    assert "CSV, a spreadsheet, text or code." in there
    verbs.replace_file(piece, by=learner, upload=SimpleUploadedFile("log.txt", b"17 degrees"))
    assert (missing(attempt), CLOSED in row_of(piece)) == ([], False)


@pytest.mark.parametrize("hidden", [True, False])
def test_of_a_locked_paper_its_learner_is_told_and_blind_it_stands_against_handing_in(hidden):
    attempt = open_attempt(published_version(blind=hidden))
    piece = add(attempt, "paper.pdf", hostile.pdf(locked="secret"))
    waiting = (missing(attempt), LOCKED in row_of(piece))

    outbox.drain()

    row = row_of(piece)
    assert waiting == ([], False)
    assert missing(attempt) == ([gap(piece, LOCKED)] if hidden else [])
    assert (f"{CLOSED} {LOCKED} Put another file" in row, f"{TOLD} {LOCKED}" in row) == (hidden, not hidden)


@pytest.mark.parametrize("hidden", [True, False])
def test_handed_in_before_anybody_knew_that_it_is_locked_blind_work_comes_back(hidden):
    attempt = open_attempt(published_version(blind=hidden))
    learner = attempt.submission.learner
    piece = add(attempt, "paper.pdf", hostile.pdf(locked="secret"))
    verbs.submit(attempt, by=learner)
    verbs.freeze(attempt.pk)
    before = Attempt.objects.get(pk=attempt.pk).state

    outbox.drain()

    after, told = Attempt.objects.get(pk=attempt.pk).state, learner.notices.filter(kind="file_blocked")
    assert (before, after) == (("checking", "open") if hidden else ("assessable", "assessable"))
    facts = [(one.facts["piece"], one.facts["because"], one.facts["given_back"]) for one in told]
    assert facts == ([("paper", f"{CLOSED} {LOCKED}", True)] if hidden else [])
    if hidden:
        verbs.replace_file(piece, by=learner, upload=SimpleUploadedFile("paper.pdf", hostile.pdf()))
        verbs.submit(attempt, by=learner)
        outbox.drain()
        assert Attempt.objects.get(pk=attempt.pk).state == "assessable"


@pytest.mark.django_db(transaction=True)
def test_work_handed_in_as_the_last_copy_is_made_waits_for_no_other():
    attempt = open_attempt(published_version(blind=True))
    learner = attempt.submission.learner
    piece = add(attempt, "paper.pdf", hostile.pdf())
    assert ReviewCopy.objects.get(original_sha256=piece.sha256).state == "waiting"

    def hand_in():
        verbs.submit(attempt, by=learner)
        verbs.freeze(attempt.pk)

    meanwhile(lambda: verbs.make_copy(piece.sha256), hand_in)

    assert Attempt.objects.get(pk=attempt.pk).state == "assessable"


@pytest.mark.parametrize("hidden", [True, False])
def test_a_text_too_long_to_be_covered_stands_against_handing_in_where_names_are(hidden, monkeypatch):
    monkeypatch.setattr("apps.submissions.blind.MOST_TEXT", 10)
    attempt = open_attempt(published_version(blind=hidden))
    piece, short = (
        add(attempt, f"{name}.csv", words, kind="data") for name, words in [("a", b"1,2,3,4,5,6"), ("b", b"1,2")]
    )

    assert missing(attempt) == (
        [gap(piece, f"{UNCLEANED} It holds more than can be looked through.")] if hidden else []
    )
    assert (CLOSED in row_of(piece), CLOSED in row_of(short)) == (hidden, False)


SAID = "José Zoë: 17 °"


@pytest.mark.parametrize(
    ("content", "rest"),
    [
        (SAID.encode(), ": 17 °"),
        (SAID.encode("cp1252"), ": 17 °"),
        (SAID.encode("utf-16"), ": 17 °"),
        # From one file pasted into another.
        (SAID.encode() + b" \x9617 \xb0", ": 17 ° –17 °"),
    ],
)
def test_in_whatever_letters_a_text_is_saved_a_name_in_it_is_covered(content, rest):
    attempt = open_attempt(published_version(blind=True), learner=person("José Zoë"))
    piece = add(attempt, "log.txt", content)
    verbs.submit(attempt, by=attempt.submission.learner)
    outbox.drain()
    assessor = assessor_of(attempt.submission.achievement)

    (shown,) = showing.show([piece], reader=assessor)
    covered = blind.covered(piece, queries.mask_for(assessor, attempt.submission), None)

    assert (shown.text, covered.content.decode()) == (f"▒▒▒{rest}", f"▒▒▒{rest}")


def test_what_was_handed_in_before_it_was_refused_stays_closed_to_who_may_not_know_whose_it_is(monkeypatch):
    attempt = open_attempt(published_version(blind=True))
    with monkeypatch.context() as before:
        before.setattr("apps.submissions.blind._is_cleaned", lambda _media_type: True)
        piece = add(attempt, "logs.zip", ZIP, kind="data")
        verbs.submit(attempt, by=attempt.submission.learner)
        outbox.drain()
    piece.refresh_from_db()

    (shown,) = showing.show([piece], reader=assessor_of(attempt.submission.achievement))
    covered = blind.covered(piece, Mask(), None)

    assert (shown.looks, shown.said, shown.address, shown.original) == ("unshown", UNCLEANED, "", "")
    assert covered == blind.Covered(why=UNCLEANED)


def test_what_waits_to_be_read_and_what_was_blocked_is_told_of_once():
    attempt = open_attempt(published_version(blind=True))
    sent_piece(attempt, pdf(), name="a.pdf", kind="document")
    before = missing(attempt)
    blocked = checked_piece(attempt, pdf()[:-6], name="b.pdf", kind="document")
    EvidenceItem.objects.filter(pk=blocked.pk).update(title="b")

    words = "Put another file in the place of “b”, or take it out: That PDF is broken: it could not be read to its end."
    assert (before, [said for said, _there in missing(attempt) if "“b”" in said]) == ([], [words])


@pytest.mark.parametrize("hidden", [True, False])
def test_the_form_asks_the_same_however_many_files(hidden, django_assert_max_num_queries):
    counts = []
    for number in (1, 3):
        attempt = open_attempt(published_version(blind=hidden))
        for colour in ("red", "blue", "olive")[:number]:
            upload, said = png_upload(colour=colour), nobody_in(colour)
            verbs.add_evidence(attempt, by=attempt.submission.learner, kind="image", upload=upload, about=said)
        ReviewCopy.objects.update(state="none", reason="broken")
        client = browser(attempt.submission.learner)
        with django_assert_max_num_queries(60) as asked:
            page = client.get(attempt.submission.get_absolute_url()).content.decode()
        counts.append(len(asked))
        # In the row of each, and blind among what is missing.
        assert page.count(f"{CLOSED} It is damaged" if hidden else TOLD) == (2 * number if hidden else number)

    assert counts[0] == counts[1]
