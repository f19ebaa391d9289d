"""A design as JSON: whatever it says comes back equal, and whatever else is brought is refused in words."""

import copy
import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.text import is_plain
from apps.issuers import exchange, verbs
from apps.issuers.models import AchievementVersion, EvidenceRequirement
from tests.factories import issuer_with_owner

pytestmark = pytest.mark.django_db
# Rows of one example stay for the next: each has a house of its own.
A_FEW = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
MORE = settings(A_FEW, max_examples=60)


def texts(least=0, most=60):
    """Words as people write them, in any script."""
    letters = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"))
    return st.text(letters, min_size=least, max_size=most).filter(is_plain).filter(lambda text: text == text.strip())


REQUIREMENTS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(EvidenceRequirement.Kind.values),
        "at_least": st.integers(0, 3),
        "at_most": st.none() | st.integers(3, 9),
        "most_words": st.none() | st.integers(1, 5000),
        "most_megabytes": st.none() | st.integers(1, 100),
        "instructions": texts(),
        "from_workplace": st.booleans(),
        "asks_consent": st.booleans(),
    }
)


@st.composite
def criteria(draw):
    levels = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "name": texts(1, 20),
                    "description": texts(),
                    "points": st.none() | st.integers(0, 99).map(str),
                }
            ),
            min_size=2,
            max_size=4,
        )
    )
    return {
        "name": draw(texts(1)),
        "description": draw(texts()),
        "required": draw(st.booleans()),
        "required_level": draw(st.integers(1, len(levels))),
        "levels": levels,
        "requirements": draw(st.lists(REQUIREMENTS, max_size=2)),
    }


@st.composite
def designs(draw):
    rubric = draw(st.lists(criteria(), max_size=3))
    places = [(None, None)]
    for place, one in enumerate(rubric, start=1):
        places += [(place, None), *((place, step) for step in range(1, len(one["levels"]) + 1))]
    chosen = draw(st.lists(st.sampled_from(places), max_size=2, unique=True))
    return {
        "format": exchange.FORMAT,
        "single": draw(st.booleans()),
        "version": {
            "kind": "MicroCredential",
            "name": draw(texts(1)),
            "description": draw(texts()),
            "description_for_earners": draw(texts()),
            "skill_sentence": draw(texts()),
            "how_earned": draw(texts()),
            "evidence_wanted": draw(texts()),
            "tags": draw(st.lists(texts(1, 20).filter(lambda text: "," not in text), max_size=3, unique=True)),
            "credits": draw(st.none() | st.integers(1, 999).map(lambda n: f"{n / 2:g}")),
            "credit_framework": "nzqa",
            "hours": draw(st.none() | st.integers(0, 9999)),
            "service_days": draw(st.integers(1, 60)),
            "review_by": draw(st.none() | st.dates(date(2027, 1, 1), date(2027, 12, 31)).map(str)),
        },
        "outcomes": draw(st.lists(texts(1), max_size=3)),
        "criteria": rubric,
        "alignments": [
            {
                "criterion": criterion,
                "level": level,
                "target_name": draw(texts(1)),
                "target_url": f"https://skills.example/{number}",
            }
            for number, (criterion, level) in enumerate(chosen)
        ],
    }


def said(body, like):
    """What `body` says of all that `like` says."""
    if isinstance(like, dict):
        return {name: said(body[name], one) for name, one in like.items()}
    if isinstance(like, list):
        assert len(body) == len(like)
        return [said(one, other) for one, other in zip(body, like, strict=True)]
    return body


@A_FEW
@given(design=designs())
def test_what_a_design_says_is_written_read_back_and_said_again(design):
    house, owner = issuer_with_owner()
    read = exchange.read(json.dumps(design))

    version = verbs.begin(house, by=owner, name=design["version"]["name"], design=read)

    body = exchange.to_json(AchievementVersion.objects.with_rubric().get(pk=version.pk))
    assert said(body, design) == design
    again = verbs.begin(house, by=owner, name="Again", design=exchange.read(json.dumps(body)))
    copied = exchange.to_json(AchievementVersion.objects.with_rubric().get(pk=again.pk))
    assert copied | {"slug": "", "version": copied["version"] | {"name": ""}} == body | {
        "slug": "",
        "version": body["version"] | {"name": ""},
    }


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["", "=cmd", "\x00", "<b>", "9" * 400, "https://[", "1e999", -1, 2**63, 10**400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def everywhere(value, at=()):
    """The path of each value inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inside:
        yield (*at, step)
        yield from everywhere(one, (*at, step))


@MORE
@given(data=st.data())
def test_a_design_with_anything_at_any_place_is_written_or_refused_in_words(data):
    design = data.draw(designs())
    *way, last = data.draw(st.sampled_from(list(everywhere(design))))
    changed = at = copy.deepcopy(design)
    for step in way:
        at = at[step]
    at[last] = data.draw(JSON)
    house, owner = issuer_with_owner()

    read, sentences = None, []
    try:
        read = exchange.read(json.dumps(changed))
    except exchange.BadDesignError as bad:
        sentences = bad.sentences

    if read is None:
        assert sentences
        assert all(sentence.strip() for sentence in sentences)
    else:
        assert verbs.begin(house, by=owner, name="Read", design=read).pk
