"""For a criterion that isn't met: whether to revise what was handed in, or to bring new evidence."""

import json
import re

import pytest
from django.db import IntegrityError, transaction

from apps.core import outbox
from apps.core.models import Event
from apps.core.refused import Refused
from apps.notices.models import Letter
from apps.reviews import verbs
from apps.reviews.models import Decision, Mark
from apps.submissions import queries as work
from apps.submissions import verbs as submissions
from apps.submissions.models import Finding
from tests.factories import ALL_GOOD, browser, marks_for, published_version, taken_attempt
from tests.issuers.test_api import program
from tests.reviews.noted import edge_of, looked_at_again, taken_by, two_who_mark_apart

pytestmark = pytest.mark.django_db


def said(attempt, step="new_evidence", *, short=True, note="Nearly there.", **more):
    """A marking whose first criterion, unless it isn't `short`, is below its level, with a next step."""
    marks = marks_for(attempt, short=short)
    return {"marks": marks, "next_steps": {edge_of(attempt): step}, "answers": ALL_GOOD, "note": note} | more


def steps_in(review):
    return dict(review.marks.values_list("criterion__name", "next_step"))


def told(attempt):
    return dict(attempt.findings.values_list("criterion__name", "next_step"))


def letter_of(kind):
    outbox.drain()
    return Letter.objects.filter(kind=kind).latest("pk")


@pytest.mark.parametrize("step", ["revise", "new_evidence", ""])
def test_a_decision_tells_the_next_step_that_was_chosen(step):
    attempt, assessor = taken_attempt()

    decision = verbs.decide(attempt, by=assessor, **said(attempt, step))

    assert (decision.outcome, steps_in(decision.review)) == ("not_yet", {"Edge": step, "Safety": "", "Care": ""})
    assert told(attempt) == {"Edge": step, "Safety": "", "Care": ""}
    assert [event.data for event in Event.objects.all() if "next_step" in str(event.data)] == []


@pytest.mark.parametrize(
    ("step", "line", "in_html"),
    [
        ("revise", "- Edge (Revise this): Set the edge evenly, then show it again.", ["Revise this"]),
        ("", "- Edge: Set the edge evenly, then show it again.", []),
    ],
)
def test_the_letter_says_it_beside_the_criterion(step, line, in_html):
    attempt, assessor = taken_attempt()

    verbs.decide(attempt, by=assessor, **said(attempt, step))

    letter = letter_of("not_yet")
    assert [one for one in letter.text.splitlines() if one.startswith("- ")] == [line]
    assert re.findall("<strong>(.*?)</strong>", letter.html) == in_html


def test_a_next_step_does_not_stand_in_for_the_comment():
    attempt, assessor = taken_attempt()
    marks = marks_for(attempt) | {edge_of(attempt): (1, "")}

    with pytest.raises(Refused, match="Say what to change for “Edge”"):
        verbs.decide(attempt, by=assessor, **said(attempt, marks=marks))


def test_a_level_that_meets_the_criterion_or_none_clears_it():
    attempt, assessor = taken_attempt()
    edge = edge_of(attempt)
    below = steps_in(verbs.save_marks(attempt, by=assessor, **said(attempt)))

    met = steps_in(verbs.save_marks(attempt, by=assessor, **said(attempt, short=False)))
    unmarked = verbs.save_marks(attempt, by=assessor, **said(attempt, marks={edge: (None, "Which film?")}))

    assert (below["Edge"], met["Edge"], steps_in(unmarked)["Edge"]) == ("new_evidence", "", "")


def test_what_is_not_among_the_next_steps_is_refused():
    attempt, assessor = taken_attempt()

    with pytest.raises(Refused, match="Choose “Revise this” or “New evidence needed”, or neither"):
        verbs.save_marks(attempt, by=assessor, **said(attempt, "start_again"))

    assert not Mark.objects.exists()


@pytest.mark.parametrize("outcome", ["awarded", "declined"])
def test_nothing_is_left_to_do_about_work_that_was_awarded_or_declined(outcome):
    attempt, assessor = taken_attempt()
    care = attempt.submission.version.criteria.get(required=False)
    marked = said(attempt, declines=True) if outcome == "declined" else said(attempt, short=False)
    marked["marks"][care] = (1, "Oil it after use.")
    marked["next_steps"][care] = "revise"

    decision = verbs.decide(attempt, by=assessor, **marked)

    attempt.submission.refresh_from_db()
    assert (attempt.submission.state, steps_in(decision.review)["Care"]) == (outcome, "revise")
    assert told(attempt) == {"Edge": "", "Safety": "", "Care": ""}


def test_the_database_keeps_it_to_levels_that_were_given_and_criteria_that_were_not_met():
    attempt, assessor = taken_attempt()
    review = verbs.save_marks(attempt, by=assessor, **said(attempt))

    with pytest.raises(IntegrityError, match="a_next_step_goes_with_a_level"), transaction.atomic():
        review.marks.update(level=None)
    with pytest.raises(IntegrityError, match="what_was_met_needs_no_next_step"), transaction.atomic():
        Finding.objects.create(attempt=attempt, criterion=edge_of(attempt), level=2, met=True, next_step="revise")


def test_what_was_sent_and_told_is_never_changed():
    attempt, assessor = taken_attempt()
    verbs.decide(attempt, by=assessor, **said(attempt))

    for kept in (Mark.objects.exclude(next_step=""), Finding.objects.exclude(next_step="")):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            kept.update(next_step="revise")


# --- carried over -----------------------------------------------------------------------------------------------------
def test_a_lease_that_is_taken_again_goes_on_with_it():
    attempt, assessor = taken_attempt()
    verbs.save_marks(attempt, by=assessor, **said(attempt))
    verbs.give_back(attempt, by=assessor)

    again = verbs.take(attempt, by=assessor).review

    assert steps_in(again) == {"Edge": "new_evidence", "Safety": "", "Care": ""}


def test_what_is_passed_back_goes_on_with_it_and_a_grant_tells_it():
    attempt, assessor = taken_attempt(published_version(policy="four_eyes"))
    verbs.decide(attempt, by=assessor, **said(attempt))
    granter = taken_by(attempt)
    verbs.pass_back(attempt, by=granter, reason="Look at the second film.")

    again = verbs.take(attempt, by=assessor).review
    carried = steps_in(again)
    verbs.decide(attempt, by=assessor, **said(attempt, "revise"))
    verbs.take(attempt, by=granter)
    verbs.grant(attempt, by=granter)

    assert (carried["Edge"], told(attempt)["Edge"]) == ("new_evidence", "revise")


def test_two_who_give_the_same_levels_agree_and_the_first_ones_next_step_is_told():
    attempt, first, second = two_who_mark_apart()
    verbs.decide(attempt, by=first, **said(attempt, "revise"))

    decision = verbs.decide(attempt, by=second, **said(attempt, "new_evidence"))

    assert (decision.how, told(attempt)["Edge"]) == ("agreed", "revise")


def who_differ(version=None):
    """Both are below what is needed on the first criterion, the second marker on the next one too; and a lead has it."""
    attempt, first, second = two_who_mark_apart(version)
    safety = attempt.submission.version.criteria.get(position=2)
    verbs.decide(attempt, by=first, **said(attempt, "revise"))
    marks = marks_for(attempt, short=True) | {safety: (1, "Wear the glove.")}
    steps = {edge_of(attempt): "new_evidence", safety: "new_evidence"}
    verbs.decide(attempt, by=second, **said(attempt, marks=marks, next_steps=steps))
    return attempt, taken_by(attempt, "moderator")


@pytest.mark.parametrize(
    ("whose", "steps"),
    [
        ({"Edge": "first", "Safety": "second"}, {"Edge": "revise", "Safety": "new_evidence"}),
        ({"Edge": "second", "Safety": "first"}, {"Edge": "new_evidence", "Safety": ""}),
        ({"Edge": "own", "Safety": "own"}, {"Edge": "", "Safety": "revise"}),
    ],
)
def test_a_lead_who_adopts_a_level_adopts_the_next_step_with_it(whose, steps):
    attempt, lead = who_differ()
    begun = steps_in(attempt.assignments.get(turn__part="adjudicate").review)
    rubric = {one.name: one for one in attempt.submission.version.criteria.all()}
    adopted = {rubric[name]: side for name, side in (whose | {"Care": "first"}).items()}
    safety = (3, "Well shown.") if whose["Safety"] == "first" else (1, "Wear the glove.")
    marks = marks_for(attempt, short=True) | {rubric["Safety"]: safety}
    own = {rubric["Safety"]: "revise"}

    decision = verbs.decide(attempt, by=lead, **said(attempt, marks=marks, next_steps=own, adopted=adopted))

    assert begun == {"Edge": "revise", "Care": ""}
    assert steps_in(decision.review) == told(attempt) == steps | {"Care": ""}


def test_a_moderator_begins_with_it_and_another_one_is_a_change():
    attempt, assessor = taken_attempt(looked_at_again("single"))
    verbs.decide(attempt, by=assessor, **said(attempt, "revise"))
    moderator = taken_by(attempt, "moderator")
    begun = steps_in(attempt.assignments.get(turn__part="moderate").review)
    why = {"reason": "There is one film, and it shows another blade."}

    with pytest.raises(Refused, match="Agree, or change something"):
        verbs.change_decision(attempt, by=moderator, **said(attempt, "revise"), **why)
    verbs.change_decision(attempt, by=moderator, **said(attempt, "new_evidence"), **why)

    before = work.told_before(attempt)[0].findings
    assert (begun["Edge"], told(attempt)["Edge"]) == ("revise", "new_evidence")
    assert [(one.criterion.name, one.next_step) for one in before if not one.met] == [("Edge", "revise")]
    letter = letter_of("decided_anew")
    assert "- Edge (New evidence needed): Set the edge evenly, then show it again." in letter.text
    assert "<strong>New evidence needed</strong>" in letter.html


def test_on_an_appeal_it_may_be_another_one():
    attempt, assessor = taken_attempt()
    verbs.decide(attempt, by=assessor, **said(attempt, "new_evidence"))
    learner = attempt.submission.learner
    verbs.lodge_appeal(attempt.submission, by=learner, ground="evidence", grounds="It is all there.")
    lead = taken_by(attempt, "moderator")

    verbs.answer_appeal(attempt, by=lead, **said(attempt, "revise"), reason="It is, but for its end.")

    assert (Decision.objects.latest("pk").how, told(attempt)["Edge"]) == ("appealed", "revise")


def test_what_was_met_stays_and_needs_no_next_step_in_the_next_attempt():
    attempt, assessor = taken_attempt()
    verbs.decide(attempt, by=assessor, **said(attempt))
    following = submissions.try_again(attempt.submission, by=attempt.submission.learner)

    assert {criterion.name: one.next_step for criterion, one in work.met_before(following).items()} == {
        "Safety": "",
        "Care": "",
    }


# --- at the desk ------------------------------------------------------------------------------------------------------
JSON = {"accept": "application/json"}
BELOW = {"c1-level": "1", "c1-comment": "Film the whole stroke.", "c1-next_step": "new_evidence"}


def page_of(attempt, by):
    return browser(by).get(f"/reviews/{attempt.public_id}/").content.decode()


def radios(page):
    """Those for the next step: which of them there are, and which are chosen."""
    found = re.findall(r'<input[^>]* name="(c\d)-next_step" value="(\w+)"( checked)?>', page)
    return [(code, value) for code, value, _on in found], [(code, value) for code, value, on in found if on]


@pytest.mark.parametrize("script", [True, False])
def test_the_desk_keeps_it_like_a_level_and_an_older_window_overwrites_nothing(script):
    attempt, assessor = taken_attempt()
    client, there = browser(assessor), f"/reviews/{attempt.public_id}/decide/"
    how, button = (JSON, {}) if script else ({}, {"save": "yes"})

    saved = client.post(there, BELOW | {"edition": "0"} | button, headers=how)
    older = client.post(there, BELOW | {"c1-next_step": "revise", "edition": "0"} | button, headers=how)

    assert (saved.status_code, older.status_code) == (200 if script else 302, 409)
    assert Mark.objects.get(criterion__position=1).next_step == "new_evidence"
    both = ("revise", "new_evidence")
    assert radios(page_of(attempt, assessor)) == (
        [(code, step) for code in ("c1", "c2", "c3") for step in both],
        [("c1", "new_evidence")],
    )


def test_what_is_no_next_step_is_told_on_the_desk_and_nothing_typed_is_lost():
    attempt, assessor = taken_attempt()
    typed = BELOW | {"c1-next_step": "again", "save": "yes"}

    answer = browser(assessor).post(f"/reviews/{attempt.public_id}/decide/", typed)

    page = answer.content.decode()
    assert (answer.status_code, "Film the whole stroke." in page, "again is not one of the" in page) == (
        422,
        True,
        True,
    )
    assert not Mark.objects.exists()


def test_a_comment_from_the_bank_leaves_it_as_it_is():
    attempt, assessor = taken_attempt()
    verbs.save_marks(attempt, by=assessor, **said(attempt))
    kept = verbs.keep_comment(attempt.submission.achievement.issuer, by=assessor, text="Show the whole edge.")

    browser(assessor).post(f"/reviews/{attempt.public_id}/comments/{kept.public_id}/use/", {"criterion": "c1"})

    mark = Mark.objects.get(criterion__position=1)
    assert (mark.comment, mark.next_step) == (
        "Set the edge evenly, then show it again.\n\nShow the whole edge.",
        "new_evidence",
    )


def test_on_the_page_a_lead_sees_both_and_takes_the_one_whose_level_they_choose():
    attempt, lead = who_differ()
    client, there = browser(lead), f"/reviews/{attempt.public_id}/decide/"
    page = page_of(attempt, lead)
    tags = re.findall(r'<span class="tag">(Revise this|New evidence needed)</span>', page)
    chosen = {"c1-adopted": "second", "c2-adopted": "own", "c2-level": "1", "c2-comment": "The glove."}

    client.post(there, chosen | {"c1-next_step": "revise", "c2-next_step": "revise", "save": "yes"})

    review = attempt.assignments.get(turn__part="adjudicate").review
    assert tags == ["Revise this", "New evidence needed", "New evidence needed"]
    assert steps_in(review) | {"Care": ""} == {"Edge": "new_evidence", "Safety": "revise", "Care": ""}


def test_who_is_to_grant_it_reads_it():
    attempt, assessor = taken_attempt(published_version(policy="four_eyes"))
    verbs.decide(attempt, by=assessor, **said(attempt))
    granter = taken_by(attempt)

    assert '<strong>Edge</strong> <span class="tag">New evidence needed</span>' in page_of(attempt, granter)


# --- what the learner reads -------------------------------------------------------------------------------------------
def test_the_learner_reads_it_beside_the_criterion_and_on_the_form_of_the_next_attempt():
    attempt, assessor = taken_attempt()
    verbs.decide(attempt, by=assessor, **said(attempt))
    submission = attempt.submission
    learner, there = browser(submission.learner), submission.get_absolute_url()
    beside = '<strong>Edge</strong> <span class="tag">New evidence needed</span>'

    page = learner.get(there).content.decode()
    submissions.try_again(submission, by=submission.learner)
    form = learner.get(there, follow=True).content.decode()

    # First what to change, then every criterion.
    assert (page.count(beside), page.count("New evidence needed"), "What to change, from attempt 1" in form) == (
        2,
        2,
        True,
    )
    assert (form.count(beside), form.count("New evidence needed")) == (1, 1)


def test_judged_again_what_was_told_before_keeps_its_own():
    attempt, assessor = taken_attempt(looked_at_again("single"))
    verbs.decide(attempt, by=assessor, **said(attempt, "revise"))
    moderator = taken_by(attempt, "moderator")
    verbs.change_decision(
        attempt, by=moderator, **said(attempt, "new_evidence"), reason="One film shows another blade."
    )

    page = browser(attempt.submission.learner).get(attempt.submission.get_absolute_url()).content.decode()

    assert (page.count("New evidence needed"), page.count("Revise this")) == (2, 1)


# --- programs ---------------------------------------------------------------------------------------------------------
def sent_by(api, attempt, act, *marks, method="post"):
    body = {"marks": list(marks), **ALL_GOOD, "note": "Nearly there."}
    return getattr(api, method)(f"/api/v1/reviews/{attempt.public_id}/{act}", json.dumps(body), "application/json")


def test_a_program_sends_and_reads_it_by_the_same_rules():
    attempt, assessor = taken_attempt()
    api = program(assessor, "reviews:read", "reviews:write")
    below = {"criterion": "c1", "level": 1, "comment": "Film the whole stroke.", "next_step": "new_evidence"}
    met = {"criterion": "c2", "level": 3, "next_step": "revise"}

    kept = sent_by(api, attempt, "marks/", below, met, method="put")
    wrong = sent_by(api, attempt, "marks/", below | {"next_step": "again"}, method="put")
    sent_by(api, attempt, "decide/", below, met, {"criterion": "c3", "level": 2})

    assert kept.json()["marks"] == [
        below | {"adopted": ""},
        met | {"comment": "", "next_step": "", "adopted": ""},
    ]
    assert (wrong.status_code, told(attempt)) == (400, {"Edge": "new_evidence", "Safety": "", "Care": ""})
