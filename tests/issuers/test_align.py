"""A draft, a criterion or a level says which node of a framework it meets, and takes it back."""

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import AchievementVersion, Alignment
from tests.factories import drafted_version, owner_of, seated
from tests.together import meanwhile

pytestmark = pytest.mark.django_db

SKILL = {
    "target_name": "Knives",
    "target_url": "https://skills.example/7",
    "target_code": "K7",
    "target_description": "All about them.",
    "target_framework": "Skills",
    "target_type": "CFItem",
    "framework_version": "2",
    "item_id": "a" * 26,
}


@pytest.fixture
def draft():
    return drafted_version()


def places_of(version):
    return [
        (one.position, one.criterion and one.criterion.name, one.level and one.level.name, one.target_name)
        for one in version.alignments.select_related("criterion", "level")
    ]


def test_a_skill_is_copied_as_it_is_to_the_whole_a_criterion_or_a_level(draft):
    designer = seated("designer", draft.achievement.issuer)
    edge = draft.criteria.get(name="Edge")

    whole = verbs.align(draft, by=designer, target=SKILL)
    verbs.align(draft, by=designer, target=SKILL, criterion=edge)
    verbs.align(draft, by=designer, target=SKILL, level=edge.levels.get(position=3))

    assert places_of(draft) == [
        (1, None, None, "Knives"),
        (2, "Edge", None, "Knives"),
        (3, "Edge", "On your own", "Knives"),
    ]
    assert Alignment.objects.values(*SKILL).get(pk=whole.pk) == SKILL
    draft.refresh_from_db()
    assert draft.edition == 4
    assert [(one.actor_id, one.data) for one in Event.objects.filter(kind="version.worded")] == [
        (designer.public_id, {"number": 1, "edition": edition}) for edition in (2, 3, 4)
    ]


def test_asked_twice_it_stands_there_already(draft):
    owner = owner_of(draft.achievement.issuer)
    plain = {"target_name": "By hand", "target_url": "https://skills.example/8"}
    for target in (SKILL, plain):
        verbs.align(draft, by=owner, target=target)

        with pytest.raises(Refused, match="is already there"):
            verbs.align(draft, by=owner, target=target)

    assert draft.alignments.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_stands():
    draft = drafted_version()
    owner = owner_of(draft.achievement.issuer)

    aligned, other = meanwhile(*[lambda: verbs.align(draft, by=owner, target=SKILL)] * 2)

    assert isinstance(other, Refused)
    assert draft.alignments.get() == aligned


def test_a_criterion_of_another_version_is_refused_by_itself_or_by_its_level(draft):
    owner = owner_of(draft.achievement.issuer)
    foreign = drafted_version(draft.achievement.issuer).criteria.first()

    for place in ({"criterion": foreign}, {"level": foreign.levels.first()}):
        with pytest.raises(Refused, match="belongs to another version"):
            verbs.align(draft, by=owner, target=SKILL, **place)

    assert not Alignment.objects.exists()


def test_a_hundred_are_enough(draft):
    owner = owner_of(draft.achievement.issuer)
    Alignment.objects.bulk_create(
        Alignment(version=draft, position=n, target_name="n", target_url=f"https://skills.example/{n}")
        for n in range(1, 100)
    )
    verbs.align(draft, by=owner, target=SKILL)

    with pytest.raises(Refused, match="up to 100 nodes"):
        verbs.align(draft, by=owner, target=SKILL, criterion=draft.criteria.first())


def test_only_who_designs_there_and_only_while_it_is_a_draft(draft):
    owner = owner_of(draft.achievement.issuer)
    alignment = verbs.align(draft, by=owner, target=SKILL)
    viewer = seated("viewer", draft.achievement.issuer)
    with pytest.raises(PermissionDenied):
        verbs.align(draft, by=viewer, target=SKILL | {"target_code": "K8"})
    with pytest.raises(PermissionDenied):
        verbs.unalign(alignment, by=viewer)
    verbs.publish(draft, by=owner)

    with pytest.raises(Refused, match="This version is published"):
        verbs.align(draft, by=owner, target=SKILL | {"target_code": "K8"})
    with pytest.raises(Refused, match="This version is published"):
        verbs.unalign(alignment, by=owner)

    assert draft.alignments.get() == alignment


def test_it_is_taken_back_and_asked_twice_it_stays_so(draft):
    designer = seated("designer", draft.achievement.issuer)
    alignment = verbs.align(draft, by=designer, target=SKILL)
    other = verbs.align(draft, by=designer, target=SKILL, criterion=draft.criteria.first())

    for _time in range(2):
        verbs.unalign(Alignment(pk=alignment.pk, version=draft), by=designer)

    assert draft.alignments.get() == other
    draft.refresh_from_db()
    assert draft.edition == 4
    assert Event.objects.filter(kind="version.worded").latest("pk").data == {"number": 1, "edition": 4}


def test_what_went_with_its_draft_is_said_to_be_gone(draft):
    owner = owner_of(draft.achievement.issuer)
    alignment = Alignment.objects.get(pk=verbs.align(draft, by=owner, target=SKILL).pk)
    verbs.discard(AchievementVersion.objects.get(pk=draft.pk), by=owner)

    with pytest.raises(Refused, match="thrown away meanwhile"):
        verbs.unalign(alignment, by=owner)
