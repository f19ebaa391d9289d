"""Designs to begin from: complete enough to publish after a check, plain enough to make one's own.

Their text is English, as a draft's own language says; what a page says about them is translated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

_SCALE = ("Not yet", "With help", "On your own", "Teaches others")


@dataclass(frozen=True)
class Starter:
    code: str
    label: StrOrPromise
    about: StrOrPromise
    design: Mapping[str, Any]


def _levels(*words: str) -> list[dict[str, Any]]:
    return [{"name": name, "description": said} for name, said in zip(_SCALE, words, strict=True)]


def _criterion(name: str, about: str, levels: list[dict[str, Any]], *evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "description": about,
        "required": True,
        "required_level": 3,
        "levels": levels,
        "requirements": [{"at_least": 1, **one} for one in evidence],
    }


_SAFELY = _criterion(
    "Working safely",
    "What could hurt somebody is seen and dealt with before the work begins.",
    _levels(
        "Hazards are met, not looked for. Somebody else has to stop the work.",
        "Hazards are named when asked, and dealt with when told how.",
        "Hazards are named and dealt with unprompted. Work stops when something changes.",
        "As on your own, and others are shown what to look for.",
    ),
    {"kind": "text", "instructions": "What you checked before you began, and why.", "most_words": 300},
)
_DONE_WELL = _criterion(
    "The work itself",
    "The result is what was asked for, and the way to it can be seen.",
    _levels(
        "The result can't be used, or the way to it can't be seen.",
        "The result can be used after somebody helped or put it right.",
        "The result can be used as it is, and each step to it can be followed.",
        "As on your own, and others use the result as their example.",
    ),
    {
        "kind": "any",
        "instructions": "Photos, a video or a document that show the work and its result.",
        "from_workplace": True,
    },
)
_THOUGHT = _criterion(
    "Looking back",
    "What went well, what did not, and what will be different next time.",
    _levels(
        "Says that it went well or badly, and not why.",
        "Names what went well and what did not, when asked.",
        "Says why it went as it did, and what will be different next time.",
        "As on your own, and has changed how others work.",
    ),
    {"kind": "text", "instructions": "Your own words. A recording is as welcome.", "most_words": 500},
)

_SKILL: dict[str, Any] = {
    "single": True,
    "version": {
        "kind": "MicroCredential",
        "skill_sentence": "do this work alone, safely and well",
        "description": "Whoever holds this has shown, on real work, that they do it alone, safely and well.",
        "description_for_earners": "For people who do this work already and want it to be seen.",
        "how_earned": (
            "1. Do the work at least three times.\n"
            "2. Collect what shows it: photos, a video, a document.\n"
            "3. Write what you checked before, and what you would do differently.\n\n"
            "You pass when every required criterion reaches the level marked as needed. Nothing is averaged."
        ),
        "evidence_wanted": "Photos or a video of the work, and your own words about it.",
        "participation": "workplace",
        "assessment_type": "Evidence of work against a rubric",
        "supervision": "attested",
        "prerequisites": "None.",
        "stackability": "It stands alone.",
    },
    "outcomes": [
        "Carry out the work alone and to standard.",
        "Identify hazards and deal with them.",
        "Explain choices made.",
    ],
    "criteria": [_DONE_WELL, _SAFELY, _THOUGHT],
}
_PORTFOLIO: dict[str, Any] = {
    "single": True,
    "version": {
        "kind": "Competency",
        "skill_sentence": "plan, make and explain a piece of work of their own",
        "description": "Whoever holds this has made a piece of work of their own and can say why it is as it is.",
        "description_for_earners": "For people who have made something and want somebody who knows to look at it.",
        "how_earned": (
            "1. Make a piece of work of your own.\n"
            "2. Hand it in with two drafts, so that the way to it can be seen.\n"
            "3. Explain it: for whom it is, and what you chose and why."
        ),
        "evidence_wanted": "The piece, two drafts, and your own words about it.",
        "participation": "blended",
        "assessment_type": "A piece of work against a rubric",
        "supervision": "declared",
        "prerequisites": "None.",
        "stackability": "It stands alone.",
    },
    "outcomes": ["Plan a piece of work for somebody who needs it.", "Make it to standard.", "Explain choices made."],
    "criteria": [_DONE_WELL, _THOUGHT],
}
_TAKING_PART: dict[str, Any] = {
    "single": True,
    "version": {
        "kind": "Badge",
        "skill_sentence": "say what they took part in, and what they took from it",
        "description": "Whoever holds this took part, and can say what they took from it.",
        "description_for_earners": "For everybody who was there.",
        "how_earned": "Take part, and write a few sentences about what you take away from it.",
        "evidence_wanted": "A few sentences of your own.",
        "participation": "onsite",
        "assessment_type": "Own words against a short rubric",
        "supervision": "declared",
        "stackability": "It stands alone.",
    },
    "outcomes": ["Describe what happened and what it means for you."],
    "criteria": [
        {
            "name": "Taking something away",
            "description": "Something that is one's own, not a summary.",
            "required": True,
            "required_level": 2,
            "levels": [
                {"name": "Not yet", "description": "Says what happened, and nothing of one's own."},
                {"name": "Met", "description": "Says what was new, and where it will be of use."},
            ],
            "requirements": [{"kind": "text", "at_least": 1, "most_words": 300, "instructions": "In your own words."}],
        }
    ],
}
_NOTHING: dict[str, Any] = {"single": True, "version": {}, "outcomes": [], "criteria": []}

STARTERS = {
    one.code: one
    for one in (
        Starter(
            "skill", _("A skill at work"), _("Micro-credential: three criteria, four levels, all described."), _SKILL
        ),
        Starter(
            "portfolio",
            _("A piece of work"),
            _("Assessed: the piece, how it was made, and what was learnt."),
            _PORTFOLIO,
        ),
        Starter(
            "taking-part",
            _("Taking part"),
            _("Participation: one criterion, a few words of the learner's own."),
            _TAKING_PART,
        ),
        Starter("nothing", _("An empty page"), _("Nothing is written yet."), _NOTHING),
    )
}
