"""Who stands too near to a piece of work to judge it: found by itself, and kept by verbs, queue and database alike."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from apps.core import clock, outbox
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.issuers import verbs as issuers
from apps.pathways import verbs as pathways
from apps.pathways.models import Membership
from apps.reviews import queries, verbs
from apps.reviews.models import Assignment, Conflict
from apps.reviews.verbs import handing_out, leases
from apps.submissions.models import CoachTalk, Submission
from tests.factories import (
    assessable_attempt,
    issuer_with_owner,
    owner_of,
    person,
    published_version,
    requested,
    seated,
)
from tests.factories.pathways import published
from tests.pathways.walkers import give
from tests.reviews.plainly import free_for, queue_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    """(an attempt that waits, an assessor who has nothing to do with its learner)."""
    issuer, _owner = issuer_with_owner()
    attempt = assessable_attempt(published_version(issuer), learner=person("Hemi"))
    return attempt, seated("assessor", issuer)


def shares_an_address(attempt, assessor):
    EmailAddress.objects.create(user=assessor, email=attempt.submission.learner.email, verified=False)


def is_known_by_the_learner_too(attempt, assessor):
    EmailAddress.objects.create(user=attempt.submission.learner, email=assessor.email, verified=False)


def has_a_third_address_in_common(attempt, assessor):
    for who, address in ((assessor, "both@people.example"), (attempt.submission.learner, "both@people.example")):
        EmailAddress.objects.create(user=who, email=address, verified=False)


def declared(attempt, assessor):
    Conflict.objects.create(
        submission=attempt.submission, assessor=assessor, kind="knows", reason="", declared_at=clock.now()
    )


def declared_with_another_account(attempt, assessor):
    other = person()
    EmailAddress.objects.create(user=other, email=assessor.email, verified=False)
    declared(attempt, other)


def endorsed_the_learner(attempt, assessor):
    held = give(attempt.submission.learner, published_version().achievement, followed=False)
    outbox.drain()
    held.refresh_from_db()
    endorser, _owner = issuer_with_owner()
    asked = requested(held, endorser=endorser)
    issuers.seat(assessor, endorser, "owner", by=owner_of(endorser))
    credentials.accept_endorsement(asked, by=assessor, comment="We taught beside them.")


def mentors(attempt, assessor, *, learner=None):
    issuer = attempt.submission.achievement.issuer
    pathway = published(issuer, ["Gear", "Shear"]).pathway
    group = pathways.make_group(pathway, by=owner_of(issuer), name="Spring", mentor=assessor)
    return pathways.join_group(group, by=learner or attempt.submission.learner, mentor=group.mentor.public_id)


def mentored_until_a_moment_ago(attempt, assessor):
    pathways.leave_group(mentors(attempt, assessor), by=assessor)


def mentored_in_a_group_that_ended(attempt, assessor):
    pathways.end_group(mentors(attempt, assessor).group, by=assessor)


def mentored_in_a_group_that_was_handed_on(attempt, assessor):
    issuer = attempt.submission.achievement.issuer
    pathways.hand_on_group(mentors(attempt, assessor).group, by=owner_of(issuer), mentor=owner_of(issuer))


def coached(attempt, assessor):
    CoachTalk.objects.create(
        submission=attempt.submission, after_attempt=1, by=assessor, note="Film it.", held_at=clock.now()
    )


MENTORED = "you mentored its learner while they worked on it"
NEAR = {
    shares_an_address: ("the work is yours", "their own work"),
    is_known_by_the_learner_too: ("the work is yours", "their own work"),
    has_a_third_address_in_common: ("the work is yours", "their own work"),
    declared: ("you declared a conflict", "against a conflict"),
    declared_with_another_account: ("you declared a conflict", "against a conflict"),
    endorsed_the_learner: ("you endorsed its learner", "whom they endorsed"),
    mentors: (MENTORED, "whom they mentor"),
    mentored_until_a_moment_ago: (MENTORED, "whom they mentor"),
    mentored_in_a_group_that_ended: (MENTORED, "whom they mentor"),
    mentored_in_a_group_that_was_handed_on: (MENTORED, "whom they mentor"),
}
ways = pytest.mark.parametrize("near", NEAR, ids=lambda near: near.__name__)


def offered(attempt, assessor):
    """Around every verb."""
    return Assignment.objects.create(
        turn=attempt.turns.get(), attempt=attempt, assessor=assessor, state="offered", until=Now() + timedelta(days=1)
    )


def taken(assignment):
    Assignment.objects.filter(pk=assignment.pk).update(state="taken", taken_at=Now(), until=Now() + timedelta(hours=1))


@ways
def test_who_is_near_is_told_why_and_finds_it_in_no_queue(desk, near):
    attempt, assessor = desk
    turn = attempt.turns.get()
    before = ([one.pk for one in queue_for(assessor)], queries.may_play(assessor, turn))

    near(attempt, assessor)

    assert before == ([turn.pk], True)
    with pytest.raises(Refused, match=NEAR[near][0]):
        verbs.take(attempt, by=assessor)
    waiting = {one.pk for one in (*queue_for(assessor), *queries.Queue(assessor).page().rows)}
    assert (turn.pk in waiting, queries.may_play(assessor, turn)) == (False, False)
    assert verbs.take_next(by=assessor) is None
    assert verbs.take(attempt, by=seated("assessor", attempt.submission.achievement.issuer))


@ways
def test_the_database_lets_nobody_near_be_offered_it_nor_take_what_was_offered(desk, near):
    attempt, assessor = desk
    before = offered(attempt, assessor)

    near(attempt, assessor)

    with pytest.raises(IntegrityError, match=NEAR[near][1]), transaction.atomic():
        taken(before)
    Assignment.objects.filter(pk=before.pk).update(state="released")
    with pytest.raises(IntegrityError, match=NEAR[near][1]), transaction.atomic():
        offered(attempt, assessor)
    taken(offered(attempt, seated("assessor", attempt.submission.achievement.issuer)))


@pytest.mark.parametrize("was_offered", [False, True])
def test_what_comes_between_the_question_and_the_taking_is_refused_in_words_too(desk, monkeypatch, was_offered):
    attempt, assessor = desk
    asked = leases.refuse_barred

    def mentored_since(*who, **what):
        asked(*who, **what)
        mentors(attempt, assessor)

    before = [offered(attempt, assessor)] if was_offered else []
    monkeypatch.setattr(leases, "refuse_barred", mentored_since)

    with pytest.raises(Refused, match=MENTORED):
        verbs.take(attempt, by=assessor)

    assert list(Assignment.objects.filter(state__in=Assignment.OPEN)) == before
    monkeypatch.undo()
    assert verbs.take(attempt, by=assessor).state == "taken", "what came between went with the refusal, in this test"


def test_the_next_one_is_looked_for_anew_where_somebody_came_near_meanwhile(desk, monkeypatch):
    attempt, assessor = desk
    find, found = queries.locked_free, []

    def mentored_since(*asked):
        found.append(find(*asked))
        if len(found) == 1:
            mentors(attempt, assessor)
        return found[-1]

    monkeypatch.setattr(queries, "locked_free", mentored_since)

    taken_then = verbs.take_next(by=assessor)

    # What came between went with the refusal, in this test, so that the same one is found again.
    assert [turn.attempt for turn in found] == [attempt, attempt]
    assert list(Assignment.objects.all()) == [taken_then]


def test_a_lead_hears_that_somebody_must_not_judge_it_who_came_near_a_moment_ago(desk, monkeypatch):
    attempt, assessor = desk
    lead = seated("moderator", attempt.submission.achievement.issuer)
    asked = handing_out.refuse_barred

    def mentored_since(*who, **what):
        asked(*who, **what)
        mentors(attempt, assessor)

    monkeypatch.setattr(handing_out, "refuse_barred", mentored_since)

    with pytest.raises(Refused, match="must not judge this one"):
        verbs.assign(attempt.turns.get(), to=assessor, by=lead)

    assert not Assignment.objects.exists()
    monkeypatch.undo()
    assert verbs.assign(attempt.turns.get(), to=assessor, by=lead).state == "offered"


def began_now(attempt):
    """The work began after all that came before."""
    Submission.objects.filter(pk=attempt.submission_id).update(started_at=clock.now())


def mentored_before(attempt, assessor):
    mentored_until_a_moment_ago(attempt, assessor)
    began_now(attempt)


def was_asked_but_never_agreed(attempt, assessor):
    mentors(attempt, assessor)
    Membership.objects.update(agreed_at=None)


def mentors_somebody_else(attempt, assessor):
    mentors(attempt, assessor, learner=person())


@pytest.mark.parametrize("far", [mentored_before, coached, was_asked_but_never_agreed, mentors_somebody_else])
def test_who_was_near_before_the_work_began_or_never_was_judges_it(desk, far):
    attempt, assessor = desk

    far(attempt, assessor)

    assert attempt.turns.get().pk in {one.pk for one in queue_for(assessor)}
    assert verbs.take(attempt, by=assessor).state == "taken"


def test_who_mentors_the_learner_of_blind_work_is_not_told_that_they_do():
    issuer, _owner = issuer_with_owner()
    attempt = assessable_attempt(published_version(issuer, blind=True), learner=person("Hemi"))
    assessor = seated("assessor", issuer)
    mentors(attempt, assessor)

    with pytest.raises(Refused, match=r"^You cannot judge this one: you are too close to it\.$"):
        verbs.take(attempt, by=assessor)


@pytest.mark.parametrize("held", ["offered", "taken"])
def test_who_becomes_the_mentor_of_a_learner_loses_what_they_hold_of_them(desk, held):
    attempt, assessor = desk
    lead = seated("moderator", attempt.submission.achievement.issuer)
    verbs.assign(attempt.turns.get(), to=assessor, by=lead)
    if held == "taken":
        verbs.take(attempt, by=assessor)

    mentors(attempt, assessor)

    assert (verbs.expire_leases(), attempt.turns.get().holder) == (1, None)


def test_a_proving_badge_that_ran_out_takes_its_holder_from_queue_and_desk(desk):
    attempt, assessor = desk
    achievement = attempt.submission.achievement
    badge = published_version(achievement.issuer, valid_for_days=30).achievement
    issuers.set_assessor_badge(achievement, by=owner_of(achievement.issuer), badge=badge)
    proof = give(assessor, badge, followed=False)
    until, free = proof.valid_until, {}

    for moment in (until - timedelta(seconds=1), until + timedelta(seconds=1)):
        with clock.at(moment):
            free[moment < until] = (
                queries.Queue(assessor).counts["free"],
                [one.pk for one in free_for(assessor)],
                queries.may_play(assessor, attempt.turns.get()),
            )

    turn = attempt.turns.get().pk
    assert free == {True: (1, [turn], True), False: (0, [], False)}
    with clock.at(until + timedelta(seconds=1)):
        with pytest.raises(Refused, match="yours is missing or has run out"):
            verbs.take(attempt, by=assessor)
        assert verbs.take_next(by=assessor) is None
    with clock.at(until - timedelta(seconds=1)):
        assert verbs.take_next(by=assessor).attempt == attempt
    with clock.at(until + timedelta(seconds=1)):
        assert verbs.expire_leases() == 1
