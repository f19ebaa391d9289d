"""What all kinds of pictures have in common."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

MOST_BYTES = 20 * 1024 * 1024
# Limit for the badge inside: as long as a token may be, in characters of several bytes.
MOST_OF_BADGE = 4 * 1024 * 1024
# The Open Badges version.
Version = Literal[2, 3]
OB2: Final = 2
OB3: Final = 3


class Baked(NamedTuple):
    """What is inside a picture: JSON, a compact signature or, in Open Badges 2.0 and older, a URL."""

    version: Version
    text: str


class BakingError(Exception):
    """A picture that can't be baked or read; the message is technical."""


class NoBadgeError(BakingError):
    """An intact picture with no badge inside."""
