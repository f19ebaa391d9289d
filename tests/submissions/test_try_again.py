import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers.models import Achievement, AchievementVersion
from apps.submissions import verbs
from apps.submissions.models import Submission
from tests.factories import awarded_credential, decided, open_attempt, person, published_version

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


def test_what_one_holds_is_not_begun_once_more():
    held = awarded_credential()
    before = decided(short=True, version=held.version).attempt.submission
    Submission.objects.filter(pk=before.pk).update(learner=held.earner)

    with pytest.raises(Refused, match="hold this badge already"):
        verbs.start(held.version, by=held.earner)
    with pytest.raises(Refused, match="hold this badge already"):
        verbs.try_again(before, by=held.earner)

    assert Submission.objects.filter(learner=held.earner, state__in=["draft"]).count() == 0


def test_what_can_be_earned_many_times_is_begun_once_more():
    version = published_version()
    Achievement.objects.filter(pk=version.achievement_id).update(single=False)
    version = AchievementVersion.objects.get(pk=version.pk)
    held = awarded_credential(version=version)

    assert verbs.start(version, by=held.earner).state == "draft"


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
