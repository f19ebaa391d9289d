"""Outcomes and criteria of a draft are kept as they are listed; rows stay themselves."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.models import Event
from apps.core.refused import Refused
from apps.issuers import verbs
from apps.issuers.models import AchievementVersion
from tests.factories import RUBRIC, drafted_version, owner_of, seated

pytestmark = pytest.mark.django_db

SKILL = {"target_name": "Knives", "target_url": "https://skills.example/7", "target_code": "K7"}


@pytest.fixture
def draft():
    return drafted_version()


def written(version, criteria, *, edition=1, outcomes=(), **more):
    by = owner_of(version.achievement.issuer)
    return verbs.write_rubric(version, by=by, edition=edition, outcomes=outcomes, criteria=criteria, **more)


def rubric_of(version):
    return [
        (one.position, one.name, one.required, one.required_level, [level.name for level in one.levels.all()])
        for one in version.criteria.prefetch_related("levels")
    ]


def test_all_of_it_is_written_and_leaves_its_trail(draft):
    designer = seated("designer", draft.achievement.issuer)
    levels = [{"name": "Low"}, {"name": "High", "description": "High up.", "points": Decimal("2.50")}]
    evidence = [{"kind": "video", "at_least": 1, "at_most": 2, "most_megabytes": 90, "instructions": "Film it."}]
    rows = [{"name": "One", "description": "First.", "required": False, "required_level": 2, "levels": levels}]

    saved = verbs.write_rubric(
        *(draft,),
        by=designer,
        edition=1,
        outcomes=["  Shear. ", "", "Write."],
        criteria=[{**rows[0], "requirements": evidence}],
        how_earned="Show it.",
    )

    assert (saved.edition, saved.how_earned) == (2, "Show it.")
    assert list(draft.outcomes.values_list("position", "text")) == [(1, "Shear."), (2, "Write.")]
    criterion = draft.criteria.get()
    assert (
        criterion.position,
        criterion.name,
        criterion.description,
        criterion.required,
        criterion.required_level,
    ) == (*(1, "One", "First.", False, 2),)
    assert list(criterion.levels.values_list("position", "name", "description", "points")) == [
        (1, "Low", "", None),
        (2, "High", "High up.", Decimal("2.50")),
    ]
    assert criterion.requirements.values(
        "position", "kind", "at_least", "at_most", "most_words", "most_megabytes", "instructions", "from_workplace"
    ).get() == {**evidence[0], "position": 1, "most_words": None, "from_workplace": False}
    event = Event.objects.get(kind="version.worded")
    assert (event.subject_id, event.actor_id, event.data) == (
        draft.achievement.public_id,
        designer.public_id,
        {"number": 1, "edition": 2},
    )


def test_rows_stay_themselves_wherever_they_go(draft):
    owner = owner_of(draft.achievement.issuer)
    ids = {one.name: one.pk for one in draft.criteria.all()}
    edge = draft.criteria.get(name="Edge")
    level_ids = {one.name: one.pk for one in edge.levels.all()}
    about_edge = verbs.comment(draft, by=owner, text="Sharper?", criterion=edge)
    about_care = verbs.comment(draft, by=owner, text="Needed?", criterion=draft.criteria.get(name="Care"))
    verbs.align(draft, by=owner, target=SKILL, level=edge.levels.get(position=3))
    verbs.align(draft, by=owner, target=SKILL, criterion=draft.criteria.get(name="Care"))

    upside_down = [{"name": "On your own", "was": 3}, {"name": "Starting", "was": 1}]
    rows = [
        {"name": "New", "levels": [{"name": "Low"}, {"name": "High"}]},
        {**RUBRIC[1], "was": 2},
        {"name": "Edge", "was": 1, "required_level": 2, "levels": upside_down},
    ]
    written(draft, rows, edition=3)

    assert [(one.name, one.pk) for one in draft.criteria.all()][1:] == [
        ("Safety", ids["Safety"]),
        ("Edge", ids["Edge"]),
    ]
    assert rubric_of(draft)[2] == (3, "Edge", True, 2, ["On your own", "Starting"])
    assert {one.name: one.pk for one in edge.levels.all()} == {
        name: level_ids[name] for name in ("On your own", "Starting")
    }
    assert [(one.criterion.name, one.level.name) for one in draft.alignments.all()] == [("Edge", "On your own")]
    about_edge.refresh_from_db()
    about_care.refresh_from_db()
    assert (about_edge.criterion, about_care.criterion, about_care.about) == (edge, None, "Care")


def test_of_two_rows_that_say_they_were_one_the_first_is_it(draft):
    first = draft.criteria.first()

    written(draft, [{**RUBRIC[0], "was": 1}, {**RUBRIC[0], "was": 1, "name": "Twin"}])

    assert [one.name for one in draft.criteria.all()] == ["Edge", "Twin"]
    assert draft.criteria.first() == first
    assert [one.levels.count() for one in draft.criteria.all()] == [3, 3]


@pytest.mark.parametrize(
    ("asked", "levels", "found"), [(None, 3, 1), (0, 3, 1), (-2, 3, 1), (9, 3, 3), (2, 0, 1), (3, 3, 3)]
)
def test_the_level_needed_is_one_of_those_that_are_there(draft, asked, levels, found):
    written(draft, [{"name": "One", "required_level": asked, "levels": [{"name": "L"}] * levels}])

    assert draft.criteria.get().required_level == found


@pytest.mark.parametrize(
    ("criteria", "outcomes", "said"),
    [
        ([{"name": "c"}] * 31, [], "up to 30 criteria"),
        ([{"name": "c", "levels": [{"name": "l"}] * 9}], [], "up to 8 levels"),
        ([{"name": "c", "requirements": [{"kind": "any"}] * 11}], [], "up to 10 pieces of evidence"),
        ([], ["Shear."] * 21, "up to 20 outcomes"),
        ([{"name": "c", "requirements": [{"at_least": 3, "at_most": 2}]}], [], "fewer than at least 3"),
    ],
)
def test_what_is_too_much_is_refused_and_nothing_is_lost(draft, criteria, outcomes, said):
    before = rubric_of(draft)

    with pytest.raises(Refused, match=said):
        written(draft, criteria, outcomes=outcomes)

    assert (rubric_of(draft), draft.outcomes.count()) == (before, 2)


def test_just_as_much_as_there_may_be_is_kept(draft):
    row = {"name": "c", "levels": [{"name": "l"}] * 8, "requirements": [{"kind": "any"}] * 10}

    written(draft, [row] * 30, outcomes=["Shear."] * 20)

    counts = [(one.levels.count(), one.requirements.count()) for one in draft.criteria.all()]
    assert (counts, draft.outcomes.count()) == ([(8, 10)] * 30, 20)


def test_asked_twice_from_one_edition_the_second_is_told_of_the_first(draft):
    written(draft, [{"name": "One"}])

    with pytest.raises(Refused, match="since been changed in another window"):
        written(draft, [{"name": "Two"}])

    assert [one.name for one in draft.criteria.all()] == ["One"]


def test_only_who_designs_there_and_only_while_it_is_a_draft(draft):
    assessor = seated("assessor", draft.achievement.issuer)
    with pytest.raises(PermissionDenied):
        verbs.write_rubric(draft, by=assessor, edition=1, outcomes=[], criteria=[])
    verbs.send_in(draft, by=owner_of(draft.achievement.issuer))
    with pytest.raises(Refused, match="This version is in approval"):
        written(draft, [])

    assert AchievementVersion.objects.get(pk=draft.pk).criteria.count() == 3
