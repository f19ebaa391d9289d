"""A learner with a draft may go on with a newer version, seeing what changed."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs as issuers
from apps.submissions import verbs
from tests.factories import RUBRIC, WORDS, decided, open_attempt, owner_of, person, published_version
from tests.factories.uploads import begun, mp4, send

pytestmark = pytest.mark.django_db


def second_version(first, rubric):
    achievement = first.achievement
    owner = owner_of(achievement.issuer)
    draft = issuers.draft_next(achievement, by=owner, words=WORDS, rubric=rubric, outcomes=["Set an even edge."])
    return issuers.publish(draft, by=owner)


@pytest.fixture
def on_first():
    """An open attempt on version 1, whose one piece supports all three criteria, and version 2 without the third."""
    attempt = open_attempt(published_version())
    version = attempt.submission.version
    piece = attempt.evidence.get()
    piece.criteria.set(version.criteria.all())
    renamed = [RUBRIC[1], {**RUBRIC[0], "name": "The edge of the blade"}]
    return attempt, second_version(version, renamed)


def test_evidence_supports_what_its_criteria_have_become(on_first):
    attempt, newest = on_first
    learner = attempt.submission.learner

    moved = verbs.change_version(attempt.submission, by=learner)

    assert moved.version == newest
    assert sorted(one.name for one in attempt.evidence.get().criteria.all()) == ["Safety"]
    event = Event.objects.filter(kind="submission.version_changed").get()
    assert (event.subject_id, event.actor_id, event.data) == (
        moved.public_id,
        learner.public_id,
        {"before": 1, "version": 2},
    )


def test_asked_twice_it_is_there_already(on_first):
    attempt, _newest = on_first
    verbs.change_version(attempt.submission, by=attempt.submission.learner)

    with pytest.raises(Refused, match="You are on the newest already"):
        verbs.change_version(attempt.submission, by=attempt.submission.learner)


def test_nobody_moves_the_work_of_another(on_first):
    attempt, _newest = on_first

    with pytest.raises(PermissionDenied):
        verbs.change_version(attempt.submission, by=person())

    attempt.submission.refresh_from_db()
    assert attempt.submission.version.number == 1


def test_what_was_handed_in_stays_on_its_version(on_first):
    attempt, _newest = on_first
    verbs.submit(
        verbs.save_draft(attempt, by=attempt.submission.learner, overview="o", reflection="r", edition=attempt.edition),
        by=attempt.submission.learner,
    )

    with pytest.raises(Refused, match="handed in on version 1"):
        verbs.change_version(attempt.submission, by=attempt.submission.learner)


def test_a_second_attempt_stays_on_the_version_that_judged_the_first():
    answered = decided(short=True)
    submission = answered.attempt.submission
    second_version(submission.version, RUBRIC[:2])
    verbs.try_again(submission, by=submission.learner)

    with pytest.raises(Refused, match="handed in on version 1"):
        verbs.change_version(submission, by=submission.learner)


def test_the_page_shows_what_changed_and_the_form_leads_there(on_first):
    attempt, _newest = on_first
    client = Client()
    client.force_login(attempt.submission.learner)
    there = f"{attempt.submission.get_absolute_url()}change-version/"

    assert there in client.get(attempt.submission.get_absolute_url()).content.decode()
    page = client.get(there).content.decode()
    assert ("Go on with version 2" in page, "3. Care" in page) == (True, True)
    client.post(there)

    assert there not in client.get(attempt.submission.get_absolute_url()).content.decode()


def test_where_in_a_piece_to_look_goes_along(on_first):
    attempt, _newest = on_first
    place = {"page": 3, "seconds": None, "quote": "an even edge"}
    attempt.evidence.get().supports.filter(criterion__name="Safety").update(**place)

    verbs.change_version(attempt.submission, by=attempt.submission.learner)

    assert list(attempt.evidence.get().supports.values("criterion__name", *place)) == [
        {"criterion__name": "Safety", **place}
    ]


def test_a_file_on_its_way_supports_what_its_criteria_have_become():
    attempt = open_attempt(published_version())
    version = attempt.submission.version
    upload = begun(attempt, mp4(), title="Clip", criteria=list(version.criteria.all()))
    send(upload, mp4())
    renamed = [RUBRIC[1], {**RUBRIC[0], "name": "The edge of the blade"}]
    second_version(version, renamed)
    moved = verbs.change_version(attempt.submission, by=attempt.submission.learner)

    piece = verbs.complete_upload(upload, by=attempt.submission.learner)

    assert [(one.name, one.version) for one in piece.criteria.all()] == [("Safety", moved.version)]
