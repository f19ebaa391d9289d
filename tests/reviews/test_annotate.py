"""Notes that stand on evidence and criteria: who writes, reads, answers and settles them, and what the learner hears."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models.functions import Now

from apps.core import clock, outbox
from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs as issuers
from apps.issuers.models import AchievementVersion
from apps.notices.models import Letter
from apps.reviews import verbs
from apps.reviews.models import Annotation, Assignment, Conflict, Review
from apps.reviews.verbs.carrying import carry_annotations
from apps.submissions import verbs as submissions
from apps.submissions.places import Place
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    browser,
    decided,
    drafted_version,
    marks_for,
    nobody_in,
    open_attempt,
    owner_of,
    person,
    png_upload,
    published_version,
    seated,
    taken_attempt,
)

pytestmark = pytest.mark.django_db

SAID = "Both sides are even here."
AMONG_US = "I have seen this blade elsewhere."


@pytest.fixture
def taken():
    return taken_attempt()


def noted(attempt, by, **facts):
    facts = {"evidence": attempt.evidence.first(), "text": AMONG_US} | facts
    return verbs.annotate(attempt, by=by, **facts)


def edge_of(attempt):
    return attempt.submission.version.criteria.get(position=1)


def two_who_mark_apart():
    """Both have taken it, each for a marking of their own."""
    attempt, first = taken_attempt(published_version(policy="double_blind"))
    second = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=second)
    return attempt, first, second


def sent(attempt, by, *, short=False, **facts):
    return verbs.decide(attempt, by=by, marks=marks_for(attempt, short=short), answers=ALL_GOOD, note="", **facts)


def told_to_the_learner():
    return list(Annotation.objects.told().order_by("pk").values_list("text", flat=True))


# --- writing ----------------------------------------------------------------------------------------------------------
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


# --- what the database holds --------------------------------------------------------------------------------------------
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


# --- changing -----------------------------------------------------------------------------------------------------------
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
    with pytest.raises(Refused, match="elsewhere"):
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


# --- answering and settling ----------------------------------------------------------------------------------------------
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


# --- leases that end ------------------------------------------------------------------------------------------------------
def test_notes_of_an_ended_marking_come_along_when_the_same_assessor_goes_on(taken):
    attempt, assessor = taken
    colleague = assessor_of(attempt.submission.achievement)
    note = noted(attempt, assessor, place=Place(seconds=7), criterion=edge_of(attempt))
    verbs.reply(note, by=colleague, text="So have I.")
    verbs.resolve(note, by=colleague)
    before = Review.objects.get()
    verbs.give_back(attempt.assignments.get(), by=assessor)

    after = verbs.take(attempt, by=assessor).review
    carry_annotations(before, after)

    def told(review):
        return [
            (one.parent_id is None, one.text, one.place, one.criterion, one.by, one.written_at, one.resolved_by)
            for one in review.annotations.order_by("pk")
        ]

    assert told(before) == told(after)
    note.refresh_from_db()
    assert (len(told(after)), note.review) == (2, before)
    assert set(Annotation.objects.newest()) == set(after.annotations.all())
    with pytest.raises(Refused, match="elsewhere"):
        verbs.reply(note, by=colleague, text="Still.")


def test_notes_of_an_ended_marking_are_read_by_who_takes_it_next(taken):
    attempt, assessor = taken
    noted(attempt, assessor)
    verbs.give_back(attempt.assignments.get(), by=assessor)
    colleague = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=colleague)

    page = browser(colleague).get(f"/reviews/{attempt.public_id}/").content.decode()

    assert (AMONG_US in page, "Kept from a marking that ended" in page) == (True, True)


# --- who reads ------------------------------------------------------------------------------------------------------------
def test_among_assessors_everybody_who_may_judge_it_reads(taken):
    attempt, assessor = taken
    note = noted(attempt, assessor)
    colleague = assessor_of(attempt.submission.achievement)
    elsewhere = assessor_of(published_version().achievement)

    readers = (assessor, colleague, elsewhere, attempt.submission.learner, person())
    seen = [list(Annotation.objects.visible_to(reader)) for reader in readers]

    assert seen == [[note], [note], [], [], []]


def test_of_two_who_mark_apart_neither_reads_the_other_before_both_have_sent_theirs():
    attempt, first, second = two_who_mark_apart()
    bystander = assessor_of(attempt.submission.achievement)
    theirs, mine = noted(attempt, first, text="Uneven, I think."), noted(attempt, second, text="Even, I think.")
    both = [theirs.text, mine.text]

    def seen(reader):
        """The same by the rows and on the desk."""
        page = browser(reader).get(f"/reviews/{attempt.public_id}/").content.decode()
        rows = [note.text for note in Annotation.objects.visible_to(reader).order_by("pk")]
        assert [text for text in both if text in page] == rows
        return rows

    assert (seen(first), seen(second), seen(bystander)) == ([theirs.text], [mine.text], [])
    with pytest.raises(PermissionDenied):
        verbs.reply(theirs, by=second, text="What do you mean?")
    assert browser(second).post(f"/reviews/annotations/{theirs.public_id}/reply/", {"text": "?"}).status_code == 404

    sent(attempt, first)
    # Who has sent theirs still reads nothing that the other has not sent.
    assert (seen(first), seen(second), seen(bystander)) == ([theirs.text], [mine.text], [])
    with pytest.raises(PermissionDenied):
        verbs.reply(mine, by=first, text="What do you mean?")

    sent(attempt, second, short=True)
    assert (seen(first), seen(second), seen(bystander)) == (both, both, both)


def test_who_told_of_a_conflict_neither_reads_nor_answers(taken):
    attempt, assessor = taken
    note = noted(attempt, assessor)
    barred = assessor_of(attempt.submission.achievement)
    assert list(Annotation.objects.visible_to(barred)) == [note]

    Conflict.objects.create(submission=attempt.submission, assessor=barred, kind="knows", declared_at=clock.now())

    assert list(Annotation.objects.visible_to(barred)) == []
    with pytest.raises(Refused, match="told us of a conflict"):
        verbs.reply(note, by=barred, text="I know them.")


# --- what the learner hears -------------------------------------------------------------------------------------------------
def everything_the_learner_can_fetch(attempt):
    """Pages, API answers, the archive and letters, as one heap of text."""
    outbox.drain()
    learner = attempt.submission.learner
    client, there = browser(learner), f"/api/v1/submissions/{attempt.submission.public_id}"
    addresses = [
        *(attempt.submission.get_absolute_url(), "/", "/submissions/", "/notices/", "/backpack/"),
        *(f"/e/{piece.public_id}" for piece in attempt.evidence.all()),
        *(f"{there}/", f"{there}/attempts/1/", f"{there}/attempts/1/notes/", f"{there}/attempts/1/evidence/"),
        *(f"{there}/thread/", "/api/v1/notices/", f"{there}/attempts/1/manifest.json"),
    ]
    answers = [client.get(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [200] * len(addresses)
    archive = b"".join(client.get(f"{there}/attempts/1/export.zip").streaming_content)
    assert len(archive) > 1000
    letters = Letter.objects.filter(person=learner).values_list("subject", "text", "html")
    return "\n".join([*(answer.content.decode() for answer in answers), archive.decode("latin-1"), *map(str, letters)])


def test_before_the_decision_the_learner_hears_no_note_and_afterwards_only_those_for_them(taken):
    attempt, assessor = taken
    noted(attempt, assessor, criterion=edge_of(attempt), place=Place(quote="ten knives"), text=SAID, for_learner=True)
    noted(attempt, assessor, text="Show the other side, too.", for_learner=True)
    inner = noted(attempt, assessor, criterion=edge_of(attempt))
    verbs.reply(inner, by=assessor_of(attempt.submission.achievement), text="So have I, at Gore.")
    for_them = (SAID, "Show the other side, too.")
    among_us = (AMONG_US, "So have I, at Gore.")

    before = everything_the_learner_can_fetch(attempt)
    assert [words for words in (*for_them, *among_us) if words in before] == []

    verbs.decide(attempt, by=assessor, marks=marks_for(attempt, short=True), answers=ALL_GOOD, note="Nearly.")

    after = everything_the_learner_can_fetch(attempt)
    assert [words for words in (*for_them, *among_us) if words in after] == list(for_them)


def test_no_note_of_a_marking_that_ended_unsent_ever_reaches_the_learner(taken):
    attempt, assessor = taken
    noted(attempt, assessor, text=SAID, for_learner=True)
    verbs.give_back(attempt.assignments.get(), by=assessor)
    colleague = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=colleague)
    noted(attempt, colleague, text="Show the other side, too.", for_learner=True)
    verbs.decide(attempt, by=colleague, marks=marks_for(attempt), answers=ALL_GOOD, note="")

    heard = everything_the_learner_can_fetch(attempt)

    assert ("Show the other side, too." in heard, SAID in heard) == (True, False)


def test_where_two_agree_the_learner_reads_what_both_wrote_for_them():
    attempt, first, second = two_who_mark_apart()
    noted(attempt, first, text="Of the first.", for_learner=True)
    noted(attempt, first)
    noted(attempt, second, text="Of the second.", for_learner=True)

    sent(attempt, first)
    assert told_to_the_learner() == []
    sent(attempt, second)

    assert told_to_the_learner() == ["Of the first.", "Of the second."]


def test_where_a_lead_chooses_between_two_the_learner_reads_on_each_criterion_what_was_chosen():
    attempt, first, second = two_who_mark_apart()
    edge, safety, care = attempt.submission.version.criteria.all()
    for criterion in (edge, safety, care):
        for marker in (first, second):
            whose = "first" if marker == first else "second"
            noted(attempt, marker, criterion=criterion, text=f"{criterion}: the {whose}.", for_learner=True)
    noted(attempt, second, text="Of the piece: the second.", for_learner=True)
    sent(attempt, first)
    sent(attempt, second, short=True)
    lead = seated("moderator", attempt.submission.achievement.issuer)
    verbs.take(attempt, by=lead)
    noted(attempt, lead, text="Of the lead.", for_learner=True)
    assert told_to_the_learner() == []

    sent(attempt, lead, short=True, adopted={edge: "second", safety: "first", care: "own"})

    assert told_to_the_learner() == ["Edge: the second.", "Safety: the first.", "Of the lead."]


def test_what_a_moderator_looks_at_first_is_not_told_before_and_they_choose_what_is():
    draft = drafted_version(moderation_percent=100)
    AchievementVersion.objects.filter(pk=draft.pk).update(moderation_before=True)
    version = issuers.publish(draft, by=owner_of(draft.achievement.issuer))
    attempt, assessor = taken_attempt(version)
    for text in (SAID, "Show the other side, too."):
        noted(attempt, assessor, text=text, for_learner=True)
    sent(attempt, assessor)
    moderator = seated("moderator", attempt.submission.achievement.issuer)
    assert told_to_the_learner() == []
    held = verbs.take(attempt, by=moderator)
    kept, dropped = held.review.annotations.order_by("pk")

    verbs.remove_annotation(dropped, by=moderator)
    with pytest.raises(PermissionDenied):
        verbs.edit_annotation(kept, by=moderator, text="Their words are not mine.")
    page = browser(moderator).get(f"/reviews/{attempt.public_id}/").content.decode()
    # What was decided on stands beside it, once.
    first = Annotation.objects.get(review__assignment__assessor=assessor, text=SAID)
    assert (f'id="note-{kept.public_id}"' in page, f'id="note-{first.public_id}"' in page) == (True, False)
    verbs.change_decision(
        attempt, by=moderator, marks=marks_for(attempt, short=True), answers=ALL_GOOD, note="", reason="Too high."
    )

    assert told_to_the_learner() == [SAID]


def test_the_learner_reads_it_under_the_criterion_with_a_way_to_the_place(taken):
    attempt, assessor = taken
    piece = attempt.evidence.get()
    note = noted(attempt, assessor, criterion=edge_of(attempt), place=Place(page=2), text=SAID, for_learner=True)
    verbs.decide(attempt, by=assessor, marks=marks_for(attempt, short=True), answers=ALL_GOOD, note="")
    client = browser(attempt.submission.learner)

    page = client.get(attempt.submission.get_absolute_url()).content.decode()
    there = client.get(f"/e/{piece.public_id}").content.decode()

    assert f'href="/e/{piece.public_id}#note-{note.public_id}">1. Log · page 2</a>' in page
    assert (f'id="note-{note.public_id}"' in there, SAID in there, assessor.name in there) == (True, True, False)
    following = submissions.try_again(attempt.submission, by=attempt.submission.learner)
    assert SAID in client.get(following.submission.get_absolute_url()).content.decode()


def test_programs_read_what_the_learner_was_told(taken):
    attempt, assessor = taken
    piece = attempt.evidence.get()
    note = noted(attempt, assessor, criterion=edge_of(attempt), place=Place(seconds=65), text=SAID, for_learner=True)
    noted(attempt, assessor)
    address = f"/api/v1/submissions/{attempt.submission.public_id}/attempts/1/notes/"
    client = browser(attempt.submission.learner)

    before = client.get(address).json()
    verbs.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")
    after = client.get(address).json()

    assert before == []
    assert after == [
        {
            "id": note.public_id,
            "evidence": piece.public_id,
            "criterion": "c1",
            "page": None,
            "seconds": 65,
            "quote": "",
            "text": SAID,
        }
    ]


def test_what_was_told_on_a_piece_stays_hidden_from_strangers_to_whom_the_piece_is_shown(taken):
    attempt, assessor = taken
    noted(attempt, assessor, text=SAID, for_learner=True)
    verbs.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")
    piece = attempt.evidence.get()

    assert SAID in browser(attempt.submission.learner).get(f"/e/{piece.public_id}").content.decode()
    assert SAID not in browser(person()).get(f"/e/{piece.public_id}").content.decode()


# --- pages ------------------------------------------------------------------------------------------------------------------
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
    verbs.give_back(attempt.assignments.get(), by=assessor)
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
