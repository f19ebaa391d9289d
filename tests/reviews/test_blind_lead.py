"""What a lead of a badge that is judged blind may see: all of the judging, and nothing of whose work it is."""

import pytest

from apps.accounts.models import User
from apps.reviews import verbs
from tests.factories import (
    appealed,
    assessable_attempt,
    assessor_of,
    browser,
    moderating,
    person,
    published_version,
    seated,
)

pytestmark = pytest.mark.django_db
NAME = "Aroha Pickering"


def waiting(**words):
    return assessable_attempt(published_version(**words), learner=person())


def held_by_another(**words):
    attempt = waiting(**words)
    verbs.take(attempt, by=assessor_of(attempt.submission.achievement))
    return attempt


def offered(**words):
    attempt = waiting(**words)
    issuer = attempt.submission.achievement.issuer
    verbs.assign(attempt.turns.get(), to=seated("assessor", issuer), by=seated("moderator", issuer))
    return attempt


def looked_at_again(**words):
    return moderating(**words)[0]


def under_appeal(**words):
    return appealed(version=published_version(**words)).decision.attempt


def walk(attempt, client):
    desk = f"/reviews/{attempt.public_id}/"
    parts = ("", "evidence/", "story/", "story.csv", "story.json", "take-over/", "recuse/")
    turn = attempt.turns.order_by("-pk").first()
    return [
        *(desk + part for part in parts),
        *("/reviews/", "/reviews/?view=all", "/reviews/queue.csv", "/reviews/workload/", "/reviews/workload.csv"),
        *("/reviews/appeals/", "/reviews/appeals.csv", f"/reviews/hand-out/?turn={turn.public_id}", "/notices/"),
    ]


@pytest.mark.parametrize("at", [waiting, held_by_another, offered, looked_at_again, under_appeal])
def test_a_lead_walks_past_blind_work_and_learns_nowhere_whose_it_is(at):
    named = {}
    for blind in (False, True):
        attempt = at(blind=blind)
        learner = attempt.submission.learner
        User.objects.filter(pk=learner.pk).update(name=NAME)
        client = browser(seated("moderator", attempt.submission.achievement.issuer))
        traces = (NAME, NAME.split()[1], learner.email, learner.public_id)
        told = {}
        for address in walk(attempt, client):
            answer = client.get(address)
            assert answer.status_code == 200, address
            words = b"".join(answer) if answer.streaming else answer.content
            told[address.replace(attempt.public_id, "…")] = [one for one in traces if one in words.decode()]
        named[blind] = [address for address, found in told.items() if found]

    assert "/reviews/…/" in named[False], "there is something to leak"
    assert named[True] == []
