"""The nine words that determine a badge picture."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from apps.core.refused import Refused
from apps.issuers.art import lettering
from apps.issuers.art.glyphs import ICONS

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = ("single", "stack", "capstone")
SHAPES = ("disc", "hexagon", "octagon", "shield", "arch", "scallop")
RINGS = ("stitch", "rope", "milled", "double")
CLOTHS = ("tarn", "saddle", "harbour", "moss", "wine", "slate", "gorse", "clay")
GROUNDS = ("plain", "hills", "rays", "waves", "weave", "furrows", "dots")
CUTS = ("full", "small")
MOST_LETTERS = 12
MOST_STUDS = 5
SMALL = 48  # pixels

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
    """Shape and ring belong to the issuer, cloth to a field of work; the icon is the tool, studs show the level."""

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
                    _("There is no %(name)s “%(word)s” for badges. Choose one of: %(known)s.")
                    % {"name": name, "word": getattr(self, name), "known": ", ".join(known)}
                )
        if type(self.studs) is not int or self.studs not in range(MOST_STUDS + 1):
            raise Refused(_("A badge has up to %(most)d studs.") % {"most": MOST_STUDS})
        object.__setattr__(self, "ribbon", ribbon_of(self.ribbon))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def ribbon_of(text: str) -> str:
    """The ribbon's text as it is kept. Raises Refused for letters that a ribbon can't hold."""
    ribbon = " ".join(unicodedata.normalize("NFC", text).split())
    if len(unicodedata.normalize("NFC", ribbon.upper())) > MOST_LETTERS:
        raise Refused(_("A ribbon holds up to %(most)d letters.") % {"most": MOST_LETTERS})
    if missing := lettering.missing(ribbon):
        raise Refused(_("The ribbon's typeface has no %(letters)s.") % {"letters": " ".join(missing)})
    return ribbon


def read(kept: Mapping[str, Any]) -> BadgeWords | None:
    """The words stored with a version; None if they don't make a badge."""
    try:
        return BadgeWords(**kept)
    except (Refused, TypeError):
        return None


def cut_for(words: BadgeWords, pixels: int) -> BadgeWords:
    """The words as drawn at that size: at 48 pixels and below, details would not be seen."""
    return replace(words, cut="small" if pixels <= SMALL else "full")


def complete(words: Mapping[str, Any], *, issuer_id: str, achievement_id: str) -> BadgeWords:
    """All the words: those not chosen follow from the issuer (shape, ring) and the achievement (cloth, ground)."""
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
