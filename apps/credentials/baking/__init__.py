"""Baking: a credential inside a badge picture (Open Badges 3.0, section 5.3 "Baked badges"; 2.0, "Badge Baking").

The credential is spliced into the picture's own bytes; no pixel or path is touched.
"""

from apps.credentials.baking.kinds import (
    MOST_BYTES,
    MOST_OF_BADGE,
    OB2,
    OB3,
    Baked,
    BakingError,
    NoBadgeError,
    Version,
)
from apps.credentials.baking.png import KEYWORD, SIGNATURE, PreparedPng, bake_png, chunks, prepare_png, read_png
from apps.credentials.baking.svg import PreparedSvg, bake_svg, is_svg, prepare_svg, read_svg

__all__ = [
    "KEYWORD",
    "MOST_BYTES",
    "MOST_OF_BADGE",
    "OB2",
    "OB3",
    "SIGNATURE",
    "Baked",
    "BakingError",
    "NoBadgeError",
    "PreparedPng",
    "PreparedSvg",
    "Version",
    "bake_png",
    "bake_svg",
    "chunks",
    "is_svg",
    "prepare_png",
    "prepare_svg",
    "read",
    "read_png",
    "read_svg",
]


def read(picture: bytes) -> Baked:
    """Read the badge inside a PNG or SVG. Raises BakingError if there is none, more than one, or a broken one."""
    return read_png(picture) if picture.startswith(SIGNATURE) else read_svg(picture)
