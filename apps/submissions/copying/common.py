"""What all makers of copies share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Copy:
    """The properties of a copy that was written."""

    media_type: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None


class Why(StrEnum):
    """Why there is no copy; the model has the texts."""

    LOCKED = "locked"
    BROKEN = "broken"
    TOO_MUCH = "too_much"
    UNKNOWN = "unknown"


class NoCopy(Exception):
    """No safe copy of this file can be made; `why` gives the reason."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why
