"""What all makers of copies share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Copy:
    """What a copy is, once it is written."""

    media_type: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None


class Why(StrEnum):
    """Why there is no copy; the model has the words."""

    LOCKED = "locked"
    BROKEN = "broken"
    TOO_MUCH = "too_much"
    UNKNOWN = "unknown"


class NoCopy(Exception):
    """There is no safe copy of this file, and why."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why
