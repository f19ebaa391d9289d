"""Large questions in words that stay the same: PostgreSQL plans them once a connection, and not each time.

Django writes values into the words before it sends them, so that every question looks new to the database; planning a
large one takes it several times as long as the answer. Here values go beside the words, and the connection keeps the
plan of what it is asked often (`prepare_threshold` in the settings).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor

if TYPE_CHECKING:
    from collections.abc import Sequence


def ask(words: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Every row of the answer. The database tells the kind of a value by where it stands, or by a cast beside it."""
    with connection.cursor() as cursor:
        # Django would use this kind of cursor for every question of a connection, or for none.
        cursor.cursor = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]  # as psycopg's own
        cursor.execute(words, given)
        answer: list[tuple[Any, ...]] = cursor.fetchall()
    return answer
