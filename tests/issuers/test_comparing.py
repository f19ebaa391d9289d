"""What changed between two versions is told whole, and nothing that didn't."""

import copy
from datetime import date
from decimal import Decimal

import pytest

from apps.issuers import verbs
from apps.issuers.comparing import Change, Part, compare, pairs_of
from apps.issuers.exchange import TARGET, WORDS
from apps.issuers.models import AchievementVersion, EvidenceRequirement
from tests.factories import RUBRIC, drafted_version, owner_of

pytestmark = pytest.mark.django_db

SKILL = {
    "target_name": "Knives",
    "target_url": "https://skills.example/7",
    "target_code": "K7",
    "target_framework": "Skills",
    "framework_version": "2",
}
LINE = "K7 Knives Skills 2 https://skills.example/7"
SCALE = "1 Starting: The edge is uneven.\n2 With support: The edge is even after help."
SCALE += "\n3 On your own: The edge is even, every time."
# Every word of a version: another value, and how before and after are said.
OTHERS = {
    "kind": ("Badge", "Kind", "Micro-credential", "Participation"),
    "name": ("Cut", "Name", "Sharpen a knife", "Cut"),
    "description": ("Other.", "What it represents", "The earner keeps a blade sharp and safe.", "Other."),
    "description_for_earners": ("You.", "Why earn it", "", "You."),
    "skill_sentence": ("cut", "What the earner can do", "sharpen a knife to shaving sharpness", "cut"),
    "language": ("mi", "Language", "en", "mi"),
    "how_earned": ("Cut.", "How it is earned", "Show a blade before and after, and say what you did.", "Cut."),
    "evidence_wanted": ("Cuts.", "What to hand in", "A picture before, a picture after.", "Cuts."),
    "picture_alt": ("A cut.", "What the picture shows", "A knife.", "A cut."),
    "tags": (["a", "b"], "Tags", "", "a, b"),
    "field_of_study": ("Cutting", "Field of work or study", "", "Cutting"),
    "field_code": ("050301", "Its code", "", "050301"),
    "credit_framework": ("ects", "Credits of", "", "ECTS credits"),
    "hours": (0, "Hours of work", "", "0"),
    "valid_for_days": (30, "Valid for, in days", "", "30"),
    "prerequisites": ("None.", "What one needs before", "", "None."),
    "participation": ("online", "How one takes part", "", "Online"),
    "assessment_type": ("A look", "How it is assessed", "", "A look"),
    "supervision": ("none", "How identity is checked", "", "Not checked"),
    "stackability": ("Alone.", "What it counts towards", "", "Alone."),
    "cost": ("Free", "What it costs", "", "Free"),
    "rpl_allowed": (False, "Prior learning", "Yes", "No"),
    "attempts_allowed": (2, "Attempts", "", "2"),
    "coach_after": (1, "A talk before going on, after so many attempts", "", "1"),
    "service_days": (5, "Answer within, in business days", "10", "5"),
    "policy": ("four_eyes", "Who decides", "One assessor decides", "One recommends, another decides"),
    "blind": (True, "Assessors don't see who it is", "No", "Yes"),
    "moderation_percent": (10, "Decisions looked at again, in %", "0", "10"),
    "moderation_before": (True, "Looked at again before the learner hears", "No", "Yes"),
    "review_by": (date(2031, 2, 1), "Review by", "", "2031-02-01"),
}
TEXTS = {"description", "description_for_earners", "how_earned", "evidence_wanted", "prerequisites", "stackability"}


@pytest.fixture(scope="module")
def made(around_the_file):
    """(a published version with a part of every kind, its copy in the making)"""
    evidence = [{"kind": "image", "at_least": 2, "at_most": 3, "instructions": "Before and after."}]
    rubric = [{**RUBRIC[0], "requirements": evidence}, *RUBRIC[1:]]
    old = drafted_version(rubric=rubric, picture_alt="A knife.")
    owner = owner_of(old.achievement.issuer)
    verbs.align(old, by=owner, target=SKILL)
    verbs.publish(old, by=owner)
    return old, verbs.draft_next(old.achievement, by=owner)


@pytest.fixture
def two(made):
    return copy.deepcopy(made)


def parts(old, new):
    rows = {one.pk: one for one in AchievementVersion.objects.with_rubric().filter(pk__in=(old.pk, new.pk))}
    return compare(rows[old.pk], rows[new.pk])


def rewritten(new, change):
    """The copy's rubric, written again after `change` had a hand in its rows."""
    rows = [
        {
            **{name: getattr(one, name) for name in ("name", "description", "required", "required_level")},
            "levels": [{"name": level.name, "description": level.description} for level in one.levels.all()],
            "requirements": list(
                one.requirements.values("kind", "at_least", "at_most", "instructions", "most_words", "most_megabytes")
            ),
        }
        for one in new.criteria.all()
    ]
    rows = change(copy.deepcopy(rows)) or rows
    outcomes = [one.text for one in new.outcomes.all()]
    new.refresh_from_db()
    verbs.write_rubric(
        *(new,), by=owner_of(new.achievement.issuer), edition=new.edition, outcomes=outcomes, criteria=rows
    )


def test_of_equal_versions_there_is_nothing_to_tell(two):
    old, new = two

    assert parts(old, new) == parts(new, old) == parts(old, old) == []


@pytest.mark.parametrize("name", OTHERS)
def test_every_word_that_differs_is_told(two, name):
    old, new = two
    value, label, before, after = OTHERS[name]
    verbs.word(new, by=owner_of(new.achievement.issuer), edition=1, **{name: value})

    assert parts(old, new) == [Part("Words and facts", "changed", [Change(label, before, after, name in TEXTS)])]
    assert parts(new, old) == [Part("Words and facts", "changed", [Change(label, after, before, name in TEXTS)])]


def test_words_that_go_in_pairs_are_told_together(two):
    old, new = two
    pairs = {"level_framework": "eqf", "level_number": 4, "credit_framework": "nzqa", "credits": Decimal("2.5")}
    verbs.word(new, by=owner_of(new.achievement.issuer), edition=1, **pairs)

    assert parts(old, new) == [
        Part(
            "Words and facts",
            "changed",
            [
                Change("Framework of levels", "", "EQF"),
                Change("Level", "", "4"),
                Change("Credits of", "", "NZQA credits"),
                Change("Credits", "", "2.5"),
            ],
        )
    ]
    assert set(OTHERS) | set(pairs) == set(WORDS)


def test_tags_that_read_alike_are_told_apart(two):
    old, new = two
    AchievementVersion.objects.filter(pk=new.pk).update(tags=["a", "b"])
    other = AchievementVersion.objects.with_rubric().get(pk=new.pk)
    other.tags = ["a, b"]

    found = compare(AchievementVersion.objects.with_rubric().get(pk=new.pk), other)

    assert found == [Part("Words and facts", "changed", [Change("Tags", "a, b", "a, b")])]
    assert parts(old, new) != []


def test_outcomes_are_told_line_by_line(two):
    old, new = two
    new.outcomes.filter(position=1).delete()

    before, after = "Set an even edge.\nHandle a blade safely.", "Handle a blade safely."
    assert parts(old, new) == [Part("Learning outcomes", "changed", [Change("", before, after, is_text=True)])]


def test_outcomes_in_another_order_are_told(two):
    old, new = two
    texts = [one.text for one in new.outcomes.all()]
    for position, text in enumerate(reversed(texts), start=1):
        new.outcomes.filter(position=position).update(text=text)

    change = Change("", "\n".join(texts), "\n".join(reversed(texts)), is_text=True)
    assert parts(old, new) == [Part("Learning outcomes", "changed", [change])]


@pytest.mark.parametrize(
    ("changed", "change"),
    [
        ({"description": "Otherwise."}, Change("What it is about", "How the edge is set.", "Otherwise.", True)),
        ({"required": False}, Change("Required", "Yes", "No")),
        ({"required_level": 3}, Change("Level needed", "2", "3")),
        ({"name": "EDGE"}, Change("Name", "Edge", "EDGE")),
        ({"name": "Bevel"}, Change("Name", "Edge", "Bevel")),
    ],
)
def test_what_changes_in_a_criterion_is_told_of_it(two, changed, change):
    old, new = two
    new.criteria.filter(position=1).update(**changed)

    assert parts(old, new) == [Part(f"1. {changed.get('name', 'Edge')}", "changed", [change])]


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"name": "Able"}, "2 Able: The edge is even after help."),
        ({"description": "Even."}, "2 With support: Even."),
        ({"points": Decimal("2.50")}, "2 With support (2.5 points): The edge is even after help."),
        ({"points": 10}, "2 With support (10 points): The edge is even after help."),
    ],
)
def test_what_changes_in_a_level_is_told_of_its_criterion(two, changed, line):
    old, new = two
    new.criteria.first().levels.filter(position=2).update(**changed)

    after = "\n".join([SCALE.splitlines()[0], line, SCALE.splitlines()[2]])
    assert parts(old, new) == [Part("1. Edge", "changed", [Change("Levels", SCALE, after, is_text=True)])]


def test_a_level_that_comes_or_goes_is_told(two):
    old, new = two
    new.criteria.first().levels.filter(position=3).delete()

    two_levels = SCALE.rpartition("\n")[0]
    assert parts(old, new) == [Part("1. Edge", "changed", [Change("Levels", SCALE, two_levels, is_text=True)])]
    assert parts(new, old) == [Part("1. Edge", "changed", [Change("Levels", two_levels, SCALE, is_text=True)])]


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"kind": "video"}, "A video (2–3): Before and after."),
        ({"at_least": 1}, "A picture (1–3): Before and after."),
        ({"at_most": None}, "A picture (2–…): Before and after."),
        ({"instructions": ""}, "A picture (2–3): "),
        ({"most_words": 300}, "A picture (2–3, up to 300 words): Before and after."),
        ({"most_megabytes": 20}, "A picture (2–3, up to 20 MB): Before and after."),
        ({"from_workplace": True}, "A picture (2–3, from real work): Before and after."),
        ({"asks_consent": True}, "A picture (2–3, consent of people shown): Before and after."),
    ],
)
def test_what_changes_in_the_evidence_asked_for_is_told(two, changed, line):
    old, new = two
    EvidenceRequirement.objects.filter(criterion__version=new).update(**changed)

    change = Change("Evidence", "A picture (2–3): Before and after.", line, is_text=True)
    assert parts(old, new) == [Part("1. Edge", "changed", [change])]


def test_evidence_asked_for_no_more_is_told(two):
    old, new = two
    EvidenceRequirement.objects.filter(criterion__version=new).delete()

    change = Change("Evidence", "A picture (2–3): Before and after.", "", is_text=True)
    assert parts(old, new) == [Part("1. Edge", "changed", [change])]


def test_a_criterion_that_comes_is_told_whole_and_the_others_not_at_all(two):
    old, new = two
    rewritten(
        new,
        lambda rows: [*rows, {"name": "Speed", "description": "How fast.", "levels": [{"name": "L"}, {"name": "H"}]}],
    )

    change = Change("", "", "How fast.\n1 L: \n2 H: ", is_text=True)
    assert parts(old, new) == [Part("4. Speed", "added", [change])]


def test_a_criterion_that_goes_is_told_whole(two):
    old, new = two
    rewritten(new, lambda rows: rows[:2])

    change = Change("", f"How it is kept.\n{SCALE}", "", is_text=True)
    assert parts(old, new) == [Part("3. Care", "removed", [change])]


def test_a_criterion_without_a_word_is_told_by_its_name_alone(two):
    old, new = two
    rewritten(new, lambda rows: [*rows, {"name": "Speed"}])

    assert parts(old, new) == [Part("4. Speed", "added", [Change("", "", "", is_text=True)])]


def test_criteria_in_another_order_are_told_by_their_places(two):
    old, new = two
    rewritten(new, lambda rows: [rows[2], *rows[:2]])

    assert parts(old, new) == [
        Part("1. Care", "changed", [Change("Place", "3", "1")]),
        Part("2. Edge", "changed", [Change("Place", "1", "2")]),
        Part("3. Safety", "changed", [Change("Place", "2", "3")]),
    ]


def test_one_removed_and_one_renamed_at_once_are_told_apart(two):
    old, new = two
    rewritten(new, lambda rows: [{**rows[0], "name": "Bevel"}, rows[1]])

    assert [(one.label, one.how, [change.label for change in one.changes]) for one in parts(old, new)] == [
        ("1. Bevel", "changed", ["Name"]),
        ("3. Care", "removed", [""]),
    ]


@pytest.mark.parametrize("name", ["Twin", ""])
def test_criteria_of_one_name_are_each_their_own(two, name):
    old, new = two
    twins = lambda rows: [{**row, "name": name} for row in rows]  # noqa: E731
    rewritten(new, twins)
    owner = owner_of(new.achievement.issuer)
    other = verbs.clone(new, by=owner, issuer=new.achievement.issuer, name=new.name)
    loaded = {one.pk: one for one in AchievementVersion.objects.with_rubric().filter(pk__in=(new.pk, other.pk, old.pk))}

    pairs = pairs_of(loaded[new.pk], loaded[other.pk])

    assert compare(loaded[new.pk], loaded[other.pk]) == []
    assert [(pairs[one.pk].position, one.position) for one in loaded[other.pk].criteria.all()] == [
        (1, 1),
        (2, 2),
        (3, 3),
    ]


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"target_name": "Blades"}, "K7 Blades Skills 2 https://skills.example/7"),
        ({"target_code": ""}, "Knives Skills 2 https://skills.example/7"),
        ({"target_url": "https://skills.example/8"}, "K7 Knives Skills 2 https://skills.example/8"),
        ({"target_framework": "Trades"}, "K7 Knives Trades 2 https://skills.example/7"),
        ({"framework_version": "3"}, "K7 Knives Skills 3 https://skills.example/7"),
    ],
)
def test_a_skill_that_differs_is_told(two, changed, line):
    old, new = two
    new.alignments.update(**changed)

    assert parts(old, new) == [Part("Skills it meets", "changed", [Change("", LINE, line, is_text=True)])]
    assert set(changed) <= set(TARGET)


def test_a_skill_that_another_part_meets_is_told(two):
    old, new = two
    edge = new.criteria.get(position=1)
    new.alignments.update(criterion=edge, level=edge.levels.get(position=3))

    change = Change("", LINE, f"Edge: On your own: {LINE}", is_text=True)
    assert parts(old, new) == [Part("Skills it meets", "changed", [change])]


def test_skills_that_come_and_go_are_told(two):
    old, new = two
    verbs.align(new, by=owner_of(new.achievement.issuer), target=SKILL, criterion=new.criteria.get(position=2))
    change = Change("", LINE, f"{LINE}\nSafety: {LINE}", is_text=True)
    assert parts(old, new) == [Part("Skills it meets", "changed", [change])]

    new.alignments.all().delete()

    assert parts(old, new) == [Part("Skills it meets", "changed", [Change("", LINE, "", is_text=True)])]


def test_another_picture_is_told_by_what_it_shows(two):
    old, new = two
    AchievementVersion.objects.filter(pk=new.pk).update(picture_sha256="0" * 64)

    assert parts(old, new) == [Part("Badge picture", "changed", [Change("Picture", "A knife.", "A knife.")])]


def test_several_things_are_told_in_the_order_of_the_page(two):
    old, new = two
    new.outcomes.all().delete()
    new.alignments.all().delete()
    new.criteria.filter(position=3).update(required=True)
    AchievementVersion.objects.filter(pk=new.pk).update(picture_sha256="0" * 64, cost="Free")

    assert [one.label for one in parts(old, new)] == [
        *("Words and facts", "Learning outcomes", "3. Care", "Skills it meets", "Badge picture"),
    ]
