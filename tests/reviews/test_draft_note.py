"""The note to the learner is drafted from the marks, below what the assessor has typed, and is theirs to change."""

import pytest

from apps.reviews.models import LONGEST_WORDS, Review
from tests.factories import ALL_GOOD, browser, published_version, taken_attempt

pytestmark = pytest.mark.django_db

MARKS = {"c1-level": "1", "c1-comment": "The burr\nis still there.", "c2-level": "3", "c2-comment": "Steady."}


def typed(**more):
    return MARKS | {"c3-level": "", "note": ""} | dict.fromkeys(ALL_GOOD, "yes") | {"draft": "yes"} | more


def press(attempt, by, **more):
    return browser(by).post(f"/reviews/{attempt.public_id}/decide/", typed(**more), follow=True)


def test_it_says_what_was_met_and_what_is_needed_in_the_words_of_rubric_and_assessor():
    attempt, assessor = taken_attempt(published_version())
    edge, hold, _care = attempt.submission.version.criteria.all()
    needed = edge.levels.get(position=edge.required_level)

    page = press(attempt, assessor)

    drafted = (
        f"What meets the rubric: {hold.name}.\n\nWhat is still needed:\n\n- **{edge.name}**: the level needed is "
        f"“{needed.name}”. {needed.description} The burr is still there."
    )
    saved = Review.objects.get()
    assert page.redirect_chain == [(f"/reviews/{attempt.public_id}/#id_note", 302)]
    assert (saved.note, saved.state) == (drafted, "draft")
    assert "Drafted from your marks. Read it through before you send it." in page.text


def test_what_was_typed_stays_above_it_and_a_second_press_adds_nothing():
    attempt, assessor = taken_attempt(published_version())
    press(attempt, assessor, note="Kia ora, Hēmi.")
    once = Review.objects.get().note

    press(attempt, assessor, note=once)

    assert once.startswith("Kia ora, Hēmi.\n\nWhat meets the rubric")
    assert Review.objects.get().note == once


def test_an_optional_criterion_that_was_not_met_is_not_called_needed():
    attempt, assessor = taken_attempt(published_version())
    edge, hold, care = attempt.submission.version.criteria.all()
    needed, further = (one.levels.get(position=one.required_level) for one in (edge, care))
    optional = {"c3-level": "1", "c3-comment": "Oil it."}

    press(attempt, assessor, **optional)
    both = Review.objects.get().note
    press(attempt, assessor, **optional, **{"c1-level": "3"})
    alone = Review.objects.get().note

    still_needed = (
        f"What is still needed:\n\n- **{edge.name}**: the level needed is “{needed.name}”. {needed.description} The burr "
        "is still there."
    )
    not_needed = (
        f"What could be better, but isn’t needed for the badge:\n\n- **{care.name}**: the level to reach is "
        f"“{further.name}”. {further.description} Oil it."
    )
    assert both == f"What meets the rubric: {hold.name}.\n\n{still_needed}\n\n{not_needed}"
    assert alone == f"What meets the rubric: {edge.name}, {hold.name}.\n\n{not_needed}"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"c1-level": "", "c2-level": ""}, "Choose levels first: the draft is made of them."),
        ({"note": "a" * (LONGEST_WORDS - 9)}, "The note would get too long with the draft. Shorten it first."),
    ],
)
def test_without_levels_or_room_it_is_refused_and_what_was_typed_stays(more, words):
    attempt, assessor = taken_attempt(published_version())

    page = press(attempt, assessor, **more)

    assert (page.status_code, words in page.text) == (422, True)
    assert (typed(**more)["note"] or "The burr") in page.text
