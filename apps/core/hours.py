"""Times of day, as pages show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import formats, timezone

if TYPE_CHECKING:
    from datetime import datetime


def hour_of(moment: datetime) -> str:
    """The time in the reader's zone and language: 4:50 pm."""
    return formats.date_format(timezone.localtime(moment), "g:i a").replace(".", "")
