"""Merging one account into another: what the apps share when each moves its own part (`config/merging.py` lists them
in order).

What belongs to the person changes hands. Records of who did something stay as they were written.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def changing_hands(giver_id: int, taker_id: int) -> Iterator[None]:
    """Within the block, let frozen rows change from the one account to the other, and in no other way.

    The database functions `<table>_owner` say which column of which table.
    """
    if not connection.in_atomic_block:
        message = "Whatever changes hands does so in one transaction."
        raise transaction.TransactionManagementError(message)
    _say(f"{giver_id},{taker_id}")
    yield
    # If something was refused, the transaction ends, and the setting with it.
    _say("")


def _say(who: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('satchel.merging', %s, true)", [who])
