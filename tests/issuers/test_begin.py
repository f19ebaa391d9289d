"""An achievement is begun under a name."""

import hashlib
import re

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import exchange, verbs
from apps.issuers.models import Achievement, AchievementVersion
from apps.issuers.starters import STARTERS
from tests.factories import issuer_with_owner, person, seated
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return issuer_with_owner()[0]


def fresh(version):
    return AchievementVersion.objects.with_rubric().get(pk=version.pk)


def test_a_name_is_enough(house):
    designer = seated("designer", house)

    version = fresh(verbs.begin(house, by=designer, name="  Mend a net "))

    achievement = version.achievement
    assert (achievement.issuer, achievement.slug, achievement.single) == (house, "mend-a-net", True)
    assert (version.number, version.state, version.edition, version.name) == (1, "draft", 1, "Mend a net")
    assert version.criteria.count() == version.outcomes.count() == version.alignments.count() == 0
    with version.picture.open() as picture:
        assert hashlib.sha256(picture.read()).hexdigest() == version.picture_sha256
    events = Event.objects.filter(subject_id=achievement.public_id)
    assert [(one.kind, one.actor_id, one.data) for one in events] == [
        ("version.drafted", designer.public_id, {"number": 1})
    ]


@pytest.mark.parametrize("code", STARTERS)
def test_what_it_begins_from_is_written_whole(house, code):
    design = STARTERS[code].design

    version = fresh(verbs.begin(house, by=seated("designer", house), name="Mend a net", design=design))

    body = exchange.to_json(version)
    assert {name: body["version"][name] for name in design["version"]} == design["version"]
    assert (body["version"]["name"], body["outcomes"]) == ("Mend a net", design["outcomes"])
    assert [
        (one["name"], one["required_level"], len(one["levels"]), len(one["requirements"])) for one in body["criteria"]
    ] == [
        (one["name"], one["required_level"], len(one["levels"]), len(one["requirements"])) for one in design["criteria"]
    ]


def test_what_many_may_hold_is_begun_as_such(house):
    version = verbs.begin(house, by=seated("designer", house), name="Mend a net", design={"single": False})

    assert not version.achievement.single


def test_asked_twice_there_are_two_with_short_names_of_their_own(house):
    designer = seated("designer", house)

    slugs = [verbs.begin(house, by=designer, name="Mend a net").achievement.slug for _ in range(2)]

    assert slugs[0] == "mend-a-net"
    assert re.fullmatch("mend-a-net-[a-z2-7]{6}", slugs[1])


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("羊毛", "[a-z2-7]{6}"),
        ("Ōtākou — tiaki!", "otakou-tiaki"),
        ("x" * 200, "x{73}"),
        ("a" * 72 + " b", "a{72}"),
    ],
)
def test_a_short_name_is_plain_and_short_whatever_the_name(house, name, slug):
    assert re.fullmatch(slug, verbs.begin(house, by=seated("designer", house), name=name).achievement.slug)


@pytest.mark.parametrize("name", ["", " \t "])
def test_without_a_name_nothing_begins(house, name):
    with pytest.raises(Refused, match="Give it a name"):
        verbs.begin(house, by=seated("designer", house), name=name)

    assert not Achievement.objects.exists()


@pytest.mark.parametrize("role", ["assessor", "moderator", "recogniser", "viewer", "elsewhere", ""])
def test_only_who_designs_there_begins(house, role):
    somebody = issuer_with_owner()[1] if role == "elsewhere" else seated(role, house) if role else person()

    with pytest.raises(PermissionDenied):
        verbs.begin(house, by=somebody, name="Mend a net")

    assert not Achievement.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_the_same_at_once_both_begin():
    houses = [issuer_with_owner() for _ in range(2)]

    begun = at_once(
        *(
            lambda issuer=issuer, owner=owner: verbs.begin(issuer, by=owner, name="Mend a net")
            for issuer, owner in houses
        )
    )

    slugs = sorted(one.achievement.slug for one in begun)
    assert slugs[0] == "mend-a-net"
    assert re.fullmatch("mend-a-net-[a-z2-7]{6}", slugs[1])
