"""Who reads a note: assessors among themselves, and its learner with the decision."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.core import clock, outbox
from apps.core.refused import Refused
from apps.issuers import verbs as issuers
from apps.issuers.models import AchievementVersion
from apps.notices.models import Letter
from apps.reviews import verbs
from apps.reviews.models import Annotation, Conflict
from apps.submissions import verbs as submissions
from apps.submissions.places import Place
from tests.factories import (
    ALL_GOOD,
    assessor_of,
    browser,
    drafted_version,
    marks_for,
    owner_of,
    person,
    published_version,
    seated,
    taken_attempt,
)
from tests.reviews.noted import (
    AMONG_US,
    SAID,
    asked_again,
    edge_of,
    looked_at_again,
    noted,
    sent,
    taken_by,
    told_to_the_learner,
    two_who_mark_apart,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken():
    return taken_attempt()


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
    with pytest.raises(Refused, match="declared a conflict"):
        verbs.reply(note, by=barred, text="I know them.")


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
    verbs.give_back(attempt, by=assessor)
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


def both_noted(attempt, *markers, words):
    """Each wrote one note for the learner, on the first criterion."""
    for marker, whose in zip(markers, ("first", "second"), strict=True):
        noted(attempt, marker, criterion=edge_of(attempt), text=f"{words}: the {whose}.", for_learner=True)


def noted_apart():
    """Two marked it apart and each wrote a note for the learner, of work at whose decision a moderator looks."""
    attempt, first, second = two_who_mark_apart(looked_at_again("double_blind"))
    both_noted(attempt, first, second, words="Before")
    return attempt, first, second


def test_judged_again_where_two_agree_the_learner_reads_those_on_whose_word_it_stands():
    attempt, first, second = noted_apart()
    sent(attempt, first)
    sent(attempt, second)
    before = ["Before: the first.", "Before: the second."]
    asked_again(attempt)
    first, second = taken_by(attempt), taken_by(attempt)
    both_noted(attempt, first, second, words="Anew")
    assert told_to_the_learner() == before

    sent(attempt, second)
    assert told_to_the_learner() == before
    sent(attempt, first)

    assert told_to_the_learner() == ["Anew: the first.", "Anew: the second."]


def test_judged_again_where_a_lead_chooses_the_learner_reads_what_was_chosen_last():
    attempt, first, second = noted_apart()
    edge, safety, care = attempt.submission.version.criteria.all()
    sent(attempt, first)
    sent(attempt, second, short=True)
    chosen = {edge: "second", safety: "first", care: "first"}
    sent(attempt, taken_by(attempt, "moderator"), short=True, adopted=chosen)
    assert told_to_the_learner() == ["Before: the second."]
    asked_again(attempt)
    first, second = taken_by(attempt), taken_by(attempt)
    both_noted(attempt, first, second, words="Anew")

    sent(attempt, first)
    sent(attempt, second, short=True)
    assert told_to_the_learner() == ["Before: the second."]
    sent(attempt, taken_by(attempt, "moderator"), short=True, adopted=chosen)

    assert told_to_the_learner() == ["Anew: the second."]


@pytest.mark.parametrize("agreed", [True, False])
def test_what_a_moderator_changes_begins_with_all_that_the_learner_was_told(agreed):
    attempt, first, second = noted_apart()
    noted(attempt, second, text="Of the piece: the second.", for_learner=True)
    noted(attempt, second)
    edge, safety, care = attempt.submission.version.criteria.all()
    sent(attempt, first, short=agreed)
    sent(attempt, second, short=True)
    if not agreed:
        chosen = {edge: "second", safety: "first", care: "first"}
        sent(attempt, taken_by(attempt, "moderator"), short=True, adopted=chosen)
    told = told_to_the_learner()

    moderator = taken_by(attempt, "moderator")
    verbs.change_decision(
        attempt, by=moderator, marks=marks_for(attempt), answers=ALL_GOOD, note="", reason="It is even."
    )

    both = ["Before: the first.", "Before: the second.", "Of the piece: the second."]
    assert told == (both if agreed else ["Before: the second."])
    assert sorted(told_to_the_learner()) == told


def test_fresh_eyes_read_no_note_from_before_it_was_to_be_judged_again():
    attempt, before = taken_attempt(looked_at_again("single"))
    noted(attempt, before, text="Of who marked it.")
    sent(attempt, before)
    moderator = taken_by(attempt, "moderator")
    noted(attempt, moderator, text="Of who moderates.")
    verbs.ask_again(attempt, by=moderator, reason="The second film shows another blade.")
    fresh = taken_by(attempt)
    noted(attempt, fresh, text="Of fresh eyes.")
    everything = ["Of who marked it.", "Of who moderates.", "Of fresh eyes."]

    def seen(reader):
        """The same by the rows and on the desk."""
        page = browser(reader).get(f"/reviews/{attempt.public_id}/").content.decode()
        rows = [note.text for note in Annotation.objects.visible_to(reader).newest().order_by("pk")]
        assert [text for text in everything if text in page] == [text for text in everything if text in rows]
        return [text for text in everything if text in rows]

    assert seen(fresh) == ["Of fresh eyes."]
    # Who moderated began with what stood there, and has read it.
    assert (seen(before), seen(moderator)) == (["Of who marked it.", "Of fresh eyes."], everything)
    sent(attempt, fresh)
    assert (seen(fresh), seen(before), seen(moderator)) == (everything, everything, everything)


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
