"""A learner takes work back until it is decided, and opens it again."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.backpacks import today
from apps.core import outbox
from apps.core.models import Event
from apps.core.refused import Refused
from apps.reviews import queries as desk
from apps.reviews import verbs as reviews
from apps.reviews.models import Assignment
from apps.submissions import verbs
from apps.submissions.models import Attempt, Submission
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    awarded_credential,
    browser,
    changed,
    decided,
    events_of,
    marks_for,
    open_attempt,
    person,
    published_version,
    second_attempt,
    submitted_attempt,
    taken_attempt,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("attempt_of", "becomes"),
    [
        (open_attempt, "open"),
        (submitted_attempt, "withdrawn"),
        (assessable_attempt, "withdrawn"),
        (lambda: taken_attempt()[0], "withdrawn"),
    ],
)
def test_withdraw_lays_work_aside_and_leaves_its_trail(attempt_of, becomes):
    attempt = attempt_of()
    learner, before = attempt.submission.learner, attempt.manifest

    submission = verbs.withdraw(attempt.submission, by=learner)

    attempt.refresh_from_db()
    assert (submission.state, attempt.state, attempt.manifest) == ("withdrawn", becomes, before)
    event = Event.objects.get(kind="submission.withdrawn")
    handed_in = {"attempt": attempt.public_id} if becomes == "withdrawn" else {}
    assert (event.subject_id, event.actor_id, event.data) == (submission.public_id, learner.public_id, handed_in)


def test_asked_twice_it_is_withdrawn_once():
    attempt = submitted_attempt()
    verbs.withdraw(attempt.submission, by=attempt.submission.learner)

    with pytest.raises(Refused, match="is withdrawn, so that can no longer be done"):
        verbs.withdraw(attempt.submission, by=attempt.submission.learner)

    assert Event.objects.filter(kind="submission.withdrawn").count() == 1


def test_only_the_learner_withdraws():
    attempt, assessor = taken_attempt()

    for other in (assessor, person()):
        with pytest.raises(PermissionDenied):
            verbs.withdraw(attempt.submission, by=other)

    assert verbs.withdraw(attempt.submission, by=attempt.submission.learner).state == "withdrawn"


@pytest.mark.parametrize("short", [True, False])
def test_what_is_decided_stays(short):
    submission = decided(short=short).attempt.submission

    with pytest.raises(Refused, match="can no longer be done"):
        verbs.withdraw(submission, by=submission.learner)


def test_the_assessor_loses_the_lease_keeps_void_marks_and_hears_of_it():
    attempt, assessor = taken_attempt()
    reviews.save_marks(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="So far.")

    verbs.withdraw(attempt.submission, by=attempt.submission.learner)
    outbox.drain()

    held = Assignment.objects.get()
    assert (held.state, held.review.state, held.review.marks.count()) == ("released", "void", 3)
    told = assessor.notices.get(kind="work_withdrawn")
    assert (told.address, told.facts["reference"]) == ("/reviews/", attempt.submission.reference)
    assert attempt.submission.learner.name not in str(told.facts)
    reviews.free_withdrawn(attempt)
    assert Event.objects.filter(kind="assignment.released").count() == 1


def test_between_withdrawing_and_the_end_of_the_lease_nothing_is_decided():
    attempt, assessor = taken_attempt()
    verbs.withdraw(attempt.submission, by=attempt.submission.learner)

    with pytest.raises(Refused, match="does not wait to be judged any more"):
        reviews.decide(attempt, by=assessor, marks=marks_for(attempt), answers=ALL_GOOD, note="")

    assert Attempt.objects.get().state == "withdrawn"


def test_withdrawn_work_is_gone_from_desk_queue_home_and_search():
    attempt, assessor = taken_attempt()
    learner, submission = attempt.submission.learner, attempt.submission
    theirs = browser(assessor)
    addresses = [f"/reviews/{attempt.public_id}/", f"/submissions/{submission.public_id}/attempts/1/export.zip"]
    assert [theirs.get(one).status_code for one in addresses] == [200, 200]

    verbs.withdraw(submission, by=learner)
    outbox.drain()

    at_desk, export = [theirs.get(one) for one in addresses]
    assert [at_desk.status_code, export.status_code] == [409, 404]
    said = at_desk.content.decode()
    assert "The learner withdrew this" in said
    assert [one in said for one in (submission.reference, learner.email, submission.version.name)] == [False] * 3
    assert set(desk.counts_for(assessor).values()) == {0}
    assert attempt.public_id not in theirs.get("/search/", {"q": submission.reference}).content.decode()
    assert today.learner(learner)["waiting"] == []


def test_an_earlier_attempt_that_was_withdrawn_stays_the_learners_alone():
    first = assessable_attempt()
    learner = first.submission.learner
    verbs.withdraw(first.submission, by=learner)
    second = verbs.reopen(first.submission, by=learner)
    changed(second)
    verbs.submit(second, by=learner)
    verbs.freeze(second.pk)
    assessor = assessor_of(first.submission.achievement)

    page = browser(assessor).get(f"/reviews/{second.public_id}/").content.decode()

    assert ("Since attempt 1" in page, "What changed since attempt 1" in page) == (False, False)
    assert browser(assessor).get(f"/submissions/{first.submission.public_id}/attempts/2/changes/").status_code == 404
    assert browser(learner).get(f"/submissions/{first.submission.public_id}/attempts/2/changes/").status_code == 200


# --- opened again


def test_a_draft_is_opened_again_where_it_was():
    attempt = open_attempt()
    learner = attempt.submission.learner
    verbs.withdraw(attempt.submission, by=learner)

    again = verbs.reopen(attempt.submission, by=learner)

    assert (again.pk, again.state, again.submission.state, again.overview) == (
        attempt.pk,
        "open",
        "draft",
        "What I did.",
    )
    assert events_of(attempt.submission)[-1] == ("submission.reopened", learner.public_id)


def test_what_was_handed_in_stays_frozen_and_the_next_attempt_opens_with_all_of_it():
    attempt = assessable_attempt()
    learner = attempt.submission.learner
    support = attempt.evidence.get().supports.all()
    verbs.withdraw(attempt.submission, by=learner)

    second = verbs.reopen(attempt.submission, by=learner)

    attempt.refresh_from_db()
    assert (attempt.state, second.number, second.state) == ("withdrawn", 2, "open")
    same = ("overview", "reflection", "context_place", "what_changed")
    assert [getattr(second, name) for name in same] == [getattr(attempt, name) for name in same]
    piece = second.evidence.get()
    assert (piece.title, piece.sha256) == ("Log", attempt.evidence.get().sha256)
    places = ("criterion_id", "page", "seconds", "quote")
    assert list(piece.supports.values_list(*places)) == list(support.values_list(*places))


def test_places_to_look_are_carried_over():
    attempt = open_attempt()
    learner = attempt.submission.learner
    attempt.evidence.get().supports.update(page=4, quote="an even edge")
    verbs.submit(attempt, by=learner)
    verbs.withdraw(attempt.submission, by=learner)

    second = verbs.reopen(attempt.submission, by=learner)

    assert {str(one.place) for one in second.evidence.get().supports.all()} == {"page 4 · “an even edge”"}


def test_what_was_withdrawn_costs_no_attempt():
    version = published_version(attempts_allowed=2)
    submission = second_attempt(version).submission
    verbs.withdraw(submission, by=submission.learner)

    third = verbs.reopen(submission, by=submission.learner)
    changed(third)
    verbs.submit(third, by=submission.learner)
    verbs.freeze(third.pk)

    assert Attempt.objects.get(pk=third.pk).state == "assessable"


def test_opened_twice_there_is_one_next_attempt():
    attempt = assessable_attempt()
    learner = attempt.submission.learner
    verbs.withdraw(attempt.submission, by=learner)
    verbs.reopen(attempt.submission, by=learner)

    with pytest.raises(Refused, match="open already"):
        verbs.reopen(attempt.submission, by=learner)

    assert attempt.submission.attempts.count() == 2


def test_only_the_learner_opens_it_again():
    attempt, assessor = taken_attempt()
    verbs.withdraw(attempt.submission, by=attempt.submission.learner)

    for other in (assessor, person()):
        with pytest.raises(PermissionDenied):
            verbs.reopen(attempt.submission, by=other)

    assert verbs.reopen(attempt.submission, by=attempt.submission.learner)


def test_what_one_holds_by_now_is_not_opened_again():
    held = awarded_credential()
    attempt = open_attempt(held.version)
    verbs.withdraw(attempt.submission, by=attempt.submission.learner)
    Submission.objects.filter(pk=attempt.submission_id).update(learner=held.earner)

    with pytest.raises(Refused, match="hold this badge already"):
        verbs.reopen(attempt.submission, by=held.earner)

    assert Submission.objects.get(pk=attempt.submission_id).state == "withdrawn"


def test_what_was_begun_anew_meanwhile_comes_first():
    version = published_version()
    laid_aside = open_attempt(version).submission
    learner = laid_aside.learner
    verbs.withdraw(laid_aside, by=learner)
    other = open_attempt(version).submission
    Submission.objects.filter(pk=other.pk).update(learner=learner)

    with pytest.raises(Refused, match="begun this badge again"):
        verbs.reopen(laid_aside, by=learner)

    assert Submission.objects.get(pk=laid_aside.pk).state == "withdrawn"


def test_starting_the_same_version_once_more_opens_what_was_laid_aside():
    attempt = open_attempt()
    learner = attempt.submission.learner
    verbs.withdraw(attempt.submission, by=learner)

    again = verbs.start(attempt.submission.version, by=learner)

    assert (again.pk, again.state) == (attempt.submission_id, "draft")
    assert Submission.objects.count() == 1


# --- its pages


def test_the_page_asks_once_more_withdraws_and_offers_the_way_back():
    attempt = assessable_attempt()
    learner, submission = attempt.submission.learner, attempt.submission
    client = browser(learner)
    asked = client.get(f"/submissions/{submission.public_id}/withdraw/").content.decode()

    done = client.post(f"/submissions/{submission.public_id}/withdraw/", follow=True).content.decode()
    listed = client.get("/submissions/").content.decode()
    reopened = client.post(f"/submissions/{submission.public_id}/reopen/", follow=True).content.decode()

    assert "Nobody judges it" in asked
    assert ("You withdrew it" in done, "Open it again" in done, "What I did." in done) == (True, True, True)
    assert f'action="/submissions/{submission.public_id}/reopen/"' in listed
    assert 'id="attempt"' in reopened


def test_a_form_that_stood_open_meanwhile_gives_the_words_back():
    attempt = open_attempt()
    submission, client = attempt.submission, browser(attempt.submission.learner)
    verbs.withdraw(submission, by=submission.learner)

    answer = client.post(
        f"/submissions/{submission.public_id}/save/",
        {"overview": "Typed since.", "reflection": "", "edition": attempt.edition},
    )

    assert (answer.status_code, "Typed since." in answer.content.decode()) == (409, True)
    assert "laid aside. Open it again" in answer.content.decode()
    attempt.refresh_from_db()
    assert attempt.overview == "What I did."


def test_decided_meanwhile_the_page_leads_back_and_says_so():
    submission = decided().attempt.submission
    client = browser(submission.learner)

    assert client.get(f"/submissions/{submission.public_id}/withdraw/").status_code == 302
    answer = client.post(f"/submissions/{submission.public_id}/withdraw/")

    assert (answer.status_code, "can no longer be done" in answer.content.decode()) == (409, True)
