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
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator

from apps.core.text import is_plain
from apps.issuers.models import AchievementVersion, Alignment, EvidenceRequirement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db import models

FORMAT = "satchel-design/1"
MOST_BYTES = 2_000_000
MOST_DEPTH = 20
WORDS = (
    *("kind", "name", "description", "description_for_earners", "skill_sentence", "language"),
    *("how_earned", "evidence_wanted", "picture_alt"),
    *(
        "tags",
        "field_of_study",
        "field_code",
        "level_framework",
        "level_number",
        "credit_framework",
        "credits",
        "hours",
    ),
    *("valid_for_days", "prerequisites", "participation", "assessment_type", "supervision", "stackability", "cost"),
    *("rpl_allowed", "attempts_allowed", "service_days", "policy", "blind", "moderation_percent", "review_by"),
)
REQUIREMENT = (
    *("kind", "at_least", "at_most", "most_words", "most_megabytes", "instructions", "from_workplace", "asks_consent"),
)
TARGET = (
    *("target_name", "target_url", "target_code", "target_description", "target_framework", "target_type"),
    *("framework_version", "item_id"),
)


class BadDesignError(ValueError):
    """What is wrong with a design, a sentence each."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def to_json(version: AchievementVersion) -> dict[str, Any]:
    """`version` with its rubric prefetched (`with_rubric`)."""
    criteria = list(version.criteria.all())
    places = {one.pk: one.position for one in criteria}
    steps = {level.pk: level.position for one in criteria for level in one.levels.all()}
    return {
        "format": FORMAT,
        "slug": version.achievement.slug,
        "single": version.achievement.single,
        "version": {name: _plain(getattr(version, name)) for name in WORDS},
        "picture": version.picture_words,
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
            {"criterion": places.get(one.criterion_id), "level": steps.get(one.level_id)}  # type: ignore[arg-type]
            | {name: getattr(one, name) for name in TARGET}
            for one in version.alignments.all()
        ],
    }


def read(text: str | bytes) -> dict[str, Any]:
    """A design from JSON that somebody brought. `BadDesignError` says all that is wrong with it."""
    if len(text) > MOST_BYTES:
        raise BadDesignError([_("This is more than 2 MB: no design is as long as that.")])
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadDesignError([_("This is no JSON file. Choose one that was exported here.")]) from error
    return clean(body)


def clean(body: Any) -> dict[str, Any]:
    """A design of known members with values that the tables can hold."""
    wrong = [_said(error) for error in sorted(_schema().iter_errors(body), key=lambda error: list(error.path))[:20]]
    if wrong:
        raise BadDesignError(wrong)
    if any(not is_plain(word) for word in _strings(body)):
        raise BadDesignError([_("A text here holds a control character, which can't be signed. Type it anew.")])
    words = body.get("version", {})
    trial = AchievementVersion(**{name: value for name, value in words.items() if name != "tags"})
    others = [
        field.name for field in AchievementVersion._meta.fields if field.name not in words or field.name == "tags"
    ]
    sentences = _complaints(trial, "version", exclude=others)
    design = dict(body)
    design["version"] = {name: _kept(trial, name, value) for name, value in words.items()}
    for number, criterion in enumerate(body.get("criteria", ()), start=1):
        for requirement in criterion.get("requirements", ()):
            at = f"criteria[{number}].requirements"
            sentences += _complaints(EvidenceRequirement(**requirement), at, exclude=["criterion", "position"])
    for number, row in enumerate(body.get("alignments", ()), start=1):
        target = Alignment(**{name: value for name, value in row.items() if name in TARGET})
        skipped = ["version", "criterion", "level", "position"]
        sentences += _complaints(target, f"alignments[{number}]", exclude=skipped)
    if sentences:
        raise BadDesignError(sentences[:20])
    return design


def _complaints(row: models.Model, at: str, *, exclude: list[str]) -> list[str]:
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as error:
        return [f"{at}.{name}: {' '.join(said)}" for name, said in error.message_dict.items()]
    return []


def _kept(trial: AchievementVersion, name: str, value: Any) -> Any:
    return value if name == "tags" else getattr(trial, name)


def _said(error: Any) -> str:
    at = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in error.path).lstrip(".")
    return f"{at}: {error.message[:200]}" if at else str(error.message)[:200]


def _strings(value: Any, depth: int = 0) -> Iterator[str]:
    if depth > MOST_DEPTH:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one, depth + 1)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if hasattr(value, "isoformat") else value


@cache
def _schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads((Path(__file__).parent / "data" / "design.schema.json").read_text()))
