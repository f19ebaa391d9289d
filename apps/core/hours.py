"""The hour, as pages tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import formats, timezone

if TYPE_CHECKING:
    from datetime import datetime


def hour_of(moment: datetime) -> str:
    """In the zone and the language of who reads it: 4:50 pm."""
    return formats.date_format(timezone.localtime(moment), "g:i a").replace(".", "")
