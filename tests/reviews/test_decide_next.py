"""A second button decides and takes the next one of the view: the same decision, then the same search as *next*."""

import pytest
from django.utils.http import urlencode

from apps.reviews.models import Assignment, Decision
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    browser,
    hearing,
    issuer_with_owner,
    moderating,
    published_version,
    taken_attempt,
)

pytestmark = pytest.mark.django_db
MARKED = {"c1-level": "2", "c2-level": "3", "c3-level": "2", **dict.fromkeys(ALL_GOOD, "yes")}
BUTTON = 'name="decide" value="next">{}, then the next one</button>'


def held_by(someone):
    return {one.attempt for one in Assignment.objects.live().filter(assessor=someone)}


def test_deciding_goes_on_to_the_next_one_of_the_view_and_says_what_was_decided():
    issuer, _owner = issuer_with_owner()
    sharp, blunt = published_version(issuer), published_version(issuer)
    attempt, assessor = taken_attempt(blunt)
    assessable_attempt(sharp)
    following = assessable_attempt(blunt)
    view = urlencode({"from": f"view=free&badge={blunt.achievement.public_id}"})
    client = browser(assessor)

    answer = client.post(f"/reviews/{attempt.public_id}/decide/?{view}", MARKED | {"decide": "next"})

    assert (answer.status_code, answer["Location"]) == (302, f"/reviews/{following.public_id}/?{view}")
    assert held_by(assessor) == {following}
    assert Decision.objects.get().outcome == "meets"
    page = client.get(answer["Location"]).content.decode()
    assert "Decided: awarded. The learner is told. This is the next one." in page


def test_where_nothing_else_waits_in_the_view_one_is_back_in_it_and_hears_so():
    issuer, _owner = issuer_with_owner()
    sharp, blunt = published_version(issuer), published_version(issuer)
    attempt, assessor = taken_attempt(blunt)
    assessable_attempt(sharp)
    view = f"view=free&badge={blunt.achievement.public_id}"
    client = browser(assessor)

    answer = client.post(
        f"/reviews/{attempt.public_id}/decide/?{urlencode({'from': view})}", MARKED | {"decide": "next"}
    )

    assert (answer.status_code, answer["Location"], held_by(assessor)) == (302, f"/reviews/?{view}", set())
    page = client.get(answer["Location"]).content.decode()
    assert "Decided: awarded. The learner is told. Nothing else waits here." in page


@pytest.mark.parametrize("typed", [{"c1-level": "2"}, MARKED | {"edition": "0"}])
def test_a_decision_that_is_refused_takes_nothing_and_answers_as_decide_does(typed):
    attempt, assessor = taken_attempt()
    assessable_attempt(attempt.submission.version)
    client, there = browser(assessor), f"/reviews/{attempt.public_id}/decide/"
    client.post(there, MARKED | {"save": "yes"})

    plain, onward = (client.post(there, typed | {"decide": value}) for value in ("yes", "next"))

    assert plain.status_code == onward.status_code
    assert plain.status_code in (409, 422)
    assert [one.context["form"].errors for one in (plain, onward)] == [plain.context["form"].errors] * 2
    assert (held_by(assessor), Decision.objects.count()) == ({attempt}, 0)


def test_deciding_alone_takes_nothing():
    attempt, assessor = taken_attempt()
    assessable_attempt(attempt.submission.version)

    answer = browser(assessor).post(f"/reviews/{attempt.public_id}/decide/", MARKED | {"decide": "yes"})

    assert (answer["Location"], held_by(assessor), Decision.objects.count()) == ("/reviews/", set(), 1)


def test_the_button_and_its_key_stand_where_marks_are_sent_and_nowhere_else():
    apart, second = taken_attempt(published_version(policy="double_blind"))
    cases = {
        "Decide": taken_attempt(),
        "Send my marking": (apart, second),
        "Recommend": taken_attempt(published_version(policy="four_eyes")),
        "Decide the appeal": hearing(),
    }

    for label, (attempt, someone) in cases.items():
        page = browser(someone).get(f"/reviews/{attempt.public_id}/").content.decode()
        assert (BUTTON.format(label) in page, "<kbd>Shift</kbd> <kbd>D</kbd>" in page) == (True, True), label
    free = assessable_attempt()
    for attempt, someone in (moderating(), (free, assessor_of(free.submission.achievement))):
        page = browser(someone).get(f"/reviews/{attempt.public_id}/").content.decode()
        assert ("then the next one" in page, "<kbd>Shift</kbd> <kbd>D</kbd>" in page) == (False, False)


def test_an_appeal_that_is_answered_goes_on_too():
    attempt, lead = hearing()
    following = assessable_attempt(attempt.submission.version)
    typed = MARKED | {"against": "", "reason": "The picture does show it.", "decide": "next"}

    answer = browser(lead).post(f"/reviews/{attempt.public_id}/answer-appeal/", typed)

    assert (answer.status_code, answer["Location"]) == (302, f"/reviews/{following.public_id}/")
