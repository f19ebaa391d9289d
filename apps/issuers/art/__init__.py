"""Badge pictures: a function of nine words, so that equal words give equal bytes."""

from apps.issuers.art.drawing import badge
from apps.issuers.art.raster import png
from apps.issuers.art.words import (
    CLOTHS,
    CUTS,
    GROUNDS,
    ICONS,
    KINDS,
    RINGS,
    SHAPES,
    BadgeWords,
    complete,
)

__all__ = [
    "CLOTHS",
    "CUTS",
    "GROUNDS",
    "ICONS",
    "KINDS",
    "RINGS",
    "SHAPES",
    "BadgeWords",
    "badge",
    "complete",
    "png",
]
