"""What all makers of copies share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.submissions.models import ReviewCopy


@dataclass(frozen=True)
class Copy:
    """What a copy is, once it is written."""

    media_type: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None


class NoCopy(Exception):
    """There is no safe copy of this file, and why."""

    def __init__(self, reason: ReviewCopy.Reason) -> None:
        super().__init__(reason)
        self.reason = reason
