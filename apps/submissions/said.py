"""The form data of a piece of evidence: edits from two tabs are merged, not overwritten."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from apps.core.refused import Refused
from apps.submissions import merging, places
from apps.submissions.models import EvidenceItem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.issuers.models import Criterion
    from apps.submissions.places import Place

LONGEST_TEXT = 50_000
_LONG = {"text": LONGEST_TEXT, "transcript": LONGEST_TEXT}
_SHORT = {"title": 300, "people_note": 300}
_TICK = re.compile(r"c\d+")  # a criterion by its code
# Choices, not text: the later one stands.
_CHOSEN = frozenset({"made_on", "people", "shows_me"})


@dataclass(frozen=True)
class About:
    """What a learner says about a piece of any kind."""

    title: str = ""
    transcript: str = ""
    made_on: date | None = None
    people: str = EvidenceItem.People.UNSAID
    people_note: str = ""
    shows_me: bool = False


@dataclass(frozen=True)
class Said:
    """The whole form data of a piece. `places`: code of each supported criterion -> where to look."""

    about: About
    text: str
    places: Mapping[str, str]

    def fields(self) -> dict[str, Any]:
        """The form fields as JSON values: `c1` is a tick, `c1_place` its place."""
        made_on = self.about.made_on.isoformat() if self.about.made_on else ""
        ticks: dict[str, Any] = {}
        for code, place in self.places.items():
            ticks |= {code: True, f"{code}_place": place}
        return {**vars(self.about), "made_on": made_on, "text": self.text, **ticks}


def of(piece: EvidenceItem) -> Said:
    about = About(**{name: getattr(piece, name) for name in vars(About())})
    return said(about, piece.text, {one.criterion: one.place for one in piece.supports.select_related("criterion")})


def said(about: About, text: str, supported: Mapping[Criterion, Place]) -> Said:
    return Said(about, text, {one.code: str(place) for one, place in supported.items()})


def read(edition: str) -> dict[str, Any]:
    """The state that a page was opened with, as `write` wrote it; empty if it isn't ours."""
    try:
        began = json.loads(edition)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(began, dict):
        return {}
    return {name: value for name, value in began.items() if isinstance(value, _type_of(name))}


def _type_of(name: str) -> type:
    """The type of a field: the ticks, including “it shows who I am”, are booleans; the rest are strings."""
    return bool if name == "shows_me" or _TICK.fullmatch(name) else str


def write(now: Said) -> str:
    return json.dumps(now.fields(), ensure_ascii=False, sort_keys=True)


def together(began: Mapping[str, Any], ours: Said, theirs: Said) -> Said:
    """Merge `theirs` into `ours`, both started from the same fields. Raises Refused if the result doesn't fit into a
    field.
    """
    mine, others = ours.fields(), theirs.fields()
    whole = {name: _one(name, began, mine, others) for name in {*mine, *others}}
    # A place alone counts as a tick: if one tab removed the tick and the other moved the place, the tick stays.
    kept = {code for code in {*ours.places, *theirs.places} if whole[code] is True or whole[f"{code}_place"]}
    made_on = date.fromisoformat(whole["made_on"]) if whole["made_on"] else None
    about = About(**{name: whole[name] for name in vars(About()) if name != "made_on"}, made_on=made_on)
    return Said(about, whole["text"], {code: whole[f"{code}_place"] for code in kept})


def supported(now: Said, rubric: Mapping[str, Criterion]) -> dict[Criterion, Place]:
    """The supported criteria as verbs take them, without any that this rubric lacks."""
    return {rubric[code]: places.parse(place) for code, place in now.places.items() if code in rubric}


def _one(name: str, began: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Any:
    base, mine, other = (one.get(name, "") for one in (began, ours, theirs))
    if name in _CHOSEN or True in (mine, other):
        return mine if other == base else other
    if name in _LONG:
        words, most = merging.merge(base, mine, other), _LONG[name]
    else:
        words, most = merging.merge_line(base, mine, other), _SHORT.get(name, places.LONGEST_QUOTE)
    if len(words) > most:
        raise Refused(
            _("You have since saved this in another tab. Copy what you wrote here, then open the page again.")
        )
    return words
