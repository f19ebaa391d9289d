"""The version after the newest is drafted; what is published stays as it is."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import exchange, verbs
from apps.issuers.models import AchievementVersion
from tests.factories import OUTCOMES, RUBRIC, WORDS, drafted_version, owner_of, published_version, seated
from tests.together import at_once

pytestmark = pytest.mark.django_db

FACTS = {
    "credit_framework": "nzqa",
    "credits": Decimal("2.5"),
    "level_framework": "nzqf",
    "level_number": 4,
    "review_by": date(2030, 2, 1),
    "tags": ["knives", "羊"],
    "hours": 25,
    "picture_alt": "A knife.",
}


def body_of(version):
    return exchange.to_json(AchievementVersion.objects.with_rubric().get(pk=version.pk))


@pytest.fixture
def first():
    """Published, with everything that a version can say."""
    levels = [{"name": "Low", "description": "Low.", "points": "0.5"}, {"name": "High", "description": "High."}]
    rows = [{**RUBRIC[0], "levels": levels, "requirements": [{"kind": "image", "at_most": 3, "asks_consent": True}]}]
    version = drafted_version(rubric=rows, **FACTS)
    owner = owner_of(version.achievement.issuer)
    target = {"target_name": "Knives", "target_url": "https://skills.example/7", "target_code": "K7"}
    verbs.align(version, by=owner, target=target)
    verbs.align(version, by=owner, target=target, level=version.criteria.get().levels.get(position=2))
    return verbs.publish(version, by=owner)


def test_the_next_begins_as_a_copy_of_all_that_the_newest_says(first):
    designer = seated("designer", first.achievement.issuer)
    before = body_of(first)

    version = verbs.draft_next(first.achievement, by=designer)

    assert body_of(version) == body_of(first) == before
    assert {name: getattr(version, name) for name in FACTS} == FACTS
    assert (version.number, version.state, version.edition, version.published_at) == (2, "draft", 1, None)
    version.refresh_from_db()
    assert (version.picture.name, version.picture_sha256) == (first.picture.name, first.picture_sha256)
    first.refresh_from_db()
    assert first.state == "published"
    event = Event.objects.filter(kind="version.drafted").latest("pk")
    assert (event.subject_id, event.actor_id, event.data) == (
        first.achievement.public_id,
        designer.public_id,
        {"number": 2},
    )


def test_it_begins_in_other_words_where_they_are_given(first):
    version = verbs.draft_next(
        *(first.achievement,),
        by=owner_of(first.achievement.issuer),
        words={**WORDS, "name": "Sharpen two"},
        rubric=RUBRIC,
        outcomes=OUTCOMES,
        picture_words={"shape": "arch"},
    )

    body = body_of(version)
    assert (body["version"]["name"], body["version"]["hours"], body["picture"]["shape"]) == (
        "Sharpen two",
        None,
        "arch",
    )
    assert ([one["name"] for one in body["criteria"]], body["alignments"]) == (["Edge", "Safety", "Care"], [])


def test_it_begins_in_words_alone_without_a_rubric(first):
    version = verbs.draft_next(first.achievement, by=owner_of(first.achievement.issuer), words=WORDS)

    assert (body_of(version)["criteria"], body_of(version)["outcomes"]) == ([], [])


@pytest.mark.parametrize("state", ["draft", "in_approval", "approved"])
def test_asked_twice_it_is_being_drafted_already(first, state):
    owner = owner_of(first.achievement.issuer)
    version = verbs.draft_next(first.achievement, by=owner)
    if state != "draft":
        verbs.send_in(version, by=owner)
    if state == "approved":
        verbs.approve(version, by=owner)

    with pytest.raises(Refused, match="being drafted already"):
        verbs.draft_next(first.achievement, by=owner)

    assert first.achievement.versions.count() == 2


def test_a_retired_one_is_followed_too_and_a_discarded_number_is_used_again(first):
    owner = owner_of(first.achievement.issuer)
    verbs.discard(verbs.draft_next(first.achievement, by=owner), by=owner)
    verbs.retire(first, by=owner)

    assert verbs.draft_next(first.achievement, by=owner).number == 2


def test_nothing_follows_what_is_archived(first):
    owner = owner_of(first.achievement.issuer)
    verbs.retire(first, by=owner)
    verbs.archive(first.achievement, by=owner)

    with pytest.raises(Refused, match="This badge is archived"):
        verbs.draft_next(first.achievement, by=owner)


def test_only_who_designs_there_drafts_the_next(first):
    for somebody in (seated("assessor", first.achievement.issuer), owner_of(published_version().achievement.issuer)):
        with pytest.raises(PermissionDenied):
            verbs.draft_next(first.achievement, by=somebody)

    assert first.achievement.versions.count() == 1


def test_what_was_thrown_away_with_its_only_draft_is_said_so():
    version = drafted_version()
    achievement, owner = version.achievement, owner_of(version.achievement.issuer)
    held = type(achievement).objects.get()
    verbs.discard(version, by=owner)

    with pytest.raises(Refused, match="thrown away meanwhile"):
        verbs.draft_next(held, by=owner)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_drafts_and_the_other_is_told():
    first = published_version()
    owner = owner_of(first.achievement.issuer)

    came_of = at_once(*[lambda: verbs.draft_next(first.achievement, by=owner)] * 2)

    assert sorted(type(one).__name__ for one in came_of) == ["AchievementVersion", "Refused"]
    assert list(first.achievement.versions.values_list("number", "state")) == [(2, "draft"), (1, "published")]
