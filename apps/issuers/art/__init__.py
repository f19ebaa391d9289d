"""Badge pictures: a function of nine words, so that equal words give equal bytes."""

from apps.issuers.art.drawing import badge
from apps.issuers.art.glyphs import ICONS
from apps.issuers.art.judging import LEAST_CONTRAST, Remark, alike, contrast, remarks
from apps.issuers.art.raster import png
from apps.issuers.art.suggesting import house, suggest
from apps.issuers.art.swatches import swatch
from apps.issuers.art.wording import describe
from apps.issuers.art.words import (
    CLOTHS,
    CUTS,
    GROUNDS,
    KINDS,
    MOST_LETTERS,
    MOST_STUDS,
    RINGS,
    SHAPES,
    SMALL,
    BadgeWords,
    complete,
    cut_for,
    read,
    ribbon_of,
)

__all__ = [
    "CLOTHS",
    "CUTS",
    "GROUNDS",
    "ICONS",
    "KINDS",
    "LEAST_CONTRAST",
    "MOST_LETTERS",
    "MOST_STUDS",
    "RINGS",
    "SHAPES",
    "SMALL",
    "BadgeWords",
    "Remark",
    "alike",
    "badge",
    "complete",
    "contrast",
    "cut_for",
    "describe",
    "house",
    "png",
    "read",
    "remarks",
    "ribbon_of",
    "suggest",
    "swatch",
]
