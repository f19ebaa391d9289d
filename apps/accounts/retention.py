"""What the accounts app deletes after a time (`config/retention.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts import queries, verbs

if TYPE_CHECKING:
    from datetime import datetime


def end_unproved(before: datetime, limit: int) -> int:
    """End empty accounts that were made with an address which nobody has proved since."""
    ended = 0
    for person in queries.unproved_since(before).iterator():
        ended += verbs.lapse_sign_up(person)
        if ended == limit:
            break
    return ended
