"""Notes at the desk: by plain forms, by a script, and for who may only read."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from apps.core import outbox
from apps.reviews import verbs
from apps.reviews.models import Annotation, Assignment, Review
from apps.submissions import verbs as submissions
from apps.submissions.places import Place
from tests.factories import (
    ALL_GOOD,
    assessor_of,
    browser,
    decided,
    marks_for,
    nobody_in,
    open_attempt,
    person,
    png_upload,
    published_version,
    taken_attempt,
)
from tests.reviews.noted import AMONG_US, SAID, edge_of, noted

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken():
    return taken_attempt()


def test_a_note_is_written_answered_resolved_and_removed_by_plain_forms(taken):
    attempt, assessor = taken
    client, piece = browser(assessor), attempt.evidence.get()
    desk = f"/reviews/{attempt.public_id}/"

    written = client.post(
        f"{desk}annotate/",
        {
            "evidence": piece.public_id,
            "place": "page 2, no burr",
            "criterion": "c1",
            "text": SAID,
            "readers": "learner",
        },
    )
    note = Annotation.objects.get()
    assert written.url == f"{desk}#note-{note.public_id}"
    assert (note.place, note.criterion, note.for_learner) == (Place(2, None, "no burr"), edge_of(attempt), True)
    page = client.get(desk).content.decode()
    assert (page.count(f'id="note-{note.public_id}" class="noted to-learner"'), SAID in page) == (1, True)

    act = f"/reviews/annotations/{note.public_id}"
    edit = client.get(f"{act}/edit/").content.decode()
    assert (SAID in edit, 'value="page 2 · “no burr”"' in edit) == (True, True)
    client.post(f"{act}/edit/", {"place": "3:12", "criterion": "", "text": AMONG_US, "readers": "internal"})
    client.post(f"{act}/reply/", {"text": "So have I."})
    client.post(f"{act}/resolve/")
    note.refresh_from_db()
    assert (note.place, note.criterion, note.for_learner, note.resolved_by) == (
        Place(seconds=192),
        None,
        False,
        assessor,
    )
    assert "So have I." in client.get(desk).content.decode()
    client.post(f"{act}/unresolve/")
    assert client.post(f"{act}/remove/").url == f"{desk}#piece-{piece.public_id}"
    assert not Annotation.objects.exists()


def test_a_note_that_is_refused_comes_back_with_every_word(taken):
    attempt, assessor = taken
    verbs.give_back(attempt, by=assessor)
    typed = {"evidence": attempt.evidence.get().public_id, "place": "page 2", "text": SAID, "readers": "learner"}

    answer = browser(assessor).post(f"/reviews/{attempt.public_id}/annotate/", typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert [words for words in (SAID, 'value="page 2"', "hold this any more") if words not in page] == []
    assert 'value="learner" checked' in page


def test_evidence_is_cited_from_the_form_of_the_marks_and_what_was_typed_there_is_kept(taken):
    attempt, assessor = taken
    piece = attempt.evidence.get()
    typed = {"c1-level": "2", "c1-comment": "Nearly even.", "note": "Good.", "c1-cite-evidence": piece.public_id}

    answer = browser(assessor).post(
        f"/reviews/{attempt.public_id}/annotate/",
        typed | {"c1-cite-place": "p. 4", "c1-cite-readers": "learner", "cite": "c1"},
    )

    note, review = Annotation.objects.get(), Review.objects.get()
    assert answer.url == f"/reviews/{attempt.public_id}/#c1"
    assert (note.evidence, note.criterion, note.place, note.for_learner) == (
        piece,
        edge_of(attempt),
        Place(page=4),
        True,
    )
    assert (review.note, review.marks.get(criterion=edge_of(attempt)).comment) == ("Good.", "Nearly even.")
    page = browser(assessor).get(f"/reviews/{attempt.public_id}/").content.decode()
    assert f'href="#note-{note.public_id}"' in page


def test_citing_after_the_lease_ran_out_gives_the_desk_back_with_what_was_typed(taken):
    attempt, assessor = taken
    Assignment.objects.update(taken_at=Now() - timedelta(hours=9), until=Now() - timedelta(seconds=1))
    typed = {"c1-level": "1", "note": "Nearly there.", "cite": "c1"}

    answer = browser(assessor).post(f"/reviews/{attempt.public_id}/annotate/", typed)

    assert (answer.status_code, "Nearly there." in answer.content.decode()) == (409, True)


def test_a_script_gets_the_parts_of_the_desk_that_changed_and_saves_no_marks(taken):
    attempt, assessor = taken
    client, piece = browser(assessor), attempt.evidence.get()
    address, scripted = f"/reviews/{attempt.public_id}/annotate/", {"hx-request": "true"}

    cited = client.post(
        address, {"cite": "c1", "c1-cite-evidence": piece.public_id, "note": "Not yet."}, headers=scripted
    )
    refused = client.post(address, {"evidence": piece.public_id, "text": "", "readers": "internal"}, headers=scripted)
    unchosen = client.post(address, {"cite": "c1"}, headers=scripted)

    parts = cited.content.decode()
    assert [
        part for part in (f"notes-{piece.public_id}", "notes-rubric", "cites-c1", "cites-c3") if part not in parts
    ] == []
    assert (refused.status_code, refused.content.decode()) == (
        422,
        "Write something first, or choose the criterion that this piece is cited for.",
    )
    assert (unchosen.status_code, Review.objects.get().note) == (422, "")


def test_who_reads_only_sees_the_notes_and_no_form_for_one_more(taken):
    attempt, assessor = taken
    noted(attempt, assessor)
    colleague = browser(assessor_of(attempt.submission.achievement))

    page = colleague.get(f"/reviews/{attempt.public_id}/").content.decode()

    assert (AMONG_US in page, "Keep the note" in page, "/reply/" in page, "/edit/" in page) == (
        True,
        False,
        True,
        False,
    )


def test_notes_of_work_elsewhere_are_not_there(taken):
    attempt, assessor = taken
    note = noted(attempt, assessor)
    act = f"/reviews/annotations/{note.public_id}"
    strangers = (assessor_of(published_version().achievement), person(), attempt.submission.learner)

    answers = {
        browser(stranger).post(f"{act}/{verb}/", {"text": "x"}).status_code
        for stranger in strangers
        for verb in ("edit", "remove", "reply", "resolve", "unresolve")
    }
    own = {browser(assessor_of(attempt.submission.achievement)).get(f"{act}/edit/").status_code}

    assert (answers, own) == ({404}, {404})


def with_pieces(number):
    attempt = open_attempt()
    learner = attempt.submission.learner
    for colour in ("red", "blue", "olive")[:number]:
        picture = png_upload(colour=colour)
        submissions.add_evidence(attempt, by=learner, kind="image", upload=picture, about=nobody_in(colour))
    submissions.submit(attempt, by=learner)
    submissions.freeze(attempt.pk)
    attempt.refresh_from_db()
    assessor = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=assessor)
    for piece in attempt.evidence.filter(kind="image"):
        note = noted(attempt, assessor, evidence=piece, criterion=edge_of(attempt), for_learner=True)
        verbs.reply(note, by=assessor, text="Hm.")
    return attempt, assessor


@pytest.mark.parametrize("number", [1, 3])
def test_the_notes_of_one_piece_and_of_three_ask_the_same(
    django_assert_max_num_queries, django_assert_num_queries, number
):
    attempt, assessor = with_pieces(number)
    desk, mine = browser(assessor), browser(attempt.submission.learner)

    with django_assert_max_num_queries(27):
        page = desk.get(f"/reviews/{attempt.public_id}/").content.decode()
    assert page.count('class="noted to-learner"') == number
    verbs.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")
    outbox.drain()
    with django_assert_num_queries(24):
        told = mine.get(attempt.submission.get_absolute_url()).content.decode()
    assert told.count("#note-") == number
    with django_assert_num_queries(4):
        assert len(mine.get(f"/api/v1/submissions/{attempt.submission.public_id}/attempts/1/notes/").json()) == number


def test_decided_work_shows_its_notes_to_who_assesses():
    decision = decided()

    page = browser(decision.by).get(f"/reviews/{decision.attempt.public_id}/").content.decode()

    assert ("Add a note" in page, "Notes on Log" in page) == (False, True)
