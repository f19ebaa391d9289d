"""Taking one account into another: what the rooms share when each brings over its own part (`config/merging.py` says
which, in order).

What is somebody's own changes hands. What names who did something stays as it was written.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def changing_hands(giver_id: int, taker_id: int) -> Iterator[None]:
    """Within it, what is frozen may change from the one account to the other, and in nothing else.

    Which column of which table: the functions `<table>_owner` in the database say.
    """
    if not connection.in_atomic_block:
        message = "Whatever changes hands does so in one transaction."
        raise transaction.TransactionManagementError(message)
    _say(f"{giver_id},{taker_id}")
    yield
    # Where something was refused the transaction ends, and the setting with it.
    _say("")


def _say(who: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('satchel.merging', %s, true)", [who])
