import pytest
from django.core.exceptions import PermissionDenied

from apps.core import outbox
from apps.core.models import Event
from apps.core.refused import Refused
from apps.notices.models import Letter
from apps.reviews import verbs
from apps.reviews.models import Turn
from tests.factories import browser, decided, person, seated

pytestmark = pytest.mark.django_db


@pytest.fixture
def appeal():
    submission = decided(short=True).attempt.submission
    return verbs.lodge_appeal(submission, by=submission.learner, ground="process", grounds="Nobody read the log.")


def test_taken_back_the_decision_stands_and_nothing_waits(appeal):
    submission = appeal.decision.attempt.submission

    verbs.withdraw_appeal(appeal, by=submission.learner)

    appeal.refresh_from_db()
    submission.refresh_from_db()
    assert (appeal.state, submission.state, submission.attempts.get().state) == ("withdrawn", "not_yet", "closed")
    assert not Turn.objects.open().exists()
    event = Event.objects.get(kind="appeal.withdrawn")
    assert (event.actor_id, event.data) == (submission.learner.public_id, {"appeal": appeal.public_id})


def test_who_was_hearing_it_is_told_that_it_was_taken_back(appeal):
    attempt = appeal.decision.attempt
    lead = seated("moderator", attempt.submission.achievement.issuer)
    held = verbs.take(attempt, by=lead)

    verbs.withdraw_appeal(appeal, by=attempt.submission.learner)

    released = Event.objects.get(kind="assignment.released")
    assert released.data == {"assignment": held.public_id, "attempt": attempt.public_id}
    outbox.drain()
    letter = Letter.objects.get(kind="taken_over")
    assert (letter.person, "withdrew their appeal while you had it" in letter.text) == (lead, True)


def test_nobody_takes_anothers_back(appeal):
    with pytest.raises(PermissionDenied):
        verbs.withdraw_appeal(appeal, by=person())
    verbs.withdraw_appeal(appeal, by=appeal.decision.attempt.submission.learner)


def test_taken_back_it_cannot_be_lodged_or_taken_back_again(appeal):
    submission = appeal.decision.attempt.submission
    verbs.withdraw_appeal(appeal, by=submission.learner)

    with pytest.raises(Refused):
        verbs.withdraw_appeal(appeal, by=submission.learner)
    with pytest.raises(Refused, match="only one appeal is allowed"):
        verbs.lodge_appeal(submission, by=submission.learner, ground="process", grounds="After all.")


def test_the_page_asks_once_more_and_then_tells_that_it_is_taken_back(appeal):
    submission = appeal.decision.attempt.submission
    client, address = browser(submission.learner), f"{submission.get_absolute_url()}appeal/withdraw/"

    asked = client.get(address).content.decode()
    done = client.post(address, follow=True).content.decode()
    again = client.post(address)
    look = client.get(address)

    assert "you can't lodge it again" in asked
    assert ("You took your appeal back" in done, "Nobody read the log." in done) == (True, True)
    assert (again.status_code, look.status_code) == (409, 302)
    assert browser(person()).get(address).status_code == 404
