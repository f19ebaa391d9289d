"""The nine words that a badge picture is a function of."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from apps.core.refused import Refused
from apps.issuers.art import lettering

if TYPE_CHECKING:
    from collections.abc import Mapping

ICONS: dict[str, str] = json.loads((Path(__file__).parent / "icons" / "icons.json").read_text())

KINDS = ("single", "stack", "capstone")
SHAPES = ("disc", "hexagon", "octagon", "shield", "arch", "scallop")
RINGS = ("stitch", "rope", "milled", "double")
CLOTHS = ("tarn", "saddle", "harbour", "moss", "wine", "slate", "gorse", "clay")
GROUNDS = ("plain", "hills", "rays", "waves", "weave", "furrows", "dots")
CUTS = ("full", "small")
MOST_LETTERS = 12
MOST_STUDS = 5

_CHOICES = {
    "kind": KINDS,
    "shape": SHAPES,
    "ring": RINGS,
    "cloth": CLOTHS,
    "ground": GROUNDS,
    "icon": tuple(ICONS),
    "cut": CUTS,
}


@dataclass(frozen=True)
class BadgeWords:
    """Shape and ring belong to the issuer, cloth to a field of work; the icon is the thing in the hand, studs the level."""

    shape: str
    ring: str
    cloth: str
    ground: str
    icon: str = "award"
    ribbon: str = ""
    studs: int = 0
    kind: str = "single"
    cut: str = "full"

    def __post_init__(self) -> None:
        for name, known in _CHOICES.items():
            if getattr(self, name) not in known:
                raise Refused(
                    _("No badge has the %(name)s “%(word)s”. There are: %(known)s.")
                    % {"name": name, "word": getattr(self, name), "known": ", ".join(known)}
                )
        if self.studs not in range(MOST_STUDS + 1):
            raise Refused(_("A badge has up to %(most)d studs.") % {"most": MOST_STUDS})
        if len(self.ribbon) > MOST_LETTERS:
            raise Refused(_("A ribbon holds up to %(most)d letters.") % {"most": MOST_LETTERS})
        if missing := lettering.missing(self.ribbon):
            raise Refused(_("The ribbon's typeface has no %(letters)s.") % {"letters": " ".join(missing)})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def complete(words: Mapping[str, Any], *, issuer_id: str, achievement_id: str) -> BadgeWords:
    """What was not chosen follows from who issues it (shape, ring) and from what it is (cloth, ground)."""
    known = {field.name for field in fields(BadgeWords)}
    if unknown := set(words) - known:
        raise Refused(_("A badge knows no “%(word)s”.") % {"word": ", ".join(sorted(unknown))})
    house = hashlib.sha256(issuer_id.encode()).digest()
    thing = hashlib.sha256(achievement_id.encode()).digest()
    drawn = {
        "shape": SHAPES[house[0] % len(SHAPES)],
        "ring": RINGS[house[1] % len(RINGS)],
        "cloth": CLOTHS[thing[0] % len(CLOTHS)],
        "ground": GROUNDS[thing[1] % len(GROUNDS)],
    }
    return BadgeWords(**drawn | dict(words))
