"""A lead shares work out evenly, and reads what stayed and why."""

from collections import Counter

import pytest
from allauth.account.models import EmailAddress

from apps.core import clock
from apps.core.refused import Refused
from apps.reviews import verbs
from apps.reviews.models import Assignment, Conflict
from tests.factories import assessable_attempt, browser, issuer_with_owner, published_version, seated

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    """(issuer, lead, two assessors, five attempts that wait)."""
    issuer, _owner = issuer_with_owner()
    version = published_version(issuer)
    attempts = [assessable_attempt(version) for _number in range(5)]
    return issuer, seated("moderator", issuer), [seated("assessor", issuer), seated("assessor", issuer)], attempts


def test_share_out_gives_each_as_many_counting_what_they_have(team):
    _issuer, lead, (one, two), attempts = team
    verbs.take(attempts[0], by=one)

    done = verbs.share_out([attempt.turns.get() for attempt in attempts[1:]], among=[one, two], by=lead)

    in_hand = Counter(Assignment.objects.filter(state__in=Assignment.OPEN).values_list("assessor", flat=True))
    assert (len(done.offered), done.left) == (4, [])
    assert sorted(in_hand.values()) == [2, 3]


def test_what_nobody_may_judge_stays_with_the_reason(team):
    _issuer, lead, (one, two), attempts = team
    own = assessable_attempt(attempts[0].submission.version, learner=one)
    turn = own.turns.get()

    done = verbs.share_out([turn], among=[one], by=lead)
    both = verbs.share_out([turn], among=[one, two], by=lead)

    assert (done.offered, done.left) == ([], [(turn, f"{one.name} must not judge this one.")])
    assert [offered.assessor for offered in both.offered] == [two]
    with pytest.raises(Refused, match="Choose who"):
        verbs.share_out([turn], among=[], by=lead)


def test_who_is_the_learner_of_blind_work_stays_with_the_words_of_any_conflict():
    issuer, _owner = issuer_with_owner()
    lead, learner, other, near = (seated(role, issuer) for role in ("moderator", "assessor", "assessor", "assessor"))
    turn = assessable_attempt(published_version(issuer, blind=True), learner=learner).turns.get()
    EmailAddress.objects.create(user=other, email=learner.email, verified=False)
    facts = {"submission": turn.attempt.submission, "assessor": near, "kind": "knows"}
    Conflict.objects.create(**facts, declared_at=clock.now())

    why = [verbs.share_out([turn], among=[one], by=lead).left for one in (learner, other, near)]

    assert why == [[(turn, f"{one.name} must not judge this one.")] for one in (learner, other, near)]
    assert not Assignment.objects.exists()


def test_ticked_rows_are_handed_to_one_or_shared_among_several_on_a_page(team):
    _issuer, lead, (one, two), attempts = team
    client = browser(lead)
    ids = [attempt.turns.get().public_id for attempt in attempts]
    queue = client.get("/reviews/").content.decode()

    page = client.get("/reviews/hand-out/", {"turn": ids[:2]}).content.decode()
    nobody = client.post("/reviews/hand-out/", {"turn": ids[:2]})
    to_one = client.post("/reviews/hand-out/", {"turn": ids[:2], "person": [one.public_id]}, follow=True)
    shared = client.post("/reviews/hand-out/", {"turn": ids[2:], "person": [one.public_id, two.public_id]}, follow=True)

    assert all(f'value="{each}"' in queue for each in ids)
    assert (one.name in page, attempts[2].submission.reference in page) == (True, False)
    assert (nobody.status_code, "Choose who is to have it." in nobody.content.decode()) == (422, True)
    assert f"2 pieces of work are kept for {one.name}." in to_one.content.decode()
    assert "3 pieces of work were shared out." in shared.content.decode()
    offered = Counter(Assignment.objects.values_list("assessor", flat=True))
    assert (offered[one.pk], offered[two.pk]) == (3, 2)


def test_the_page_says_what_stayed_and_why(team):
    _issuer, lead, (one, two), attempts = team
    verbs.take(attempts[0], by=two)

    answer = browser(lead).post(
        "/reviews/hand-out/", {"turn": [attempts[0].turns.get().public_id], "person": [one.public_id]}, follow=True
    )

    assert (
        f"Stayed as it was: {attempts[0].submission.reference}. {two.name} is working on this."
        in answer.content.decode()
    )


def test_nobody_from_elsewhere_and_nothing_from_elsewhere_is_handed_out(team):
    _issuer, lead, _assessors, attempts = team
    elsewhere, _owner = issuer_with_owner()
    stranger = seated("assessor", elsewhere)
    foreign = assessable_attempt(published_version(elsewhere))
    client = browser(lead)

    ours = {"turn": [attempts[0].turns.get().public_id], "person": [stranger.public_id]}
    theirs = {"turn": [foreign.turns.get().public_id], "person": [_assessors[0].public_id]}

    assert client.post("/reviews/hand-out/", ours).status_code == 422
    assert client.post("/reviews/hand-out/", theirs).status_code == 302
    assert not Assignment.objects.exists()


def test_handing_out_once_counts_once(team, settings):
    _issuer, lead, _assessors, attempts = team
    settings.RATE_LIMITS_FACTOR = 1
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"post": "2/d"}
    client = browser(lead)

    nobody = {"turn": [attempts[0].turns.get().public_id]}
    statuses = [client.post("/reviews/hand-out/", nobody).status_code for _time in range(3)]

    assert statuses == [422, 422, 429]
