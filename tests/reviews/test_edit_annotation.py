"""Notes said otherwise, taken away, answered, resolved, and taken along into the next marking."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.reviews import verbs
from apps.reviews.models import Annotation, Review
from apps.reviews.verbs.carrying import carry_annotations
from apps.submissions.places import Place
from tests.factories import (
    assessor_of,
    browser,
    person,
    published_version,
    taken_attempt,
)
from tests.reviews.noted import AMONG_US, SAID, edge_of, noted

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken():
    return taken_attempt()


def test_ones_own_note_is_said_otherwise(taken):
    attempt, assessor = taken
    note = verbs.resolve(noted(attempt, assessor), by=assessor)

    verbs.edit_annotation(
        note, by=assessor, text=SAID, place=Place(page=3), criterion=edge_of(attempt), for_learner=True
    )

    note.refresh_from_db()
    assert (note.text, note.place, note.criterion, note.for_learner, note.resolved_at) == (
        SAID,
        Place(page=3),
        edge_of(attempt),
        True,
        None,
    )
    assert note.edited_at is not None
    assert Event.objects.get(kind="annotation.edited").data["text"] == digest(SAID)


def test_ones_own_note_is_taken_away_but_not_what_others_answered(taken):
    attempt, assessor = taken
    lone, answered = noted(attempt, assessor), noted(attempt, assessor, text="And this?")
    verbs.reply(answered, by=assessor_of(attempt.submission.achievement), text="Yes.")

    verbs.remove_annotation(lone, by=assessor)
    with pytest.raises(Refused, match="Others have answered"):
        verbs.remove_annotation(answered, by=assessor)
    with pytest.raises(Refused, match="has moved since"):
        verbs.remove_annotation(lone, by=assessor)

    assert Annotation.objects.get(parent=None) == answered
    assert Event.objects.get(kind="annotation.removed").data["annotation"] == lone.public_id


def test_nobody_changes_anothers_note_or_answer(taken):
    attempt, assessor = taken
    colleague = assessor_of(attempt.submission.achievement)
    note = noted(attempt, assessor)
    answer = verbs.reply(note, by=colleague, text="So have I.")

    for act in (
        lambda: verbs.edit_annotation(note, by=colleague, text="x"),
        lambda: verbs.remove_annotation(note, by=colleague),
        lambda: verbs.edit_annotation(answer, by=assessor, text="x"),
        lambda: verbs.remove_annotation(answer, by=assessor),
    ):
        with pytest.raises(PermissionDenied):
            act()

    verbs.edit_annotation(answer, by=colleague, text="So has my colleague.")
    assert list(Annotation.objects.order_by("pk").values_list("text", flat=True)) == [AMONG_US, "So has my colleague."]


def test_an_answer_that_says_nothing_is_refused(taken):
    attempt, assessor = taken
    answer = verbs.reply(noted(attempt, assessor), by=assessor, text="Hm.")

    with pytest.raises(Refused, match="Write something"):
        verbs.reply(answer, by=assessor, text=" ")
    with pytest.raises(Refused, match="Write something"):
        verbs.edit_annotation(answer, by=assessor, text=" ")


def test_whoever_may_assess_it_answers_and_resolves_and_strangers_do_not(taken):
    attempt, assessor = taken
    note = noted(attempt, assessor)
    colleague, elsewhere = assessor_of(attempt.submission.achievement), assessor_of(published_version().achievement)

    for stranger in (elsewhere, person()):
        with pytest.raises(PermissionDenied):
            verbs.reply(note, by=stranger, text="What is this?")
        with pytest.raises(PermissionDenied):
            verbs.resolve(note, by=stranger)
    with pytest.raises(Refused, match="the work is yours"):
        verbs.reply(note, by=attempt.submission.learner, text="What is this?")

    first = verbs.reply(note, by=colleague, text="So have I.")
    again = verbs.reply(note, by=colleague, text="So have I.")
    below = verbs.reply(first, by=assessor, text="Where?")
    verbs.resolve(note, by=colleague)
    verbs.resolve(note, by=assessor)

    note.refresh_from_db()
    assert (first, first.parent, below.parent, first.for_learner) == (again, note, note, False)
    assert note.resolved_by == colleague
    verbs.unresolve(note, by=assessor)
    verbs.unresolve(note, by=assessor)
    note.refresh_from_db()
    assert note.resolved_at is None
    kinds = Event.objects.filter(kind__startswith="annotation.").order_by("pk").values_list("kind", flat=True)
    assert [kind.partition(".")[2] for kind in kinds] == ["written", "answered", "answered", "resolved", "unresolved"]


def test_what_goes_to_the_learner_is_not_resolved(taken):
    attempt, assessor = taken
    note = noted(attempt, assessor, for_learner=True)

    with pytest.raises(Refused, match="Only a note among assessors"):
        verbs.resolve(note, by=assessor)


def test_notes_of_an_ended_marking_come_along_when_the_same_assessor_goes_on(taken):
    attempt, assessor = taken
    colleague = assessor_of(attempt.submission.achievement)
    note = noted(attempt, assessor, place=Place(seconds=7), criterion=edge_of(attempt))
    verbs.reply(note, by=colleague, text="So have I.")
    verbs.resolve(note, by=colleague)
    before = Review.objects.get()
    verbs.give_back(attempt, by=assessor)

    after = verbs.take(attempt, by=assessor).review
    carry_annotations(before.annotations.all(), after)

    def told(review):
        return [
            (one.parent_id is None, one.text, one.place, one.criterion, one.by, one.written_at, one.resolved_by)
            for one in review.annotations.order_by("pk")
        ]

    assert told(before) == told(after)
    note.refresh_from_db()
    assert (len(told(after)), note.review) == (2, before)
    assert set(Annotation.objects.newest()) == set(after.annotations.all())
    with pytest.raises(Refused, match="has moved since"):
        verbs.reply(note, by=colleague, text="Still.")


def test_notes_of_an_ended_marking_are_read_by_who_takes_it_next(taken):
    attempt, assessor = taken
    noted(attempt, assessor)
    verbs.give_back(attempt, by=assessor)
    colleague = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=colleague)

    page = browser(colleague).get(f"/reviews/{attempt.public_id}/").content.decode()

    assert (AMONG_US in page, "Kept from a marking that ended" in page) == (True, True)
