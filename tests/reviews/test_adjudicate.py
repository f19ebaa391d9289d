"""Two who marked apart, and a lead who decides between them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.core.refused import Refused
from apps.credentials.models import Credential
from apps.reviews import verbs
from apps.reviews.models import Annotation, Assignment, Decision, Mark, Review
from tests.factories import (
    ALL_GOOD,
    adjudicating,
    assessor_of,
    browser,
    events_of,
    marked_apart,
    marks_for,
    person,
    published_version,
    seated,
    taken_attempt,
)
from tests.reviews.noted import asked_again, looked_at_again, noted, sent, taken_by, two_who_mark_apart

pytestmark = pytest.mark.django_db


def adopt(attempt, whose):
    """The first criterion as that marker gave it, the others, on which both agree, as the first."""
    marks = marks_for(attempt, short=whose == "first")
    first = next(iter(marks))
    return {"marks": marks, "adopted": dict.fromkeys(marks, "first") | {first: whose}, "answers": ALL_GOOD, "note": ""}


@pytest.mark.parametrize(("whose", "outcome"), [("first", "not_yet"), ("second", "meets"), ("own", "meets")])
def test_what_a_lead_adopts_is_decided_and_kept_with_whose_it_was(whose, outcome):
    attempt, lead = adjudicating()

    decision = verbs.decide(attempt, by=lead, **adopt(attempt, whose))

    assert (decision.how, decision.outcome, decision.by) == ("adjudicated", outcome, lead)
    adopted = decision.review.marks.values_list("criterion__name", "adopted")
    assert dict(adopted) == {"Edge": whose, "Safety": "first", "Care": "first"}
    assert Credential.objects.count() == (outcome == "meets")
    kinds = [kind for kind, actor in events_of(attempt.submission) if actor == lead.public_id]
    assert kinds == [
        "assignment.taken",
        "marking.sent",
        "decision.made",
        f"submission.{STATES[outcome]}",
        "decision.released",
    ]


STATES = {"meets": "awarded", "not_yet": "not_yet"}


def test_where_both_agree_nobody_has_to_decide():
    attempt = marked_apart(agreed=True)

    decision = Decision.objects.get()

    assert (decision.how, decision.outcome, decision.note) == ("agreed", "not_yet", "The first.\n\nThe second.")
    assert not attempt.turns.open().exists()


def test_it_begins_with_what_both_found_and_leaves_open_what_differs():
    attempt, _lead = adjudicating()

    review = attempt.assignments.get(turn__part="adjudicate").review

    assert dict(review.marks.values_list("criterion__name", "adopted")) == {"Safety": "first", "Care": "first"}
    assert (review.valid, review.note) == (True, "")


def test_a_level_that_a_marker_did_not_give_is_not_adopted_as_theirs():
    attempt, lead = adjudicating()
    words = adopt(attempt, "second")
    edge = next(iter(words["marks"]))

    with pytest.raises(Refused, match="not the level which that marker gave"):
        verbs.decide(attempt, by=lead, **words | {"adopted": words["adopted"] | {edge: "first"}})
    with pytest.raises(Refused, match="Choose one marker"):
        verbs.decide(attempt, by=lead, **words | {"adopted": words["adopted"] | {edge: "third"}})

    assert verbs.decide(attempt, by=lead, **words)


def test_decided_twice_it_is_decided_once():
    attempt, lead = adjudicating()
    verbs.decide(attempt, by=lead, **adopt(attempt, "first"))

    with pytest.raises(Refused, match="decided already"):
        verbs.decide(attempt, by=lead, **adopt(attempt, "second"))

    assert Decision.objects.count() == 1


def test_neither_marker_nor_an_assessor_without_the_part_decides_between_them():
    attempt = marked_apart()
    marker = attempt.assignments.get(turn__part="first").assessor

    with pytest.raises(Refused, match="waits for a lead"):
        verbs.take(attempt, by=assessor_of(attempt.submission.achievement))
    with pytest.raises(Refused, match="waits for a lead"):
        verbs.take(attempt, by=marker)
    with pytest.raises(PermissionDenied):
        verbs.take(attempt, by=person())

    assert verbs.take(attempt, by=seated("moderator", attempt.submission.achievement.issuer))


def test_before_both_have_sent_nobody_decides_between_them():
    attempt, assessor = taken_attempt(published_version(policy="double_blind"))

    assert verbs.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="") is None

    assert list(attempt.turns.open().values_list("part", flat=True)) == ["second"]
    with pytest.raises(Refused, match="another part"):
        verbs.take(attempt, by=assessor)


def test_the_database_keeps_a_mark_for_each_criterion_and_what_was_sent():
    attempt = marked_apart()
    mark = Mark.objects.filter(review__assignment__turn__part="first").first()

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Mark.objects.create(review=mark.review, criterion=mark.criterion, level=1)

    assert attempt.assignments.count() == 2


def test_the_second_sees_nothing_of_the_first_before_they_send():
    attempt, first = taken_attempt(published_version(policy="double_blind", blind=True))
    User.objects.filter(pk=first.pk).update(name="Kahurangi Ngata")
    User.objects.filter(pk=attempt.submission.learner_id).update(name="Aroha Pickering")
    marks = {criterion: (level, "A secret.") for criterion, (level, _words) in marks_for(attempt).items()}
    verbs.decide(attempt, by=first, marks=marks, answers=ALL_GOOD, note="A secret note.")
    second = assessor_of(attempt.submission.achievement)
    client = browser(second)
    before = client.get(f"/reviews/{attempt.public_id}/").content.decode()
    verbs.take(attempt, by=second)

    pages = [before, client.get(f"/reviews/{attempt.public_id}/").content.decode()]
    pages += [
        client.get(f"/reviews/{attempt.public_id}/story{kind}").content.decode() for kind in ("/", ".csv", ".json")
    ]

    for page in pages:
        for secret in ("A secret", "Kahurangi", "Aroha"):
            assert secret not in page
    assert "the other assessor&#x27;s marks stay hidden until you send yours" in pages[1]
    assert (">Send my marking</button>" in pages[1], "Second marking" in pages[1]) == (True, True)


def test_the_desk_of_a_lead_shows_both_by_criterion_without_their_names():
    attempt, lead = adjudicating()
    names = Assignment.objects.exclude(assessor=lead).values_list("assessor__name", flat=True)

    page = browser(lead).get(f"/reviews/{attempt.public_id}/").content.decode()

    said = ("First marker", "Second marker", "My own", "Set the edge evenly", "The first.", "The second.")
    assert [words for words in said if words not in page] == []
    assert [name for name in names if name in page] == []
    assert (page.count("Both agree"), page.count('class="mark-crit between"')) == (2, 3)
    assert ">Decide between them</button>" in page


def test_while_a_lead_decides_between_two_their_notes_say_first_and_second_and_then_who():
    attempt, *markers = two_who_mark_apart()
    for n, (marker, short) in enumerate(zip(markers, (True, False), strict=True)):
        marker.name = f"Marker {n} of Two"
        marker.save(update_fields=["name"])
        noted(attempt, marker, text=f"Note {n}.")
        sent(attempt, marker, short=short)
    first, second = Annotation.objects.order_by("pk")
    verbs.resolve(first, by=markers[1])
    verbs.reply(second, by=markers[0], text="I saw it too.")
    lead = taken_by(attempt, "moderator")
    client, there = browser(lead), f"/reviews/{attempt.public_id}/"

    open_now = client.get(there).content.decode()
    verbs.decide(attempt, by=lead, **adopt(attempt, "second"))
    after = client.get(there).content.decode()

    assert [
        words for words in ("Note 0.", "Note 1.", "I saw it too.", "Resolved by Second marker") if words not in open_now
    ] == []
    assert (open_now.count("First marker ·"), open_now.count("Second marker ·"), "of Two" in open_now) == (1, 1, False)
    assert "<b>First marker</b>" in open_now
    assert ("Resolved by Marker 1 of Two" in after, "Marker 0 of Two ·" in after) == (True, True)


def test_on_the_page_choosing_brings_level_and_words_and_what_is_typed_instead_stays():
    attempt, lead = adjudicating()
    client, there = browser(lead), f"/reviews/{attempt.public_id}/decide/"
    kept = {"c2-adopted": "first", "c3-adopted": "first", "c2-comment": "Well shown.", "edition": "0"}
    four = dict.fromkeys(("valid", "sufficient", "authentic", "current"), "yes")

    saved = client.post(there, kept | four | {"c1-adopted": "first", "save": "yes"})
    review = attempt.assignments.get(turn__part="adjudicate").review
    brought = review.marks.get(criterion__position=1)
    page = client.get(f"/reviews/{attempt.public_id}/").content.decode()
    mine = {"c1-adopted": "second", "c1-comment": "In my words.", "note": "Mine.", "edition": "1", "decide": "yes"}
    client.post(there, kept | four | mine)

    assert saved.status_code == 302
    assert (brought.level, brought.comment, brought.adopted) == (1, "Set the edge evenly, then show it again.", "first")
    assert "As it stands: not yet, on Edge." in page
    decision = Decision.objects.get()
    told = decision.attempt.findings.get(criterion__position=1)
    assert (decision.outcome, told.level, told.comment, decision.note) == ("meets", 2, "In my words.", "Mine.")


def test_who_chooses_their_own_level_needs_no_radio_beside_it():
    attempt, lead = adjudicating()
    typed = {"c1-level": "3", "c1-comment": "More than needed.", "save": "yes"}

    browser(lead).post(f"/reviews/{attempt.public_id}/decide/", typed)

    mark = attempt.assignments.get(turn__part="adjudicate").review.marks.get(criterion__position=1)
    assert (mark.level, mark.adopted) == (3, "own")


def test_once_it_is_decided_the_desk_tells_how_and_by_whom():
    attempt, lead = adjudicating()
    verbs.decide(attempt, by=lead, **adopt(attempt, "second"))
    names = Assignment.objects.values_list("assessor__name", flat=True)

    page = browser(assessor_of(attempt.submission.achievement)).get(f"/reviews/{attempt.public_id}/").content.decode()

    assert [name for name in names if name not in page] == []
    assert "Decided between two · Meets the rubric" in page


def test_what_was_marked_as_the_first_comes_along_to_whom_the_second_part_falls_then():
    attempt, assessor = taken_attempt(published_version(policy="double_blind"))
    verbs.save_marks(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="Mine.")
    edition = Review.objects.get().edition
    verbs.give_back(attempt, by=assessor)
    verbs.take(attempt, by=assessor_of(attempt.submission.achievement))

    again = verbs.take(attempt, by=assessor)

    assert (again.turn.part, again.review.note, again.review.edition) == ("second", "Mine.", edition)
    assert {mark.criterion: (mark.level, mark.comment) for mark in again.review.marks.all()} == marks_for(attempt)


def test_while_a_lead_decides_and_a_marker_tells_of_a_conflict_nothing_that_was_typed_is_lost():
    attempt, lead = adjudicating()
    verbs.recuse(attempt, by=attempt.assignments.get(turn__part="first").assessor, kind="knows")
    client, there = browser(lead), f"/reviews/{attempt.public_id}/decide/"
    typed = {"c1-adopted": "first", "c1-comment": "In my words.", "edition": "0"}

    saved = client.post(there, typed, headers={"accept": "application/json"})
    page = client.post(there, typed | {"decide": "yes"}).content.decode()

    assert (saved.status_code, saved.json()) == (
        409,
        {"errors": ["You don't hold this any more. Take it again; what you marked is kept."]},
    )
    assert ("You don&#x27;t hold this any more." in page, "In my words." in page) == (True, True)


def test_judged_again_where_the_two_differ_a_lead_decides_between_them():
    attempt = marked_apart(looked_at_again("double_blind"), agreed=True)
    before, lead = Decision.objects.get(), seated("moderator", attempt.submission.achievement.issuer)
    asked_again(attempt)
    for short in (True, False):
        sent(attempt, taken_by(attempt), short=short)

    with pytest.raises(Refused, match="don't hold this"):
        verbs.decide(attempt, by=lead, **adopt(attempt, "second"))
    verbs.take(attempt, by=lead)
    decision = verbs.decide(attempt, by=lead, **adopt(attempt, "second"))

    assert (decision.how, decision.outcome, decision.replaces) == ("adjudicated", "meets", before)
    with pytest.raises(Refused, match="decided already"):
        verbs.decide(attempt, by=lead, **adopt(attempt, "second"))
