"""The desk's form: what its bar says, and what a script that saves hears."""

import pytest
from django.test import Client

from apps.reviews import verbs
from apps.reviews.forms import DeskForm
from tests.factories import ALL_GOOD, marks_for, taken_attempt

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
    verbs.give_back(attempt.assignments.get(), by=assessor)

    answer = client.post(f"/reviews/{attempt.public_id}/decide/", {}, headers={"accept": "application/json"})

    assert (answer.status_code, answer.json()) == (
        409,
        {"errors": ["You don't hold this any more. Take it again; what you marked is kept."]},
    )
