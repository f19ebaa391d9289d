"""A design as JSON: what a version says, without who made it, so that it can be carried, copied and read back.

    {"format": "satchel-design/1", "slug": …, "single": true,
     "version": {a value for any of WORDS}, "picture": {the badge's words},
     "outcomes": ["…"],
     "criteria": [{"name", "description", "required", "required_level",
                   "levels": [{"name", "description", "points"}], "requirements": [{"kind", "at_least", …}]}],
     "alignments": [{"criterion": 2, "level": 3, "target_name", "target_url", …}]}

Levels run from the lowest up, and places count from 1. What is left out is empty; what is written and read again is equal.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.core.columns import column
from apps.core.text import is_plain
from apps.issuers.models import AchievementVersion, Alignment, EvidenceRequirement

if TYPE_CHECKING:
    from django.db import models
    from jsonschema import Draft202012Validator

FORMAT = "satchel-design/1"
MOST_BYTES = 2_000_000
MOST_DEPTH = 20
MOST_SENTENCES = 20
WORDS = (
    *("kind", "name", "description", "description_for_earners", "skill_sentence", "language"),
    *("how_earned", "evidence_wanted", "picture_alt"),
    *("tags", "field_of_study", "field_code", "level_framework", "level_number"),
    *("credit_framework", "credits", "hours"),
    *("valid_for_days", "prerequisites", "participation", "assessment_type", "supervision", "stackability", "cost"),
    *("rpl_allowed", "attempts_allowed", "coach_after", "service_days", "policy", "blind", "moderation_percent"),
    *("moderation_before", "review_by"),
)
REQUIREMENT = (
    *("kind", "at_least", "at_most", "most_words", "most_megabytes", "instructions", "from_workplace", "asks_consent"),
)
TARGET = (
    *("target_name", "target_url", "target_code", "target_description", "target_framework", "target_type"),
    *("framework_version", "item_id"),
)


class BadDesignError(ValueError):
    """Everything that is wrong with a design, in a sentence each."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def to_json(version: AchievementVersion) -> dict[str, Any]:
    """The design of `version`, which has its rubric prefetched (`with_rubric`)."""
    criteria = list(version.criteria.all())
    places = {one.pk: one.position for one in criteria}
    steps = {level.pk: level.position for one in criteria for level in one.levels.all()}
    return {
        "format": FORMAT,
        "slug": version.achievement.slug,
        "single": version.achievement.single,
        "version": {name: _plain(getattr(version, name)) for name in WORDS},
        # An uploaded picture isn't included: the reader of the design draws one.
        "picture": version.picture_words if version.picture_source == version.PictureSource.DRAWN else {},
        "outcomes": [one.text for one in version.outcomes.all()],
        "criteria": [
            {
                "name": one.name,
                "description": one.description,
                "required": one.required,
                "required_level": one.required_level,
                "levels": [
                    {"name": level.name, "description": level.description, "points": _plain(level.points)}
                    for level in one.levels.all()
                ],
                "requirements": [
                    {name: getattr(requirement, name) for name in REQUIREMENT} for requirement in one.requirements.all()
                ],
            }
            for one in criteria
        ],
        "alignments": [
            {"criterion": places.get(one.criterion_id or 0), "level": steps.get(one.level_id or 0)}
            | {name: getattr(one, name) for name in TARGET}
            for one in version.alignments.all()
        ],
    }


def read(text: str | bytes) -> dict[str, Any]:
    """A design from JSON that someone brought. `BadDesignError` says everything that is wrong with it."""
    if len(text) > MOST_BYTES:
        raise BadDesignError([_("This is more than 2 MB: no design is as long as that.")])
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadDesignError([_("This is not a JSON file. Choose one that was exported here.")]) from error
    return clean(body)


def clean(body: Any) -> dict[str, Any]:
    """A design with only known members, and values that the tables can hold."""
    body = _tame(body)
    wrong = list(islice(_schema().iter_errors(body), MOST_SENTENCES))
    if wrong:
        raise BadDesignError([_said(error) for error in sorted(wrong, key=lambda error: list(error.path))])
    sentences = [*_of_version(body), *_of_requirements(body), *_of_alignments(body)]
    if sentences:
        raise BadDesignError(sentences[:MOST_SENTENCES])
    return {**body, "version": _as_kept(body["version"])}


def _tame(value: Any, depth: int = 0) -> Any:
    """The value with whole numbers as such and others as digits. Refuses what would break later steps."""
    if depth > MOST_DEPTH:
        raise BadDesignError([_("This is nested too deeply to be a design.")])
    if isinstance(value, dict):
        return {_tame(name): _tame(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [_tame(one, depth + 1) for one in value]
    if isinstance(value, str) and not is_plain(value):
        raise BadDesignError([_("A text here holds a control character, which can't be signed. Type it again.")])
    if isinstance(value, float):
        return int(value) if value.is_integer() else str(value)
    return value


def _of_version(body: dict[str, Any]) -> list[str]:
    words = body["version"]
    trial = AchievementVersion(**words)
    others = [field.name for field in AchievementVersion._meta.fields if field.name not in words]
    # An empty list means no tags; the column would call it blank.
    return _complaints(trial, "version", exclude=[*others, "tags"])


def _of_requirements(body: dict[str, Any]) -> list[str]:
    return [
        sentence
        for number, criterion in enumerate(body.get("criteria", ()), start=1)
        for requirement in criterion.get("requirements", ())
        for sentence in _complaints(
            EvidenceRequirement(**requirement),
            f"criteria[{number}].requirements",
            exclude=["criterion", "position"],
        )
    ]


def _of_alignments(body: dict[str, Any]) -> list[str]:
    return [
        sentence
        for number, row in enumerate(body.get("alignments", ()), start=1)
        for sentence in _complaints(
            Alignment(**{name: value for name, value in row.items() if name in TARGET}),
            f"alignments[{number}]",
            exclude=["version", "criterion", "level", "position"],
        )
    ]


def _as_kept(words: dict[str, Any]) -> dict[str, Any]:
    """Values as columns hold them; tags trimmed and without repeats."""
    kept = {name: column(AchievementVersion, name).to_python(value) for name, value in words.items()}
    if "tags" in kept:
        kept["tags"] = list(dict.fromkeys(tag.strip() for tag in kept["tags"] if tag.strip()))
    return kept


def _complaints(row: models.Model, at: str, *, exclude: list[str]) -> list[str]:
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as error:
        return [f"{at}.{name}: {' '.join(said)}" for name, said in error.message_dict.items()]
    return []


def _said(error: Any) -> str:
    at = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in error.path).lstrip(".")
    return f"{at}: {error.message[:200]}" if at else str(error.message)[:200]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if hasattr(value, "isoformat") else value


@cache
def _schema() -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads((Path(__file__).parent / "data" / "design.schema.json").read_text()))
