"""Notes written on evidence and criteria: at which place, by whom, and what the database refuses."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models.functions import Now

from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.reviews import verbs
from apps.reviews.models import Annotation, Assignment
from apps.submissions.places import Place
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    marks_for,
    person,
    taken_attempt,
)
from tests.reviews.noted import AMONG_US, SAID, edge_of, noted

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken():
    return taken_attempt()


def test_a_note_stands_at_its_place_and_leaves_its_trail(taken):
    attempt, assessor = taken
    piece = attempt.evidence.get()

    note = verbs.annotate(
        attempt,
        by=assessor,
        evidence=piece,
        criterion=edge_of(attempt),
        place=Place(2, 192, "no burr"),
        text=SAID,
        for_learner=True,
    )

    note.refresh_from_db()
    assert (
        note.review.assignment.assessor,
        note.evidence,
        note.criterion,
        note.place,
        note.text,
        note.for_learner,
    ) == (
        assessor,
        piece,
        edge_of(attempt),
        Place(2, 192, "no burr"),
        SAID,
        True,
    )
    event = Event.objects.get(kind="annotation.written")
    assert (event.subject_id, event.actor_id, event.data) == (
        attempt.submission.public_id,
        assessor.public_id,
        {"annotation": note.public_id, "for_learner": True, "text": digest(SAID)},
    )


def test_evidence_is_cited_for_a_criterion_without_a_word(taken):
    attempt, assessor = taken

    note = noted(attempt, assessor, criterion=edge_of(attempt), place=Place(page=4), text="")

    assert (str(note), note.for_learner) == ("page 4", False)


def test_the_same_note_sent_twice_stands_there_once(taken):
    attempt, assessor = taken

    first, second = noted(attempt, assessor), noted(attempt, assessor)

    assert (first, Annotation.objects.count(), Event.objects.filter(kind="annotation.written").count()) == (
        second,
        1,
        1,
    )


def test_who_holds_it_writes_and_nobody_else(taken):
    attempt, holder = taken
    colleague = assessor_of(attempt.submission.achievement)

    with pytest.raises(Refused, match=f"{holder.name} holds this"):
        noted(attempt, colleague)
    with pytest.raises(PermissionDenied):
        noted(attempt, person())
    with pytest.raises(Refused, match="the work is yours"):
        noted(attempt, attempt.submission.learner)

    assert noted(attempt, holder)


def test_when_the_lease_ran_out_no_note_is_written(taken):
    attempt, assessor = taken
    assert noted(attempt, assessor)
    Assignment.objects.update(taken_at=Now() - timedelta(hours=9), until=Now() - timedelta(seconds=1))

    with pytest.raises(Refused, match="ran out"):
        noted(attempt, assessor, text="Later.")


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"evidence": None, "text": SAID}, "Say what the note is about"),
        ({"text": "  \n"}, "Write something first, or choose the criterion"),
        ({"text": "x" * 2001}, "up to 2000 characters"),
    ],
)
def test_a_note_that_says_nothing_of_nothing_is_refused(taken, about, why):
    attempt, assessor = taken

    with pytest.raises(Refused, match=why):
        noted(attempt, assessor, **about)

    assert not Annotation.objects.exists()


def test_a_place_is_in_a_piece_and_pieces_and_criteria_are_of_this_work(taken):
    attempt, assessor = taken
    other = assessable_attempt()

    with pytest.raises(Refused, match="Choose the piece"):
        noted(attempt, assessor, evidence=None, criterion=edge_of(attempt), place=Place(page=2))
    with pytest.raises(Refused, match="not part of this attempt"):
        noted(attempt, assessor, evidence=other.evidence.get())
    with pytest.raises(Refused, match="not in this rubric"):
        noted(attempt, assessor, criterion=edge_of(other))

    assert not Annotation.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"evidence": None},
        {"text": ""},
        {"page": 0},
        {"resolved_at": Now()},
        {"evidence": None, "criterion": "edge", "page": 2},
        {"criterion": "another's"},
        {"evidence": "another's"},
        {"parent": "another's"},
    ],
)
def test_the_database_refuses_what_no_note_is(taken, change):
    attempt, assessor = taken
    note = noted(attempt, assessor)
    other, another = taken_attempt()
    theirs = {
        "criterion": edge_of(other),
        "evidence": other.evidence.get(),
        "parent": noted(other, another),
    }
    change = {
        name: theirs[name] if value == "another's" else edge_of(attempt) if value == "edge" else value
        for name, value in change.items()
    }

    with pytest.raises(DatabaseError), transaction.atomic():
        Annotation.objects.filter(pk=note.pk).update(**change)

    Annotation.objects.filter(pk=note.pk).update(text="Said otherwise.")


def test_what_was_sent_is_never_changed_but_is_answered_and_resolved(taken):
    attempt, assessor = taken
    note = noted(attempt, assessor)
    verbs.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")

    for act in (
        lambda: Annotation.objects.filter(pk=note.pk).update(text="Something else."),
        lambda: Annotation.objects.filter(pk=note.pk).update(for_learner=True),
        lambda: Annotation.objects.filter(pk=note.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            act()
    with pytest.raises(Refused, match="was sent"):
        verbs.edit_annotation(note, by=assessor, text="Something else.")
    with pytest.raises(Refused, match="was sent"):
        verbs.remove_annotation(note, by=assessor)

    verbs.reply(note, by=assessor, text="It was another's.")
    verbs.resolve(note, by=assessor)
    note.refresh_from_db()
    assert (note.text, note.answers.get().text, note.resolved_by) == (AMONG_US, "It was another's.", assessor)
