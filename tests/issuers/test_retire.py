"""A version is closed for new work, and an achievement put away."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied

from apps.core import clock
from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import Achievement, AchievementVersion
from tests.factories import drafted_version, owner_of, published_version, seated
from tests.together import at_once

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def states_of(achievement):
    return list(achievement.versions.values_list("number", "state"))


def test_retired_it_is_open_no_more_and_still_readable():
    version = published_version()
    manager = seated("manager", version.achievement.issuer)

    assert verbs.retire(version, by=manager).state == "retired"

    assert list(AchievementVersion.objects.public()) == []
    assert list(AchievementVersion.objects.readable()) == [version]
    event = Event.objects.get(kind="version.retired")
    assert (event.subject_id, event.actor_id, event.data) == (
        version.achievement.public_id,
        manager.public_id,
        {"number": 1},
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_retires_it():
    version = published_version()
    owner = owner_of(version.achievement.issuer)

    came_of = at_once(*[lambda: verbs.retire(version, by=owner)] * 2)

    assert sorted(type(one).__name__ for one in came_of) == ["AchievementVersion", "Refused"]
    assert Event.objects.filter(kind="version.retired").count() == 1


def test_asked_twice_it_is_retired_already():
    version = published_version()
    owner = owner_of(version.achievement.issuer)
    verbs.retire(version, by=owner)

    with pytest.raises(Refused, match="This version is retired"):
        verbs.retire(version, by=owner)


def test_designers_neither_retire_nor_archive():
    version = published_version()
    designer = seated("designer", version.achievement.issuer)

    with pytest.raises(PermissionDenied):
        verbs.retire(version, by=designer)
    verbs.retire(version, by=owner_of(version.achievement.issuer))
    with pytest.raises(PermissionDenied):
        verbs.archive(version.achievement, by=designer)

    assert states_of(version.achievement) == [(1, "retired")]


def test_archived_every_version_of_it_is_put_away():
    first = published_version()
    owner = owner_of(first.achievement.issuer)
    verbs.retire(verbs.publish(verbs.draft_next(first.achievement, by=owner), by=owner), by=owner)

    with clock.at(NOON):
        archived = verbs.archive(first.achievement, by=owner)

    assert states_of(first.achievement) == [(2, "archived"), (1, "archived")]
    event = Event.objects.get(kind="achievement.archived")
    assert (event.subject_id, event.actor_id, event.data, archived.archived_at) == (
        first.achievement.public_id,
        owner.public_id,
        {"versions": [1, 2]},
        NOON,
    )


def test_asked_twice_it_is_archived_already():
    version = published_version()
    owner = owner_of(version.achievement.issuer)
    verbs.retire(version, by=owner)
    verbs.archive(version.achievement, by=owner)

    with pytest.raises(Refused, match="This badge is archived already"):
        verbs.archive(version.achievement, by=owner)

    assert Event.objects.filter(kind="achievement.archived").count() == 1


@pytest.mark.parametrize("in_the_way", ["published", "draft", "in_approval", "approved"])
def test_what_is_open_or_in_the_making_stands_in_the_way(in_the_way):
    first = published_version()
    owner = owner_of(first.achievement.issuer)
    if in_the_way != "published":
        verbs.retire(first, by=owner)
        version = verbs.draft_next(first.achievement, by=owner)
        AchievementVersion.objects.filter(pk=version.pk).update(state=in_the_way)
    before = states_of(first.achievement)

    with pytest.raises(Refused, match="before you archive it"):
        verbs.archive(first.achievement, by=owner)

    assert states_of(first.achievement) == before
    assert not Achievement.objects.exclude(archived_at=None).exists()


def test_a_draft_that_can_not_be_thrown_away_stays_and_nobody_goes_on_with_it():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    verbs.send_in(draft, by=owner)
    verbs.ask_changes(draft, by=owner, note="Not at all.")

    verbs.archive(draft.achievement, by=owner)

    assert states_of(draft.achievement) == [(1, "draft")]
    assert Event.objects.get(kind="achievement.archived").data == {"versions": []}
    for act in (
        lambda: verbs.word(draft, by=owner, edition=1, cost="Free"),
        lambda: verbs.send_in(draft, by=owner),
        lambda: verbs.publish(draft, by=owner),
        lambda: verbs.comment(draft, by=owner, text="Hm."),
    ):
        with pytest.raises(Refused, match="This badge is archived"):
            act()


@pytest.mark.django_db(transaction=True)
def test_archived_and_drafted_anew_at_once_only_one_happens():
    version = published_version()
    owner = owner_of(version.achievement.issuer)
    verbs.retire(version, by=owner)

    came_of = at_once(
        lambda: verbs.archive(version.achievement, by=owner), lambda: verbs.draft_next(version.achievement, by=owner)
    )

    refused = [isinstance(one, Refused) for one in came_of]
    assert sorted(refused) == [False, True], came_of
    achievement = Achievement.objects.get()
    assert (achievement.archived_at is None, states_of(achievement)) == (
        (True, [(2, "draft"), (1, "retired")]) if refused[0] else (False, [(1, "archived")])
    )


@pytest.mark.django_db(transaction=True)
def test_archived_and_thrown_away_at_once_the_draft_goes_and_nobody_waits_for_ever():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)
    achievement = Achievement.objects.get()

    archived, discarded = at_once(lambda: verbs.archive(achievement, by=owner), lambda: verbs.discard(draft, by=owner))

    assert (type(archived).__name__, discarded, Achievement.objects.count()) == ("Refused", None, 0)
