"""What a version still lacks: said for what lacks it, and for nothing else."""

import re
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from apps.issuers import linter, verbs
from apps.issuers.models import (
    AchievementVersion,
    Alignment,
    EvidenceRequirement,
    Issuer,
    LearningOutcome,
    Seat,
)
from tests.factories import drafted_version, issuer_with_owner, owner_of, seated

pytestmark = pytest.mark.django_db

HARD = "Organisational responsibility necessitates considerable interdisciplinary sophistication and " * 12
LEVELS = [
    {"name": "Not yet", "description": "The edge is uneven."},
    {"name": "Met", "description": "The edge is even."},
]
RUBRIC = [
    {"name": "Edge", "required_level": 2, "levels": LEVELS, "requirements": [{"kind": "image"}]},
    {"name": "Care", "required_level": 1, "required": False, "levels": LEVELS},
]
# Everything that any profile asks for.
WHOLE = {
    "description_for_earners": "For people who cut for a living.",
    "picture_alt": "A knife on a hexagon.",
    "level_framework": "nzqf",
    "level_number": 4,
    "credit_framework": "nzqa",
    "credits": Decimal("2.5"),
    "hours": 25,
    "field_code": "050301",
    "prerequisites": "None.",
    "participation": "workplace",
    "assessment_type": "Evidence against a rubric",
    "supervision": "attested",
    "stackability": "It stands alone.",
    "cost": "Free",
    "tags": ["knives", "羊毛"],
    "review_by": date(2099, 12, 31),
}


@pytest.fixture(scope="module")
def made(around_the_file):
    """A version that lacks nothing."""
    issuer, _owner = issuer_with_owner()
    Issuer.objects.filter(pk=issuer.pk).update(country="NZ", quality_process="Two look at each decision.")
    version = drafted_version(issuer, rubric=RUBRIC, **WHOLE)
    for role in ("assessor", "assessor", "moderator"):
        seated(role, issuer)
    target = {"target_name": "Knives", "target_url": "https://skills.example/7"}
    verbs.align(version, by=owner_of(issuer), target=target)
    return version


@pytest.fixture
def whole(made):
    return deepcopy(made)


def fresh(version):
    return AchievementVersion.objects.with_rubric().get(pk=version.pk)


def words(**changed):
    return lambda version: AchievementVersion.objects.filter(pk=version.pk).update(**changed)


def criteria(**changed):
    return lambda version: version.criteria.filter(position=1).update(**changed)


def levels(**changed):
    return lambda version: version.criteria.first().levels.filter(position=1).update(**changed)


def no_rows(name):
    return lambda version: getattr(version, name).all().delete()


def one_level_less(version):
    version.criteria.first().levels.filter(position=1).delete()
    version.criteria.filter(position=1).update(required_level=2)


def no_evidence(version):
    EvidenceRequirement.objects.filter(criterion__version=version).delete()


def outcome(text):
    return lambda version: LearningOutcome.objects.filter(version=version, position=1).update(text=text)


def skill(**changed):
    return lambda version: Alignment.objects.filter(version=version).update(**changed)


def nobody_left(*roles, **changed):
    """Of those seated for one of these roles the first rests; and the version is worded so."""

    def spoil(version):
        for role in roles:
            first = Seat.objects.live().filter(issuer=version.achievement.issuer, role=role).earliest("pk")
            Seat.objects.filter(pk=first.pk).update(suspended_at=first.given_at)
        words(**changed)(version)
        if "moderation_percent" in changed or "policy" in changed:
            Issuer.objects.filter(pk=version.achievement.issuer_id).update(appeal_days=0)

    return spoil


E, W = "error", "warning"
LACKS = {
    "nothing said": (words(description=" \n"), ("no_description", E, "focus", "id_description")),
    "no sentence": (words(skill_sentence=" "), ("no_skill", E, "focus", "id_skill_sentence")),
    "no reason": (words(description_for_earners=""), ("no_reason", W, "focus", "id_description_for_earners")),
    "diploma": (words(name="Knife Diplomas"), ("barred_title", W, "focus", "id_name")),
    "post-graduate": (words(name="Post-graduate knives"), ("barred_title", W, "focus", "id_name")),
    "hard words": (words(description=HARD), ("hard_to_read", W, "focus", "id_description")),
    "no outcome": (no_rows("outcomes"), ("no_outcome", E, "outcomes", "id_outcomes")),
    "vague": (outcome("Understand knives."), ("vague_verb", W, "outcomes", "id_outcomes")),
    "no way": (words(how_earned="\t"), ("no_way", E, "outcomes", "id_how_earned")),
    "no criterion": (no_rows("criteria"), ("no_criterion", E, "outcomes", "criteria")),
    "a whole judged": (words(kind="Stack"), ("criteria_of_a_whole", E, "outcomes", "criteria")),
    "all optional": (criteria(required=False), ("none_required", E, "outcomes", "criteria")),
    "no name": (criteria(name=" "), ("no_criterion_name", E, "outcomes", "c1")),
    "one level": (one_level_less, ("few_levels", E, "outcomes", "c1")),
    "level away": (criteria(required_level=3), ("no_required_level", E, "outcomes", "c1")),
    "lowest": (criteria(required_level=1), ("lowest_level", W, "outcomes", "c1")),
    "nameless level": (levels(name=""), ("no_level_name", E, "outcomes", "c1")),
    "level undescribed": (levels(description=""), ("undescribed_level", E, "outcomes", "c1")),
    "hard levels": (levels(description=HARD), ("hard_to_read", W, "outcomes", "c1")),
    "no evidence": (no_evidence, ("no_evidence", W, "outcomes", "c1")),
    "no picture": (words(picture_sha256=""), ("no_picture", E, "graphic", "picture")),
    "drawn, untold": (words(picture_alt=" "), ("no_alt", W, "graphic", "id_alt")),
    "sent, untold": (words(picture_alt="", picture_source="uploaded"), ("no_alt", E, "graphic", "id_alt")),
    "hours": (words(hours=26), ("hours_and_credits", W, "metadata", "id_hours")),
    "one pair of eyes": (
        nobody_left("assessor", "assessor", policy="four_eyes"),
        ("few_for_four_eyes", W, "metadata", "id_policy"),
    ),
    "two for three parts": (
        nobody_left("assessor", policy="double_blind"),
        ("few_for_double_blind", W, "metadata", "id_policy"),
    ),
    "no lead between two": (
        nobody_left("moderator", policy="double_blind"),
        ("few_for_double_blind", W, "metadata", "id_policy"),
    ),
    "no second look": (
        nobody_left("moderator", moderation_percent=1),
        ("no_moderator", W, "metadata", "id_moderation_percent"),
    ),
    "no appeal": (nobody_left("moderator"), ("nobody_hears_appeals", W, "metadata", "id_policy")),
    "a lead alone": (nobody_left("assessor", "assessor"), ("nobody_hears_appeals", W, "metadata", "id_policy")),
    "no review": (words(review_by=None), ("no_review", W, "metadata", "id_review_by")),
    "review past": (words(review_by=date(2001, 1, 1)), ("review_is_past", W, "metadata", "id_review_by")),
    "control": (words(field_of_study="a\x0bb"), ("unsignable_word", E, "focus", "id_name")),
    "control in level": (levels(name="a\x7fb"), ("unsignable_word", E, "focus", "id_name")),
    "control in skill": (skill(target_framework="a\x1fb"), ("unsignable_word", E, "focus", "id_name")),
    "tags": (words(tags=["😀", "ｆ"]), ("unsignable_tags", E, "metadata", "id_tags")),
    "address": (skill(target_url="https://skills.example/ō"), ("unsignable_alignment", E, "metadata", "alignments")),
}


def test_of_a_whole_version_there_is_nothing_to_say(whole):
    assert linter.lint(fresh(whole)) == linter.errors(fresh(whole)) == []


@pytest.mark.parametrize(
    "name", [name for name, (_spoil, said) in LACKS.items() if said[2] != "graphic" and said[3] != "alignments"]
)
def test_each_remark_leads_to_a_place_that_is_on_its_page(whole, name):
    spoil, (_code, _severity, step, at) = LACKS[name]
    spoil(whole)
    client = Client()
    client.force_login(owner_of(whole.achievement.issuer))

    page = client.get(f"/designs/{whole.achievement.public_id}/{step}/").content.decode()

    assert f'id="{at}"' in page
    assert f'<a href="#{at}">' in page


def test_every_code_is_tested():
    source = Path(linter.__file__).read_text()
    codes = set(re.findall(r'(?:_error|_warning|say)\(\s*"(\w+)"', source))

    # No cloth and ground hardly stand out from each other; test_draw_picture asks more of them.
    assert codes - {"low_contrast"} == {said[0] for _spoil, said in LACKS.values()}


def test_errors_come_first_and_then_the_steps_in_their_order(whole):
    for name in ("hours", "vague", "diploma", "no way", "no sentence"):
        LACKS[name][0](whole)

    assert [one.code for one in linter.lint(fresh(whole))] == [
        *("no_skill", "no_way"),
        *("barred_title", "vague_verb", "hours_and_credits"),
    ]


@pytest.mark.parametrize(
    ("kind", "severity"),
    [("Badge", W), ("Achievement", W), ("Competency", E), ("MicroCredential", E), ("Capstone", E)],
)
def test_what_is_judged_has_outcomes_and_a_day_of_review(whole, kind, severity):
    whole.outcomes.all().delete()
    words(kind=kind, review_by=None)(whole)

    found = {one.code: one.severity for one in linter.lint(fresh(whole))}

    assert found == {"no_outcome": severity} | ({"no_review": W} if severity == E else {})


def test_with_people_enough_every_policy_is_fine_and_what_nobody_judges_needs_none(whole):
    for policy in AchievementVersion.Policy:
        words(policy=policy, blind=True, moderation_percent=100)(whole)
        assert linter.lint(fresh(whole)) == [], policy
    Seat.objects.filter(issuer=whole.achievement.issuer).exclude(role="owner").update(role="viewer")
    words(kind="Badge")(whole)
    assert linter.lint(fresh(whole)) == []


def test_an_optional_criterion_may_ask_for_nothing(whole):
    whole.criteria.filter(position=2).update(required_level=1)

    assert linter.lint(fresh(whole)) == []


def test_other_languages_are_not_read_as_english(whole):
    words(language="mi", description=HARD)(whole)
    outcome("Understand knives.")(whole)
    levels(description=HARD)(whole)

    assert linter.lint(fresh(whole)) == []


@pytest.mark.parametrize(
    ("name", "barred"),
    [
        ("National certificate", ["national"]),
        ("International trade", []),
        ("Aotearoa New Zealand trade", ["new zealand"]),
        ("Master's degree", ["degree", "master"]),
        ("Masters of none", ["master"]),
        ("Mastery of knives", []),
        ("Undergraduates welcome", ["undergraduate"]),
        ("Doctoring sheep", []),
        ("BACHELOR pads", ["bachelor"]),
    ],
)
def test_words_that_a_title_may_not_have(whole, name, barred):
    words(name=name)(whole)

    assert [one.text for one in linter.lint(fresh(whole))] == [
        f"NZQA lists no micro-credential with “{word}” in its title." for word in barred
    ]


@pytest.mark.parametrize(
    ("framework", "credits_", "hours", "said"),
    [
        ("nzqa", "5", 42, "5 NZQA credits are 50 hours of work, not 42."),
        ("nzqa", "5", 50, None),
        ("nzqa", "0.5", 5, None),
        ("ects", "2", 49, "2 ECTS credits are 50–60 hours of work, not 49."),
        ("ects", "2", 50, None),
        ("ects", "2", 60, None),
        ("ects", "1.5", 61, "1.5 ECTS credits are 38–45 hours of work, not 61."),
        ("other", "5", 1, None),
        ("nzqa", "100", 1, "100 NZQA credits are 1000 hours of work, not 1."),
        ("nzqa", "5", None, None),
    ],
)
def test_hours_fit_the_credits(whole, framework, credits_, hours, said):
    words(credit_framework=framework, credits=Decimal(credits_), hours=hours)(whole)

    assert [one.text for one in linter.lint(fresh(whole))] == ([said] if said else [])


# --- profiles ---------------------------------------------------------------------------------------------------------
WANTED = [(profile, place) for profile, (_l, _s, wanted) in linter.PROFILES.items() for place in range(len(wanted))]


def test_a_whole_version_fills_every_meter(whole):
    assert [(one.profile, one.filled, one.of, one.missing, one.is_full) for one in linter.meters(fresh(whole))] == [
        ("nzqa", 9, 9, (), True),
        ("au", 12, 12, (), True),
        ("eu", 11, 11, (), True),
    ]


@pytest.mark.parametrize(("profile", "place"), WANTED)
def test_what_lacks_one_thing_lacks_it_on_each_meter_that_asks_for_it(whole, profile, place):
    wanted = linter.PROFILES[profile][2][place]
    if wanted.at == "id_outcomes":
        whole.outcomes.all().delete()
    version = fresh(whole)
    if wanted.at == "quality":
        issuer = version.achievement.issuer
        issuer.country, issuer.quality_process = (
            ("", issuer.quality_process) if "Country" in str(wanted.label) else (issuer.country, "")
        )
    elif wanted.at != "id_outcomes":
        name = wanted.at.removeprefix("id_")
        setattr(version, name, " " if isinstance(getattr(version, name), str) else None)

    for meter in linter.meters(version):
        asks = wanted in linter.PROFILES[meter.profile][2]
        assert (meter.missing, meter.of - meter.filled, meter.is_full) == (
            ((wanted,), 1, False) if asks else ((), 0, True)
        )


def test_each_thing_that_is_missing_has_a_place_on_its_page(whole):
    client = Client()
    client.force_login(owner_of(whole.achievement.issuer))
    pages = {
        step: client.get(f"/designs/{whole.achievement.public_id}/{step}/").content.decode()
        for step in ("focus", "outcomes", "metadata")
    }

    for _label, _source, wanted in linter.PROFILES.values():
        for one in wanted:
            assert f'id="{one.at}"' in pages[one.step], one.at


# --- words ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "verb"),
    [
        ("Understand the rules.", "understand"),
        ("to know how it works", "know"),
        ("The learner will be able to understand the rules.", "understand"),
        ("Learners are able to appreciate wool", "appreciate"),
        ("An earner can be aware of hazards", "be aware"),
        ("Students understand fleece.", "understand"),
        ("Understands fleece.", "understand"),
        ("You will feel at home.", "feel"),
        ("Be familiar with gear.", "be familiar"),
        ("Develop an understanding of gear.", "develop an understanding"),
        ("GAIN insight.", "gain"),
        ("Recognise the importance of rest.", "recognise the importance"),
        ("Be able to shear a sheep.", ""),
        ("The learner will be able to shear a sheep.", ""),
        ("Participants present their work.", ""),
        ("Shear a sheep.", ""),
        ("Recognise diseases of the hoof.", ""),
        ("Learnt skills are shown.", ""),
        ("Belay a climber.", ""),
        ("Gainfully employ others.", ""),
        ("", ""),
    ],
)
def test_a_vague_verb_is_found_where_an_outcome_begins_with_it(said, verb):
    assert linter.vague_verb(said) == verb


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("The cat sat on the mat. " * 10, 0.39 * 6 + 11.8 - 15.59),
        ("The cat sat on the mat.\n\n" * 10, 0.39 * 6 + 11.8 - 15.59),
        ("The cat sat on the mat\n" * 10, 0.39 * 6 + 11.8 - 15.59),
        ("the cat sat on the mat " * 10, 0.39 * 60 + 11.8 - 15.59),
        ("Banana " * 60 + ".", 0.39 * 60 + 11.8 * 3 - 15.59),
        ("Ōtara, “Ōtara” (Ōtara)! " * 20, 0.39 * 3 + 11.8 * 3 - 15.59),
        ("It's Zoë's well-made 42 café? " * 15, 0.39 * 4 + 11.8 * 5 / 4 - 15.59),
        ("word " * 59, None),
        ("", None),
    ],
)
def test_the_years_of_school_that_a_text_asks_for(text, grade):
    assert linter.reading_grade(text) == (grade if grade is None else pytest.approx(grade))
