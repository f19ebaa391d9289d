"""A first version is drafted whole, under a short name that stays."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import exchange, verbs
from apps.issuers.models import Achievement, AchievementVersion
from tests.factories import OUTCOMES, RUBRIC, WORDS, issuer_with_owner, seated
from tests.together import at_once

pytestmark = pytest.mark.django_db

SKILL = {"target_name": "Knives", "target_url": "https://skills.example/7", "target_code": "K7"}


@pytest.fixture
def house():
    return issuer_with_owner()[0]


def drafted(house, by, slug="sharpen", **more):
    return verbs.draft(house, by=by, slug=slug, words=WORDS, rubric=RUBRIC, outcomes=OUTCOMES, **more)


def test_everything_said_of_it_stands_in_it(house):
    designer = seated("designer", house)
    words = {"shape": "arch", "studs": 3}

    version = drafted(
        *(house, designer),
        alignments=[{**SKILL, "criterion": 1, "level": 2}, SKILL],
        picture_words=words,
        single=False,
    )

    body = exchange.to_json(AchievementVersion.objects.with_rubric().get(pk=version.pk))
    assert (body["slug"], body["single"], body["outcomes"]) == ("sharpen", False, OUTCOMES)
    assert {name: body["version"][name] for name in WORDS} == WORDS
    assert {name: body["picture"][name] for name in words} == words
    assert [
        {"name": one["name"], "description": one["description"], "required_level": one["required_level"]}
        for one in body["criteria"]
    ] == [{name: row[name] for name in ("name", "description", "required_level")} for row in RUBRIC]
    assert [one["required"] for one in body["criteria"]] == [True, True, False]
    assert body["criteria"][0]["levels"] == [{**level, "points": None} for level in RUBRIC[0]["levels"]]
    assert [(one["criterion"], one["level"], one["target_code"]) for one in body["alignments"]] == [
        (1, 2, "K7"),
        (None, None, "K7"),
    ]
    event = Event.objects.get(kind="version.drafted")
    assert (event.subject_id, event.actor_id, event.data) == (
        version.achievement.public_id,
        designer.public_id,
        {"number": 1},
    )


def test_asked_twice_the_short_name_is_taken(house):
    designer = seated("designer", house)
    drafted(house, designer)

    with pytest.raises(Refused, match="The short name “sharpen” is taken"):
        drafted(house, designer)

    assert Achievement.objects.count() == 1


@pytest.mark.parametrize("slug", ["", "Sharpen", "sharp en", "sharpen/..", "ōtara", "x" * 81])
def test_a_short_name_that_no_address_can_hold_is_refused(house, slug):
    with pytest.raises(Refused, match="small letters, digits and hyphens"):
        drafted(house, seated("designer", house), slug=slug)


def test_only_who_designs_there_drafts(house):
    with pytest.raises(PermissionDenied):
        drafted(house, seated("assessor", house))

    assert not Achievement.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_short_name_at_once_one_has_it():
    house, owner = issuer_with_owner()

    came_of = at_once(*[lambda: drafted(house, owner)] * 2)

    assert sorted(type(one).__name__ for one in came_of) == ["AchievementVersion", "Refused"]
    assert Achievement.objects.get().versions.count() == 1
