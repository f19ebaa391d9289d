"""Conflicts that assessors tell of, and whom they recognise."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from apps.accounts.models import User
from apps.core.events import digest
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs as issuers
from apps.issuers.models import Issuer
from apps.notices.models import Notice
from apps.reviews import queries, verbs
from apps.reviews.models import Assignment, Conflict, Decision, Turn
from tests.factories import (
    ALL_GOOD,
    adjudicating,
    assessable_attempt,
    assessor_of,
    awarded_credential,
    browser,
    decided,
    endorsed,
    granting,
    issuer_with_owner,
    marks_for,
    person,
    published_version,
    seated,
    taken_attempt,
)
from tests.reviews.plainly import queue_for

pytestmark = pytest.mark.django_db


def test_what_one_held_goes_to_somebody_else_for_good():
    attempt, assessor = taken_attempt()

    conflict = verbs.recuse(attempt, by=assessor, kind="taught", reason="Last year.")

    held = Assignment.objects.get()
    assert (conflict.submission, conflict.assessor, conflict.kind) == (attempt.submission, assessor, "taught")
    assert (held.state, held.review.state, Turn.objects.get().holder) == ("refused", "void", None)
    event = Event.objects.get(kind="conflict.declared")
    assert (event.actor_id, event.data) == (
        assessor.public_id,
        {
            "conflict": conflict.public_id,
            "attempt": attempt.public_id,
            "conflict_kind": "taught",
            "reason": digest("Last year."),
        },
    )
    with pytest.raises(Refused, match="you declared a conflict"):
        verbs.take(attempt, by=assessor)
    assert list(queue_for(assessor)) == []
    assert verbs.take(attempt, by=assessor_of(attempt.submission.achievement))


def test_who_only_reads_it_says_that_they_cannot_judge_it_and_finds_it_in_no_queue():
    attempt, other = assessable_attempt(), assessable_attempt()
    issuer = attempt.submission.achievement.issuer
    assessor = assessor_of(attempt.submission.achievement)
    beside = assessable_attempt(attempt.submission.version)
    client, there = browser(assessor), f"/reviews/{attempt.public_id}/recuse/"
    desk = client.get(f"/reviews/{attempt.public_id}/").content.decode()
    page = client.get(there).content.decode()

    empty = client.post(there, {"kind": "", "reason": ""})
    done = client.post(there, {"kind": "interest", "reason": ""}, follow=True).content.decode()

    assert (f'<a href="{there}">I can\'t judge this: I have a conflict</a>' in desk, "Take it</button>" in desk) == (
        True,
        True,
    )
    assert "By taking it you say that, as far as you know, you are not close to its learner" in desk
    assert ("your marks won't count" in page, empty.status_code) == (False, 422)
    assert "Someone else will judge it. It won&#x27;t come to you again." in done
    conflict, event = Conflict.objects.get(), Event.objects.get(kind="conflict.declared")
    assert (conflict.submission, conflict.assessor, conflict.kind) == (attempt.submission, assessor, "interest")
    assert (event.actor_id, event.data) == (
        assessor.public_id,
        {
            "conflict": conflict.public_id,
            "attempt": attempt.public_id,
            "conflict_kind": "interest",
            "reason": "",
        },
    )
    assert (Assignment.objects.exists(), [one.attempt for one in queue_for(assessor)]) == (False, [beside])
    assert verbs.take_next(by=assessor).attempt == beside
    assert verbs.take(attempt, by=seated("assessor", issuer))
    with pytest.raises(PermissionDenied):
        verbs.recuse(other, by=assessor, kind="interest")


def test_who_was_asked_to_take_it_says_so_too_and_the_offer_ends():
    attempt = assessable_attempt()
    issuer = attempt.submission.achievement.issuer
    lead, assessor = seated("moderator", issuer), seated("assessor", issuer)
    offered = verbs.assign(attempt.turns.get(), to=assessor, by=lead)

    verbs.recuse(attempt, by=assessor, kind="taught")

    offered.refresh_from_db()
    assert (offered.state, attempt.turns.get().holder) == ("refused", None)
    assert verbs.assign(attempt.turns.get(), to=seated("assessor", issuer), by=lead).state == "offered"


def test_told_twice_it_is_kept_once():
    attempt, assessor = taken_attempt()
    verbs.recuse(attempt, by=assessor, kind="knows")

    with pytest.raises(Refused, match="have already declared a conflict here"):
        verbs.recuse(attempt, by=assessor, kind="taught")

    assert Conflict.objects.get().kind == "knows"


def test_only_who_may_assess_it_tells_of_a_conflict():
    attempt = assessable_attempt()

    with pytest.raises(PermissionDenied):
        verbs.recuse(attempt, by=person(), kind="knows")
    with pytest.raises(Refused, match="the work is yours"):
        verbs.recuse(attempt, by=attempt.submission.learner, kind="knows")

    assert verbs.recuse(attempt, by=assessor_of(attempt.submission.achievement), kind="knows")


@pytest.mark.parametrize(
    ("kind", "reason", "sentence"),
    [("marked", "", "Choose what"), ("no-such", "", "Choose what"), ("other", " ", "Say what the conflict is")],
)
def test_what_the_conflict_is_has_to_be_said(kind, reason, sentence):
    attempt, assessor = taken_attempt()

    with pytest.raises(Refused, match=sentence):
        verbs.recuse(attempt, by=assessor, kind=kind, reason=reason)

    assert (Assignment.objects.get().state, Conflict.objects.count()) == ("taken", 0)


def test_after_the_decision_it_is_told_for_what_may_follow():
    decision = decided(short=True)

    assert verbs.recuse(decision.attempt, by=decision.by, kind="interest").kind == "interest"


def test_the_database_lets_nobody_judge_against_it_nor_untell_it():
    attempt, assessor = taken_attempt()
    conflict = verbs.recuse(attempt, by=assessor, kind="knows")

    with pytest.raises(IntegrityError, match="against a conflict"), transaction.atomic():
        Assignment.objects.create(turn=Turn.objects.get(), attempt=attempt, assessor=assessor, state="offered")
    with pytest.raises(IntegrityError, match="never untold"), transaction.atomic():
        conflict.delete()
    with pytest.raises(IntegrityError, match="another_conflict_is_explained"), transaction.atomic():
        Conflict.objects.bulk_create(
            [Conflict(submission=attempt.submission, assessor=person(), kind="other", declared_at=conflict.declared_at)]
        )


def test_on_the_page_kinds_and_reason_are_asked_and_the_queue_comes_next():
    attempt, assessor = taken_attempt()
    client, there = browser(assessor), f"/reviews/{attempt.public_id}/recuse/"
    assert there in client.get(f"/reviews/{attempt.public_id}/").content.decode()

    page = client.get(there).content.decode()
    empty = client.post(there, {"kind": "other", "reason": ""})
    done = client.post(there, {"kind": "other", "reason": "We share a shed."})

    assert ("I taught or mentored them" in page, "Judged it before" in page) == (True, False)
    assert (empty.status_code, "Say what the conflict is" in empty.content.decode()) == (422, True)
    assert (done.status_code, done.url) == (302, "/reviews/")
    desk = client.get(f"/reviews/{attempt.public_id}/").content.decode()
    assert ("you declared a conflict" in desk, "Take it</button>" in desk) == (True, False)


def blind():
    attempt, assessor = taken_attempt(published_version(blind=True))
    User.objects.filter(pk=attempt.submission.learner_id).update(name="Aroha Pickering")
    return attempt, assessor


def test_who_recognised_somebody_goes_on_and_that_is_kept_with_the_marking_once():
    attempt, assessor = blind()

    first = verbs.recognise(attempt, by=assessor).recognised_at
    second = verbs.recognise(attempt, by=assessor).recognised_at

    assert (first is not None, first == second) == (True, True)
    event = Event.objects.get(kind="learner.recognised")
    assert event.data == {"assignment": Assignment.objects.get().public_id, "attempt": attempt.public_id}


def test_only_who_holds_blind_work_recognises_anybody():
    attempt, assessor = blind()
    named, other = taken_attempt()

    with pytest.raises(PermissionDenied):
        verbs.recognise(attempt, by=person())
    with pytest.raises(Refused, match="holds this now"):
        verbs.recognise(attempt, by=assessor_of(attempt.submission.achievement))
    with pytest.raises(Refused, match="not judged blind"):
        verbs.recognise(named, by=other)

    assert verbs.recognise(attempt, by=assessor)


def test_on_the_page_one_goes_on_or_leaves_it_to_somebody_else():
    attempt, assessor = blind()
    client, there = browser(assessor), f"/reviews/{attempt.public_id}/recognise/"
    desk = client.get(f"/reviews/{attempt.public_id}/").content.decode()

    on = client.post(there, {"go_on": "yes"})
    after = client.get(f"/reviews/{attempt.public_id}/").content.decode()
    left = client.post(there, {"leave": "yes"})

    assert ("I recognised this person" in desk, "Aroha" in desk) == (True, False)
    assert (on.url, "You said that you recognised whose work it is." in after) == (
        f"/reviews/{attempt.public_id}/",
        True,
    )
    assert (left.url, Conflict.objects.get().kind) == ("/reviews/", "recognised")
    assert Assignment.objects.filter(recognised_at__lte=Now()).get().state == "refused"


def test_where_names_are_shown_there_is_nobody_to_recognise():
    attempt, assessor = taken_attempt()
    client = browser(assessor)

    assert client.get(f"/reviews/{attempt.public_id}/recognise/").status_code == 404
    assert "I recognised this person" not in client.get(f"/reviews/{attempt.public_id}/").content.decode()


@pytest.mark.parametrize(
    ("is_blind", "said"), [(False, "you and its learner work together"), (True, "you are too close to it")]
)
def test_who_works_with_the_learner_is_refused_and_of_blind_work_not_told_why(is_blind, said):
    issuer, _owner = issuer_with_owner()
    Issuer.objects.filter(pk=issuer.pk).update(bars_colleagues=True)
    assessor, learner = seated("assessor", issuer), seated("designer", issuer)
    attempt = assessable_attempt(published_version(issuer, blind=is_blind), learner=learner)

    with pytest.raises(Refused, match=said) as refused:
        verbs.take(attempt, by=assessor)

    assert ("learner" in str(refused.value)) is not is_blind


def one_of_two():
    """Two marked apart; the first tells of a conflict."""
    attempt, lead = adjudicating()
    return attempt, attempt.assignments.get(turn__part="first").assessor, lead


def recommender():
    attempt, granter = granting()
    return attempt, attempt.assignments.get(turn__part="first").assessor, granter


@pytest.mark.parametrize("sent", [one_of_two, recommender])
def test_what_was_sent_counts_for_nothing_once_its_assessor_tells_of_a_conflict(sent):
    attempt, assessor, holder = sent()

    verbs.recuse(attempt, by=assessor, kind="knows")

    told = Notice.objects.filter(kind="taken_over").get()
    assert (told.person, told.facts["reference"], told.facts["marked_anew"]) == (
        holder,
        attempt.submission.reference,
        True,
    )
    said = "Someone who had marked it declared a conflict, so it is marked again first."
    assert said in browser(holder).get("/notices/").content.decode()
    attempt.refresh_from_db()
    assert (attempt.state, attempt.submission.__class__.objects.get(pk=attempt.submission_id).state) == (
        "assessable",
        "under_assessment",
    )
    assert queries.marking_of(attempt, "first") is None
    assert [(one.part, one.holder) for one in attempt.turns.open()] == [("first", None)]
    with pytest.raises(Refused, match="don't hold this"):
        verbs.decide(attempt, by=holder, marks=marks_for(attempt), answers=ALL_GOOD, note="")
    fresh = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=fresh)
    verbs.decide(attempt, by=fresh, marks=marks_for(attempt), answers=ALL_GOOD, note="Anew.")
    assert queries.marking_of(attempt, "first").assignment.assessor == fresh


def test_what_was_decided_stands_when_its_assessor_tells_of_a_conflict_afterwards():
    decision = decided()

    verbs.recuse(decision.attempt, by=decision.by, kind="knows")

    assert (Decision.objects.get(), decision.attempt.turns.open().count()) == (decision, 0)
    decision.review.refresh_from_db()
    assert decision.review.state == "accepted"


def test_a_conflict_opens_no_part_of_work_that_was_returned_meanwhile():
    attempt = assessable_attempt(published_version(policy="double_blind"))
    first, second = (assessor_of(attempt.submission.achievement) for _ in range(2))
    verbs.take(attempt, by=first)
    verbs.decide(attempt, by=first, marks=marks_for(attempt), answers=ALL_GOOD, note="The first.")
    verbs.take(attempt, by=second)
    verbs.return_unscored(attempt, by=second, reason="The film does not play.")

    verbs.recuse(attempt, by=first, kind="knows")

    assert (attempt.turns.open().count(), Conflict.objects.get().assessor) == (0, first)


def test_a_lead_who_was_deciding_begins_with_what_was_marked_anew():
    attempt, lead = adjudicating()
    first = attempt.assignments.get(turn__part="first").assessor
    shorts = marks_for(attempt, short=True)
    adopted = dict.fromkeys(shorts, "first")
    verbs.save_marks(attempt, by=lead, marks=shorts, adopted=adopted, answers=ALL_GOOD, note="As the first.")
    verbs.recuse(attempt, by=first, kind="knows")
    fresh = assessor_of(attempt.submission.achievement)
    verbs.take(attempt, by=fresh)
    told = {criterion: (level, "Seen anew.") for criterion, (level, _said) in shorts.items()}
    verbs.decide(attempt, by=fresh, marks=told, answers=ALL_GOOD, note="Anew.")

    review = verbs.take(attempt, by=lead).review

    assert {mark.comment for mark in review.marks.all()} == {"Seen anew."}
    assert review.note == ""


@pytest.mark.parametrize("blind", [False, True])
def test_who_endorsed_the_learner_judges_nothing_of_theirs(blind):
    endorsement = endorsed(held := awarded_credential())
    endorser = endorsement.answered_by
    version = published_version(endorsement.endorser, blind=blind)
    attempt = assessable_attempt(version, learner=held.earner)
    other = assessable_attempt(version)
    issuers.seat(endorser, endorsement.endorser, "assessor", by=endorser, achievement=version.achievement)

    said = "you are too close to it" if blind else "you endorsed its learner"
    with pytest.raises(Refused, match=said):
        verbs.take(attempt, by=endorser)

    assert [turn.attempt for turn in queue_for(endorser)] == [other]
    assert verbs.take(other, by=endorser)
