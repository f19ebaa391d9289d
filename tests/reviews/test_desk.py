"""The desk's form: what its bar says, and what a script that saves hears."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client

from apps.reviews import verbs
from apps.reviews.forms import DeskForm
from apps.reviews.models import Assignment
from apps.submissions import verbs as submissions
from tests.factories import (
    ALL_GOOD,
    assessor_of,
    browser,
    marks_for,
    nobody_in,
    open_attempt,
    png_upload,
    taken_attempt,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken():
    return taken_attempt()


@pytest.fixture
def client(taken):
    client = Client()
    client.force_login(taken[1])
    return client


def test_the_form_names_the_required_criteria_that_are_short(taken):
    attempt, assessor = taken
    marks = marks_for(attempt, short=True)
    care = next(criterion for criterion in marks if not criterion.required)
    review = verbs.save_marks(attempt, by=assessor, marks=marks | {care: (1, "")}, answers={}, note="")

    form = DeskForm(criteria=list(attempt.submission.version.criteria.prefetch_related("levels")), review=review)

    assert (form.marked(), form.short()) == (3, ["Edge"])


def test_deciding_too_early_leads_to_each_gap_and_keeps_what_was_marked(taken, client):
    attempt, _assessor = taken
    typed = {"c1-level": "1", "c2-level": "3", "valid": "yes", "note": "Nearly there.", "decide": "yes"}

    answer = client.post(f"/reviews/{attempt.public_id}/decide/", typed)

    page = answer.content.decode()
    gaps = ("#c1", "#c3", "#div_id_sufficient", "#div_id_authentic", "#div_id_current")
    assert answer.status_code == 422
    assert [gap for gap in gaps if f'<a href="{gap}">Go to' not in page] == []
    assert 'href="#c2">Go to' not in page
    assert "Nearly there." in page
    assert "2 of 3 marked. As it stands: not yet, on Edge." in page


def test_a_script_that_saves_after_the_lease_was_given_back_hears_so(taken, client):
    attempt, assessor = taken
    verbs.save_marks(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")
    verbs.give_back(attempt, by=assessor)

    answer = client.post(f"/reviews/{attempt.public_id}/decide/", {}, headers={"accept": "application/json"})

    assert (answer.status_code, answer.json()) == (
        409,
        {"errors": ["You don't hold this any more. Take it again; what you marked is kept."]},
    )


@pytest.mark.parametrize("button", ["save", "decide"])
def test_what_was_typed_after_the_lease_ran_out_comes_back_and_is_saved_when_taken_again(taken, client, button):
    attempt, _assessor = taken
    Assignment.objects.update(taken_at=Now() - timedelta(hours=9), until=Now() - timedelta(seconds=1))
    typed = {"c1-level": "1", "c1-comment": "Raise the burr first.", "note": "Nearly there."}

    answer = client.post(f"/reviews/{attempt.public_id}/decide/", typed | {button: "yes"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert [words for words in ("Raise the burr first.", "Nearly there.", "ran out") if words not in page] == []
    assert ('name="take"' in page, 'name="decide"' in page) == (True, False)

    again = client.post(f"/reviews/{attempt.public_id}/decide/", typed | {"take": "yes"})

    assert again.url == f"/reviews/{attempt.public_id}/"
    held = Assignment.objects.live().get(attempt=attempt)
    assert (held.review.note, held.review.marks.get(criterion__position=1).level) == ("Nearly there.", 1)


def test_what_was_typed_while_another_took_it_comes_back_to_be_copied(taken, client):
    attempt, _assessor = taken
    Assignment.objects.update(taken_at=Now() - timedelta(hours=9), until=Now() - timedelta(seconds=1))
    other = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=other)

    for button in ("save", "take"):
        typed = {"c1-level": "1", "note": "Nearly there.", button: "yes"}
        answer = client.post(f"/reviews/{attempt.public_id}/decide/", typed)

        page = answer.content.decode()
        assert (answer.status_code, "Nearly there." in page, 'name="take"' in page) == (409, True, False)
        assert f"{other.name} holds this" in page


def test_who_never_took_it_is_led_to_the_desk(taken):
    attempt, _assessor = taken
    client = Client()
    client.force_login(assessor_of(attempt.submission.achievement))

    answer = client.post(f"/reviews/{attempt.public_id}/decide/", {"save": "yes"}, follow=True)

    assert answer.redirect_chain == [(f"/reviews/{attempt.public_id}/", 302)]
    assert "Take it first: nobody else can mark it while you hold it." in answer.content.decode()


def test_the_desk_tells_what_supports_what_and_who_agreed_to_be_seen():
    attempt = open_attempt()
    about = replace(nobody_in("Two customers"), people="agreed", people_note="Both, in writing")
    edge = attempt.submission.version.criteria.first()
    piece = submissions.add_evidence(
        attempt, by=attempt.submission.learner, kind="image", upload=png_upload(), criteria=[edge], about=about
    )
    submissions.submit(attempt, by=attempt.submission.learner)
    submissions.freeze(attempt.pk)

    page = browser(assessor_of(attempt.submission.achievement)).get(f"/reviews/{attempt.public_id}/").content.decode()

    assert "Everyone who can be recognised agreed: Both, in writing" in page
    assert (page.count(f'id="piece-{piece.public_id}"'), page.count(f'href="#piece-{piece.public_id}"')) == (1, 2)
    assert ("What supports what" in page, "Nothing supports it yet" in page) == (True, False)


def test_the_evidence_opens_alone_without_the_rubric_and_without_a_name(taken, client):
    attempt, _assessor = taken
    (piece,) = attempt.evidence.all()

    page = client.get(f"/reviews/{attempt.public_id}/evidence/").content.decode()

    shown = (f'id="piece-{piece.public_id}"', "I sharpened ten knives.", "What I did.", "What I learnt.")
    assert [words for words in shown if words not in page] == []
    hidden = (
        attempt.submission.learner.name,
        attempt.submission.learner.email,
        'name="c1-level"',
        "The edge is uneven.",
    )
    assert [words for words in hidden if words in page] == []
    assert (
        f'href="/reviews/{attempt.public_id}/evidence/"'
        in client.get(f"/reviews/{attempt.public_id}/").content.decode()
    )
