"""A lead asks one person to take a turn."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.core import clock
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs as issuers
from apps.issuers.models import Issuer
from apps.notices.models import Notice
from apps.reviews import queries, verbs
from apps.reviews.models import Assignment, Conflict
from apps.submissions import verbs as submissions
from tests.factories import assessable_attempt, issuer_with_owner, owner_of, published_version, seated, taken_attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    """(lead, assessor, an attempt that waits) of one issuer."""
    issuer, _owner = issuer_with_owner()
    attempt = assessable_attempt(published_version(issuer))
    return seated("moderator", issuer), seated("assessor", issuer), attempt


def test_assign_keeps_it_for_somebody_who_is_told_and_no_lease_runs(team):
    lead, assessor, attempt = team

    offered = verbs.assign(attempt.turns.get(), to=assessor, by=lead)

    assert (offered.state, offered.assessor, offered.offered_by, offered.taken_at) == ("offered", assessor, lead, None)
    event = Event.objects.get(kind="assignment.offered")
    assert (event.actor_id, event.data["to"]) == (lead.public_id, assessor.public_id)
    assert Notice.objects.filter(person=assessor, kind="work_offered").count() == 1
    counts = queries.Queue(assessor).counts
    assert (counts["mine"], counts["free"]) == (1, 0)
    assert verbs.take_next(by=assessor) == Assignment.objects.get(state="taken")


def test_assign_twice_to_the_same_person_is_one_offer_and_to_another_moves_it(team):
    lead, assessor, attempt = team
    turn, other = attempt.turns.get(), seated("assessor", attempt.submission.achievement.issuer)

    assert verbs.assign(turn, to=assessor, by=lead) == verbs.assign(turn, to=assessor, by=lead)
    moved = verbs.assign(turn, to=other, by=lead)

    assert list(Assignment.objects.order_by("pk").values_list("assessor", "state")) == [
        (assessor.pk, "released"),
        (other.pk, "offered"),
    ]
    assert queries.Queue(other).page(queries.Asked(view="mine")).rows == [moved.turn]


def test_only_a_lead_assigns_and_never_their_own_work(team):
    lead, assessor, attempt = team
    own = assessable_attempt(attempt.submission.version, learner=lead)

    for turn, by in ((attempt.turns.get(), assessor), (own.turns.get(), lead)):
        with pytest.raises(PermissionDenied):
            verbs.assign(turn, to=assessor, by=by)

    assert not Assignment.objects.exists()


def test_assign_is_refused_with_a_reason_that_tells_nothing_of_the_learner(team):
    lead, assessor, attempt = team
    stranger = seated("assessor", issuer_with_owner()[0])
    turn = attempt.turns.get()
    with pytest.raises(Refused, match=f"{stranger.name} has no seat"):
        verbs.assign(turn, to=stranger, by=lead)
    Conflict.objects.create(
        submission=attempt.submission, assessor=assessor, kind="knows", reason="", declared_at=clock.now()
    )

    with pytest.raises(Refused, match=f"^{assessor.name} must not judge this one.$"):
        verbs.assign(turn, to=assessor, by=lead)


def test_what_somebody_is_at_or_what_is_done_is_not_assigned():
    attempt, holder = taken_attempt()
    issuer = attempt.submission.achievement.issuer
    lead, assessor = seated("moderator", issuer), seated("assessor", issuer)

    with pytest.raises(Refused, match=f"{holder.name} is working on this"):
        verbs.assign(attempt.turns.get(), to=assessor, by=lead)


def asks_for_a_badge(attempt):
    issuer = attempt.submission.achievement.issuer
    badge = published_version(issuer).achievement
    issuers.set_assessor_badge(attempt.submission.achievement, by=owner_of(issuer), badge=badge)


def bars_colleagues(attempt):
    Issuer.objects.filter(pk=attempt.submission.achievement.issuer_id).update(bars_colleagues=True)


@pytest.mark.parametrize("held", ["offered", "taken"])
@pytest.mark.parametrize("happens", [asks_for_a_badge, bars_colleagues])
def test_what_somebody_may_not_judge_any_more_is_freed(held, happens):
    issuer, _owner = issuer_with_owner()
    lead, assessor, learner = seated("moderator", issuer), seated("assessor", issuer), seated("designer", issuer)
    attempt = assessable_attempt(published_version(issuer), learner=learner)
    verbs.assign(attempt.turns.get(), to=assessor, by=lead)
    if held == "taken":
        verbs.take(attempt, by=assessor)
    assert verbs.expire_leases() == 0

    happens(attempt)

    assert (verbs.expire_leases(), verbs.expire_leases()) == (1, 0)
    ended = Assignment.objects.get()
    assert (ended.state, attempt.turns.get().holder) == ("released" if held == "offered" else "expired", None)


@pytest.mark.parametrize("held", [False, True])
def test_what_its_learner_just_took_back_is_neither_offered_nor_taken_over(team, held):
    lead, assessor, attempt = team
    turn = attempt.turns.get()
    if held:
        verbs.assign(turn, to=assessor, by=lead)
    submissions.withdraw(attempt.submission, by=attempt.submission.learner)

    with pytest.raises(Refused, match="does not wait any more"):
        verbs.take_over(attempt, by=lead) if held else verbs.assign(turn, to=assessor, by=lead)

    assert Assignment.objects.filter(state="taken").count() == 0
