"""A draft's words, outcomes, rubric and alignments are replaced by a design."""

import copy

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import exchange, verbs
from apps.issuers.models import AchievementVersion
from tests.factories import drafted_version, owner_of, published_version, seated

pytestmark = pytest.mark.django_db

SKILL = {"target_name": "Knives", "target_url": "https://skills.example/7", "target_code": "K7"}
DESIGN = {
    "single": False,
    "version": {"name": "Shear", "hours": 12, "kind": "Badge"},
    "outcomes": ["Shear a sheep."],
    "criteria": [{"name": "Fleece", "levels": [{"name": "Low"}, {"name": "High"}], "required_level": 2}],
    "alignments": [{**SKILL, "criterion": 1, "level": 2}, {**SKILL, "criterion": 1}, SKILL],
}


@pytest.fixture
def draft():
    return drafted_version()


def body_of(version):
    return exchange.to_json(AchievementVersion.objects.with_rubric().get(pk=version.pk))


def test_it_is_replaced_whole_and_leaves_its_trail(draft):
    designer = seated("designer", draft.achievement.issuer)
    before = body_of(draft)

    saved = verbs.write_design(draft, by=designer, edition=1, design=DESIGN)

    body = body_of(draft)
    assert body["version"] == before["version"] | DESIGN["version"]
    assert (body["single"], body["outcomes"], body["picture"]) == (False, DESIGN["outcomes"], before["picture"])
    assert [(one["name"], len(one["levels"]), one["required_level"]) for one in body["criteria"]] == [("Fleece", 2, 2)]
    assert [(one["criterion"], one["level"]) for one in body["alignments"]] == [(1, 2), (1, None), (None, None)]
    assert saved.edition == 2
    event = Event.objects.get(kind="version.worded")
    assert (event.actor_id, event.data) == (designer.public_id, {"number": 1, "edition": 2})


def test_a_picture_that_it_brings_is_drawn_with_its_words(draft):
    brought = body_of(draft)["picture"] | {"ribbon": "FLEECE", "studs": 4}
    words = DESIGN["version"] | {"picture_alt": "A fleece."}

    verbs.write_design(
        draft, by=owner_of(draft.achievement.issuer), edition=1, design={"version": words, "picture": brought}
    )

    body = body_of(draft)
    assert (body["picture"], body["version"]["picture_alt"]) == (brought, "A fleece.")
    before = draft.picture_sha256
    draft.refresh_from_db()
    assert draft.picture_sha256 != before


def test_asked_twice_from_one_edition_the_second_is_told_of_the_first(draft):
    owner = owner_of(draft.achievement.issuer)
    verbs.write_design(draft, by=owner, edition=1, design=DESIGN)

    with pytest.raises(Refused, match="since been changed in another window"):
        verbs.write_design(draft, by=owner, edition=1, design=DESIGN)


@pytest.mark.parametrize(
    ("alignments", "said"),
    [
        ([{**SKILL, "criterion": 2}], "a criterion or level that isn't there"),
        ([{**SKILL, "criterion": 1, "level": 3}], "a criterion or level that isn't there"),
        ([{**SKILL, "level": 1}], "a criterion or level that isn't there"),
        ([{**SKILL, "criterion": 1}] * 2, "is already there"),
        ([{**SKILL, "target_code": f"K{n}"} for n in range(101)], "up to 100 nodes"),
    ],
)
def test_skills_that_meet_nothing_are_refused_and_nothing_is_lost(draft, alignments, said):
    owner = owner_of(draft.achievement.issuer)
    before = body_of(draft)

    with pytest.raises(Refused, match=said):
        verbs.write_design(draft, by=owner, edition=1, design=DESIGN | {"alignments": alignments})

    assert body_of(draft) == before


def test_whether_one_may_hold_it_once_stays_when_people_hold_it():
    version = published_version()
    owner = owner_of(version.achievement.issuer)
    following = verbs.draft_next(version.achievement, by=owner)

    with pytest.raises(Refused, match="People already hold this"):
        verbs.write_design(following, by=owner, edition=1, design=DESIGN)
    same = copy.deepcopy(DESIGN) | {"single": True}

    assert verbs.write_design(following, by=owner, edition=1, design=same).edition == 2


def test_only_who_designs_there_and_only_while_it_is_a_draft(draft):
    owner = owner_of(draft.achievement.issuer)
    before = body_of(draft)

    with pytest.raises(PermissionDenied):
        verbs.write_design(draft, by=seated("viewer", draft.achievement.issuer), edition=1, design=DESIGN)
    verbs.publish(draft, by=owner)
    with pytest.raises(Refused, match="This version is published"):
        verbs.write_design(draft, by=owner, edition=1, design=DESIGN)

    assert body_of(draft) == before
