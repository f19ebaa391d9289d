"""What goes wrong at a desk, and the one right outcome of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Now

from apps.core import clock, outbox
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.issuers import verbs as issuers
from apps.issuers.models import Seat
from apps.notices.models import Notice
from apps.reviews import verbs
from apps.reviews.models import Assignment, Consequence, Decision, Review, Turn
from apps.submissions import verbs as submissions
from apps.submissions.models import Submission
from tests.factories import (
    ALL_GOOD,
    assessable_attempt,
    assessor_of,
    marks_for,
    owner_of,
    person,
    published_version,
    seat_of,
    seated,
    taken_attempt,
)
from tests.together import at_once, meanwhile


def marking(attempt, *, short=False):
    return {"marks": marks_for(attempt, short=short), "answers": ALL_GOOD, "note": "Thank you."}


def states(attempt):
    attempt.refresh_from_db()
    return Submission.objects.get(pk=attempt.submission_id).state, attempt.state


@pytest.mark.django_db(transaction=True)
def test_of_two_windows_that_decide_at_once_one_decides_and_the_badge_is_awarded_once():
    attempt, assessor = taken_attempt()

    def met():
        return verbs.decide(attempt, by=assessor, **marking(attempt))

    def not_met():
        return verbs.decide(attempt, by=assessor, **marking(attempt, short=True))

    came_of = at_once(met, not_met)

    [decision] = [one for one in came_of if isinstance(one, Decision)]
    [refusal] = [one for one in came_of if isinstance(one, Refused)]
    assert str(refusal) == f"This was decided already, by {assessor.name}."
    assert Credential.objects.count() == (decision.outcome == "meets")
    assert states(attempt) == ("awarded" if decision.outcome == "meets" else "not_yet", "closed")


@pytest.mark.django_db(transaction=True)
def test_of_two_markers_who_send_at_once_the_second_to_be_served_brings_the_decision():
    attempt = assessable_attempt(published_version(policy="double_blind"))
    markers = [assessor_of(attempt.submission.achievement) for _ in range(2)]
    for marker in markers:
        verbs.take(attempt, by=marker)

    came_of = at_once(*(lambda who=who: verbs.decide(attempt, by=who, **marking(attempt)) for who in markers))

    assert [one.how for one in came_of if one is not None] == ["agreed"]
    assert sorted(Review.objects.values_list("state", flat=True)) == ["accepted", "accepted"]
    assert Credential.objects.count() == 1


@pytest.mark.django_db
def test_a_lease_that_runs_out_in_mid_marking_cannot_be_sent_and_loses_no_mark():
    attempt, assessor = taken_attempt()
    words = marking(attempt)
    verbs.save_marks(attempt, by=assessor, **words)
    Assignment.objects.update(taken_at=Now() - timedelta(hours=9), until=Now() - timedelta(seconds=1))

    with pytest.raises(Refused, match="Your time for this ran out"):
        verbs.decide(attempt, by=assessor, **words)
    verbs.expire_leases()
    with pytest.raises(Refused, match="You don't hold this any more"):
        verbs.decide(attempt, by=assessor, **words)
    review = verbs.take(attempt, by=assessor).review

    assert {mark.criterion: (mark.level, mark.comment) for mark in review.marks.all()} == words["marks"]
    assert verbs.decide(attempt, by=assessor, **words).outcome == "meets"


@pytest.mark.django_db
def test_a_sign_of_life_begins_the_lease_anew():
    attempt, assessor = taken_attempt()
    soon = Now() + timedelta(minutes=1)
    for act in (
        lambda: verbs.keep(attempt, by=assessor),
        lambda: verbs.save_marks(attempt, by=assessor, **marking(attempt)),
    ):
        Assignment.objects.update(taken_at=Now() - timedelta(hours=1), until=soon)
        act()
        lease = Assignment.objects.annotate(at=Now()).get()
        assert lease.until - lease.at > timedelta(hours=7)


@pytest.mark.django_db(transaction=True)
def test_what_its_learner_withdraws_while_it_is_decided_is_either_decided_or_withdrawn():
    attempt, assessor = taken_attempt()
    learner = attempt.submission.learner

    decided, withdrawn = meanwhile(
        lambda: verbs.decide(attempt, by=assessor, **marking(attempt)),
        lambda: submissions.withdraw(attempt.submission, by=learner),
    )

    assert decided.outcome == "meets"
    assert isinstance(withdrawn, Refused)
    assert states(attempt) == ("awarded", "closed")


@pytest.mark.django_db
def test_what_its_learner_withdrew_is_off_every_desk_with_its_marks_kept():
    attempt = assessable_attempt(published_version(policy="double_blind"))
    markers = [assessor_of(attempt.submission.achievement) for _ in range(2)]
    for marker in markers:
        verbs.take(attempt, by=marker)
    verbs.save_marks(attempt, by=markers[0], **marking(attempt))

    submissions.withdraw(attempt.submission, by=attempt.submission.learner)
    with pytest.raises(Refused):
        verbs.decide(attempt, by=markers[0], **marking(attempt))
    outbox.drain()

    assert list(Turn.objects.values_list("state", "holder")) == [("dropped", None)] * 2
    assert set(Assignment.objects.values_list("state", flat=True)) == {"released"}
    assert Review.objects.filter(state="void", marks__isnull=False).distinct().count() == 1
    told = Notice.objects.filter(kind="work_withdrawn").values_list("person", flat=True)
    assert sorted(told) == sorted(marker.pk for marker in markers)


@pytest.mark.django_db
def test_work_is_judged_by_the_version_that_it_began_with_though_the_next_is_out():
    attempt, assessor = taken_attempt()
    version = attempt.submission.version
    owner = owner_of(version.achievement.issuer)
    following = issuers.draft_next(version.achievement, by=owner)
    issuers.publish(following, by=owner)

    decision = verbs.decide(attempt, by=assessor, **marking(attempt))

    credential = Credential.objects.get(decision_id=decision.public_id)
    version.refresh_from_db()
    assert (credential.version, version.state) == (version, "retired")


@pytest.mark.django_db
def test_a_moderator_changes_what_was_claimed_already_and_the_badge_stands_until_a_human_sees_to_it():
    version = published_version(moderation_percent=100)
    attempt, assessor = taken_attempt(version)
    verbs.decide(attempt, by=assessor, **marking(attempt))
    outbox.drain()
    credential = Credential.objects.get()
    credentials.claim(credential, by=credential.earner)
    lead = seated(Seat.Role.MODERATOR, version.achievement.issuer)
    verbs.take(attempt, by=lead)

    verbs.change_decision(attempt, by=lead, reason="The edge is not even.", **marking(attempt, short=True))

    credential.refresh_from_db()
    consequence = Consequence.objects.get()
    owner = owner_of(version.achievement.issuer)
    assert states(attempt) == ("not_yet", "closed")
    assert (credential.state, credential.status) == ("claimed", "valid")
    assert (consequence.credential, consequence.done) == (credential, "")
    assert Notice.objects.get(kind="decision_changed").person == owner
    assert Notice.objects.get(kind="decided_anew").facts["reason"] == "The edge is not even."
    verbs.see_to(consequence, by=owner, done="revoked", note="The decision was changed.")
    credential.refresh_from_db()
    assert (credential.status, credential.status_reason) == ("revoked", "mistake")


@pytest.mark.django_db
def test_whose_seat_ends_with_work_open_is_told_so_and_another_takes_it_on():
    attempt, assessor = taken_attempt()
    verbs.save_marks(attempt, by=assessor, **marking(attempt))
    issuers.end_seat(seat_of(assessor, "assessor"), by=owner_of(attempt.submission.achievement.issuer))

    with pytest.raises(Refused, match="You may no longer judge this badge"):
        verbs.decide(attempt, by=assessor, **marking(attempt))
    with pytest.raises(PermissionDenied):
        verbs.decide(attempt, by=person(), **marking(attempt))
    verbs.expire_leases()

    other = assessor_of(attempt.submission.achievement)
    assert verbs.take(attempt, by=other).assessor == other
    assert Review.objects.filter(assignment__assessor=assessor).get().marks.count() == 3


@pytest.mark.django_db
def test_a_clock_that_moves_back_neither_ends_a_lease_nor_reorders_what_happened():
    attempt, assessor = taken_attempt()
    with clock.at(clock.now() - timedelta(days=400)):
        assert verbs.expire_leases() == 0
        decision = verbs.decide(attempt, by=assessor, **marking(attempt, short=True))
        second = submissions.try_again(attempt.submission, by=attempt.submission.learner)

    assert (decision.outcome, second.number) == ("not_yet", 2)
    assert states(attempt) == ("draft", "closed")
