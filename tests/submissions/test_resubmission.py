"""What was met stays met; what changed from one attempt to the next is told."""

import pytest
from django.db import IntegrityError, transaction

from apps.core.refused import Refused
from apps.credentials.models import Credential
from apps.reviews import verbs as reviews
from apps.submissions import changes, queries, verbs
from apps.submissions.models import EvidenceItem, Finding
from tests.factories import (
    ALL_GOOD,
    assessor_of,
    browser,
    changed,
    decided,
    marks_for,
    nobody_in,
    open_attempt,
    person,
    png_upload,
    second_attempt,
)

pytestmark = pytest.mark.django_db


def test_what_an_earlier_attempt_met_is_known_by_criterion():
    attempt = second_attempt()
    first = attempt.submission.attempts.get(number=1)

    met = queries.met_before(attempt)

    assert {criterion.name: finding.pk for criterion, finding in met.items()} == {
        one.criterion.name: one.pk for one in first.findings.filter(met=True)
    }
    assert sorted(criterion.name for criterion in met) == ["Care", "Safety"]
    assert queries.met_before(first) == {}


def test_deciding_asks_for_the_rest_alone_and_carries_the_locked_levels_over():
    attempt = second_attempt()
    assessor = assessor_of(attempt.submission.achievement)
    reviews.take(attempt, by=assessor)
    marks = marks_for(attempt)
    assert [criterion.name for criterion in marks] == ["Edge"]

    decision = reviews.decide(attempt, by=assessor, marks=marks, answers=ALL_GOOD, note="")

    first = attempt.submission.attempts.get(number=1)
    told = attempt.findings.values_list("criterion__name", "level", "met", "first_met_in")
    assert sorted(told) == [("Care", 2, True, first.pk), ("Edge", 2, True, None), ("Safety", 3, True, first.pk)]
    assert decision.outcome == "meets"
    judged = Credential.objects.get(decision_id=decision.public_id)
    assert judged.earner == attempt.submission.learner


def test_what_was_met_is_not_marked_anew():
    attempt = second_attempt()
    assessor = assessor_of(attempt.submission.achievement)
    reviews.take(attempt, by=assessor)
    locked = next(iter(queries.met_before(attempt)))

    with pytest.raises(Refused, match="was met before, so it stays"):
        reviews.save_marks(attempt, by=assessor, marks={locked: (1, "Hm.")}, answers={}, note="")

    assert attempt.assignments.get().review.marks.count() == 0


def test_in_a_third_attempt_it_is_still_told_where_it_was_met():
    attempt = second_attempt()
    assessor = assessor_of(attempt.submission.achievement)
    reviews.take(attempt, by=assessor)
    reviews.decide(attempt, by=assessor, marks=marks_for(attempt, short=True), answers=ALL_GOOD, note="")
    third = verbs.try_again(attempt.submission, by=attempt.submission.learner)

    met = queries.met_before(third)

    assert {(one.attempt.number, one.origin.number) for one in met.values()} == {(2, 1)}
    assert len(met) == 2


def test_only_what_was_met_may_be_said_to_stay():
    attempt = decided(short=True).attempt

    with pytest.raises(IntegrityError, match="only_what_was_met_stays"), transaction.atomic():
        Finding.objects.create(
            attempt=verbs.try_again(attempt.submission, by=attempt.submission.learner),
            criterion=attempt.findings.first().criterion,
            level=1,
            met=False,
            first_met_in=attempt,
        )


def test_the_desk_shows_locked_rows_and_what_changed_on_top():
    attempt = second_attempt()
    assessor = assessor_of(attempt.submission.achievement)
    reviews.take(attempt, by=assessor)

    page = browser(assessor).get(f"/reviews/{attempt.public_id}/").content.decode()

    assert page.count("Met in attempt 1") == 2
    assert page.count('class="lvl') == 3
    assert "0 of 1 marked." in page
    assert ("Since attempt 1" in page, "Overview changed." in page, "The edge." in page) == (True, True, True)
    assert f"/submissions/{attempt.submission.public_id}/attempts/2/changes/" in page


def changed_attempt():
    """After a “not yet”: a piece more, one gone, one under another name, one that supports less."""
    attempt = open_attempt(learner=person("Huia Wiremu"))
    learner, criteria = attempt.submission.learner, list(attempt.submission.version.criteria.all())
    for title, text in (("Plan", "First wet, then dry."), ("Diary", "Monday: ten knives."), ("Label", "Keep dry.")):
        verbs.add_evidence(attempt, by=learner, kind="text", title=title, text=text, criteria=criteria[:1])
    verbs.submit(attempt, by=learner)
    verbs.freeze(attempt.pk)
    attempt.refresh_from_db()
    assessor = assessor_of(attempt.submission.achievement)
    reviews.take(attempt, by=assessor)
    reviews.decide(attempt, by=assessor, marks=marks_for(attempt, short=True), answers=ALL_GOOD, note="")
    second = verbs.try_again(attempt.submission, by=learner)
    pieces = {piece.title: piece for piece in second.evidence.all()}
    verbs.remove_evidence(pieces["Plan"], by=learner)
    verbs.map_evidence(pieces["Log"], by=learner, criteria=criteria[:1])
    EvidenceItem.objects.filter(pk=pieces["Label"].pk).update(title="What the label says")
    verbs.remove_evidence(pieces["Diary"], by=learner)
    verbs.add_evidence(second, by=learner, kind="text", title="Diary", text="Monday: eleven.", criteria=criteria[:1])
    verbs.add_evidence(
        second, by=learner, kind="image", upload=png_upload(), about=nobody_in("After"), criteria=criteria
    )
    verbs.save_draft(second, by=learner, edition=0, reflection="What I learnt since.")
    second.refresh_from_db()
    return attempt, second


def test_pieces_are_known_again_by_bytes_else_by_title():
    before, after = changed_attempt()

    found = changes.between(before, after, reader=after.submission.learner)

    assert [(one.how, one.shown.title, one.is_remapped) for one in found.pieces] == [
        ("unchanged", "Log", True),
        ("unchanged", "What the label says", False),
        ("changed", "Diary", False),
        ("added", "After", False),
        ("removed", "Plan", False),
    ]
    assert [(one.before, one.after) for one in found.words] == [("What I learnt.", "What I learnt since.")]
    assert found.in_short == (
        "1 piece new, 1 piece removed, 1 piece changed, 1 piece supports something else, reflection changed."
    )


def test_nothing_changed_is_said_too():
    first = decided(short=True).attempt
    second = verbs.try_again(first.submission, by=first.submission.learner)

    assert (
        changes.between(first, second, reader=second.submission.learner).in_short == "No evidence and no words changed."
    )


def test_the_page_of_differences_is_for_the_learner_and_who_may_assess():
    before, after = changed_attempt()
    learner = after.submission.learner
    there = f"/submissions/{after.submission.public_id}/attempts/2/changes/"
    assessor = assessor_of(after.submission.achievement)
    hidden = browser(assessor).get(there).status_code
    changed(after)
    verbs.submit(after, by=learner)
    verbs.freeze(after.pk)

    pages = [browser(one).get(there).content.decode() for one in (learner, assessor)]

    assert hidden == 404
    for page in pages:
        assert [page.count(f'data-how="{how}"') for how in ("unchanged", "changed", "added", "removed")] == [2, 1, 1, 1]
        assert "Was called: Label" in page
        assert before.evidence.get(title="Diary").sha256[:16] in page
    assert learner.name not in pages[1]


@pytest.mark.parametrize(("number", "status"), [("1", 200), ("9", 404), ("0", 404), ("99999", 200), ("x", 200)])
def test_differences_since_what_is_not_there_are_nowhere(number, status):
    attempt = second_attempt()
    client = browser(attempt.submission.learner)
    there = f"/submissions/{attempt.submission.public_id}/attempts/2/changes/"

    assert client.get(there, {"since": number}).status_code == status


@pytest.mark.parametrize("more", [0, 3])
def test_the_differences_ask_as_often_for_many_pieces_as_for_few(django_assert_num_queries, more):
    attempt = second_attempt()
    learner = attempt.submission.learner
    verbs.withdraw(attempt.submission, by=learner)
    third = verbs.reopen(attempt.submission, by=learner)
    for number in range(more):
        verbs.add_evidence(third, by=learner, kind="text", title=f"More {number}", text=f"{number} knives.")

    client = browser(learner)
    with django_assert_num_queries(9):
        page = client.get(f"/submissions/{attempt.submission.public_id}/attempts/3/changes/").content.decode()
    assert page.count('data-how="added"') == more
