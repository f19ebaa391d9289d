import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.submissions import verbs
from tests.factories import decided, open_attempt, person

pytestmark = pytest.mark.django_db


def test_the_next_attempt_carries_everything_over():
    first = decided(short=True).attempt
    learner = first.submission.learner

    second = verbs.try_again(first.submission, by=learner)

    assert (second.number, second.state, second.overview, second.reflection) == (
        2,
        "open",
        first.overview,
        first.reflection,
    )
    before, after = first.evidence.get(), second.evidence.get()
    same = ("kind", "title", "text", "url", "file", "sha256", "size", "media_type", "position")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert after.public_id != before.public_id
    assert list(after.criteria.order_by("pk")) == list(before.criteria.order_by("pk"))
    second.submission.refresh_from_db()
    assert second.submission.state == "draft"
    assert Event.objects.get(kind="submission.retried").data == {"attempt": second.public_id, "number": 2}


def test_the_first_attempt_stays_as_it_was():
    first = decided(short=True).attempt
    second = verbs.try_again(first.submission, by=first.submission.learner)

    verbs.remove_evidence(second.evidence.get(), by=first.submission.learner)

    assert (first.evidence.count(), second.evidence.count()) == (1, 0)


def test_asked_twice_it_opens_one_attempt():
    first = decided(short=True).attempt
    verbs.try_again(first.submission, by=first.submission.learner)

    with pytest.raises(Refused, match="draft"):
        verbs.try_again(first.submission, by=first.submission.learner)

    assert first.submission.attempts.count() == 2


def test_only_the_learner_tries_again():
    first = decided(short=True).attempt

    with pytest.raises(PermissionDenied):
        verbs.try_again(first.submission, by=person())

    assert verbs.try_again(first.submission, by=first.submission.learner)


def test_there_is_no_second_attempt_at_what_was_met_or_is_still_open():
    for attempt in (decided().attempt, open_attempt()):
        attempt.submission.refresh_from_db()
        with pytest.raises(Refused, match="can no longer be done"):
            verbs.try_again(attempt.submission, by=attempt.submission.learner)
