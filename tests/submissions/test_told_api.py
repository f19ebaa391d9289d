"""What a learner's page tells of an answer, their program reads too: and nobody else's does."""

import pytest

from apps.reviews import verbs as reviews
from apps.submissions import verbs
from apps.submissions.models import Answer, Finding
from tests.factories import (
    ALL_GOOD,
    assessor_of,
    decided,
    marks_for,
    moderating,
    person,
    published_version,
    sampled,
    second_attempt,
    taken_attempt,
)
from tests.factories.work import waiting
from tests.issuers.test_api import program

pytestmark = pytest.mark.django_db
LIST = "/api/v1/submissions/"
AGREED = "Film the whole stroke, then come by on Friday."
WHY = "The second film shows an even edge."
SOON = "The first film can't be opened. Add it anew."


def read(submission, rest="", *, by=None, scope="submissions:read"):
    return program(by or submission.learner, scope).get(f"{LIST}{submission.public_id}/{rest}")


def told_of(attempt):
    """What both addresses tell of an attempt, which is the same."""
    alone = read(attempt.submission, f"attempts/{attempt.number}/").json()
    among = next(one for one in read(attempt.submission).json()["attempts"] if one["number"] == attempt.number)
    named = ("answer", "formerly", "returned")
    assert {name: alone[name] for name in named} == {name: among[name] for name in named}
    return {name: alone[name] for name in named}


def written(moment):
    return moment.isoformat().replace("+00:00", "Z")


def findings(attempt, *, short, step=""):
    """As `marks_for` marks: at the level needed, or the first below it; with the next step asked for on that."""
    return [
        {
            "criterion": one.code,
            "level": one.required_level - (short and one.position == 1),
            "needed": one.required_level,
            "met": not (short and one.position == 1),
            "comment": comment,
            "next_step": step if short and one.position == 1 else "",
        }
        for one, (_level, comment) in marks_for(attempt, short=short).items()
    ]


def test_after_not_yet_a_program_reads_what_was_told():
    attempt = decided(short=True, step="new_evidence").attempt

    told = told_of(attempt)

    answer = Answer.objects.get()
    assert told == {
        "answer": {
            "met": False,
            "declined": False,
            "note": "Thank you.",
            "reason": "",
            "given_at": written(answer.given_at),
            "findings": findings(attempt, short=True, step="new_evidence"),
        },
        "formerly": [],
        "returned": None,
    }
    assert [(one["met"], one["comment"]) for one in told["answer"]["findings"]] == [
        (False, "Set the edge evenly, then show it again."),
        (True, "Well shown."),
        (True, "Well shown."),
    ]


def test_decided_anew_both_answers_are_told_and_why():
    attempt, moderator = moderating(short=True)
    first = Answer.objects.get()
    reviews.change_decision(
        attempt, by=moderator, marks=marks_for(attempt), answers=ALL_GOOD, note="Changed.", reason=WHY
    )

    told = told_of(attempt)

    second = Answer.objects.get()
    assert told == {
        "answer": {
            "met": True,
            "declined": False,
            "note": "Changed.",
            "reason": WHY,
            "given_at": written(second.given_at),
            "findings": findings(attempt, short=False),
        },
        "formerly": [
            {
                "met": False,
                "declined": False,
                "note": "Thank you.",
                "reason": "",
                "given_at": written(first.given_at),
                "replaced_at": written(second.given_at),
                "findings": findings(attempt, short=True),
            }
        ],
        "returned": None,
    }
    assert moderator.name not in read(attempt.submission).content.decode()


def test_what_came_back_unjudged_tells_why_and_the_next_is_open():
    attempt, assessor = taken_attempt()
    following = reviews.return_unscored(attempt, by=assessor, reason=SOON)

    told = told_of(attempt), told_of(following)

    returned = {"reason": SOON, "returned_at": written(attempt.returned.returned_at)}
    nothing = {"answer": None, "formerly": [], "returned": None}
    assert told == (nothing | {"returned": returned}, nothing)


def test_nothing_is_told_before_it_is_released():
    held_back = sampled(before=True, short=True).attempt

    told = told_of(held_back)

    assert told == {"answer": None, "formerly": [], "returned": None}
    assert Finding.objects.count() == 0


def test_what_was_told_stands_while_an_appeal_is_heard():
    submission = decided(short=True).attempt.submission
    before = told_of(submission.attempts.get())
    reviews.lodge_appeal(submission, by=submission.learner, ground="evidence", grounds="Nobody watched it.")

    assert told_of(submission.attempts.get()) == before


def test_a_talk_that_is_due_is_told_and_then_what_was_agreed():
    submission = decided(short=True, version=published_version(coach_after=1, attempts_allowed=3)).attempt.submission
    assessor = assessor_of(submission.achievement)

    due = read(submission).json()
    talk = verbs.hold_talk(submission, by=assessor, note=AGREED)
    held = read(submission).json()

    assert (due["talk_is_due"], due["talk"]) == (True, None)
    assert (held["talk_is_due"], held["talk"]) == (
        *(False, {"note": AGREED, "held_at": written(talk.held_at), "after_attempt": 1}),
    )
    assert held == due | {"talk_is_due": False, "talk": held["talk"]}
    assert assessor.name not in read(submission).content.decode()


def test_what_was_told_is_read_by_the_learner_alone():
    attempt = decided(short=True).attempt
    submission = attempt.submission
    assessor = assessor_of(submission.achievement)

    asked = ["", "attempts/1/"]
    assert [read(submission, rest).status_code for rest in asked] == [200, 200]
    assert [read(submission, rest, by=one).status_code for rest in asked for one in (person(), assessor)] == [404] * 4
    assert [read(submission, rest, scope="submissions:write").status_code for rest in asked] == [403, 403]


def again(attempt):
    """Decided “not yet”, and the next handed in and in the queue."""
    assessor = assessor_of(attempt.submission.achievement)
    reviews.take(attempt, by=assessor)
    reviews.decide(attempt, by=assessor, marks=marks_for(attempt, short=True), answers=ALL_GOOD, note="Nearly.")
    learner = attempt.submission.learner
    following = verbs.try_again(attempt.submission, by=learner)
    verbs.save_draft(following, by=learner, edition=0, what_changed="The edge.", declared_own=True)
    verbs.submit(following, by=learner)
    return waiting(following)


@pytest.mark.parametrize("more", [0, 2])
def test_what_was_told_asks_the_same_however_many_attempts(django_assert_num_queries, more):
    attempt = second_attempt(published_version(coach_after=9, attempts_allowed=9))
    for _one in range(more):
        attempt = again(attempt)
    submission = attempt.submission
    api = program(submission.learner, "submissions:read")
    api.get(LIST)

    with django_assert_num_queries(9):
        told = api.get(f"{LIST}{submission.public_id}/").json()
    with django_assert_num_queries(4):
        one = api.get(f"{LIST}{submission.public_id}/attempts/1/").json()

    assert [each["answer"] is None for each in told["attempts"]] == [False] * (1 + more) + [True]
    assert one["answer"] == told["attempts"][0]["answer"]
