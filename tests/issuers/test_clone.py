"""Another achievement is begun from what anybody may read, or from a draft of one's own."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import exchange, verbs
from apps.issuers.models import Achievement, AchievementVersion
from tests.factories import RUBRIC, drafted_version, issuer_with_owner, owner_of, published_version, seated

pytestmark = pytest.mark.django_db

SKILL = {"target_name": "Knives", "target_url": "https://skills.example/7", "target_code": "K7"}


def body_of(version):
    return exchange.to_json(AchievementVersion.objects.with_rubric().get(pk=version.pk))


def without(body, *names):
    """The same, but for its slug, its name, and what is named."""
    words = {name: value for name, value in body["version"].items() if name not in ("name", *names)}
    return {name: value for name, value in body.items() if name not in ("slug", *names)} | {"version": words}


def a_design(**words):
    rubric = [{**RUBRIC[0], "requirements": [{"kind": "image", "at_least": 2}]}, RUBRIC[1]]
    version = drafted_version(rubric=rubric, single=False, picture_alt="A knife on a hexagon.", hours=20, **words)
    verbs.align(version, by=owner_of(version.achievement.issuer), target=SKILL, criterion=version.criteria.first())
    return version


def test_within_a_house_the_copy_is_equal_but_for_its_name_and_picture_and_all():
    source = a_design()
    house = source.achievement.issuer
    designer = seated("designer", house)

    copy = verbs.clone(source, by=designer, issuer=house, name="Copy")

    assert without(body_of(copy)) == without(body_of(source))
    assert (copy.name, copy.achievement.slug, copy.number, copy.state) == ("Copy", "copy", 1, "draft")
    copy.refresh_from_db()
    assert copy.picture_sha256 == source.picture_sha256
    event = Event.objects.get(kind="version.drafted", subject_id=copy.achievement.public_id)
    assert (event.actor_id, event.data) == (designer.public_id, {"number": 1})


def test_from_another_house_it_comes_without_that_houses_picture():
    source = a_design()
    verbs.publish(source, by=owner_of(source.achievement.issuer))
    house, owner = issuer_with_owner()
    own = verbs.begin(house, by=owner, name="Own")

    copy = verbs.clone(source, by=owner, issuer=house, name="Copy")

    assert without(body_of(copy), "picture", "picture_alt") == without(body_of(source), "picture", "picture_alt")
    assert copy.achievement.issuer == house
    assert {name: copy.picture_words[name] for name in ("shape", "ring")} == {
        name: own.picture_words[name] for name in ("shape", "ring")
    }
    assert copy.picture_alt == ""


def test_asked_twice_there_are_two_copies():
    source = published_version()
    owner = owner_of(source.achievement.issuer)

    copies = [verbs.clone(source, by=owner, issuer=source.achievement.issuer, name="Copy") for _ in range(2)]

    assert len({one.achievement.slug for one in copies}) == 2


@pytest.mark.parametrize("state", ["draft", "in_approval", "approved"])
def test_what_another_house_has_in_the_making_is_copied_by_its_designers_only(state):
    source = drafted_version()
    theirs = owner_of(source.achievement.issuer)
    AchievementVersion.objects.filter(pk=source.pk).update(state=state)
    house, owner = issuer_with_owner()

    with pytest.raises(PermissionDenied):
        verbs.clone(source, by=owner, issuer=house, name="Copy")
    assert Achievement.objects.count() == 1

    verbs.clone(source, by=theirs, issuer=source.achievement.issuer, name="Copy")
    assert Achievement.objects.count() == 2


def test_a_copy_is_made_where_one_designs_and_nowhere_else():
    source = published_version()
    house, _owner = issuer_with_owner()

    for somebody in (seated("assessor", house), owner_of(source.achievement.issuer)):
        with pytest.raises(PermissionDenied):
            verbs.clone(source, by=somebody, issuer=house, name="Copy")

    assert Achievement.objects.count() == 1


def test_a_copy_needs_a_name():
    source = published_version()

    with pytest.raises(Refused, match="Give it a name"):
        verbs.clone(source, by=owner_of(source.achievement.issuer), issuer=source.achievement.issuer, name=" ")


def test_retired_ones_are_copied_too_and_archived_ones():
    source = published_version()
    owner = owner_of(source.achievement.issuer)
    verbs.retire(source, by=owner)
    verbs.archive(source.achievement, by=owner)

    assert verbs.clone(source, by=owner, issuer=source.achievement.issuer, name="Copy").state == "draft"
