"""Fair locking of a row that many share and one wants to change: later comers queue behind it.

PostgreSQL doesn't queue for row locks. A FOR SHARE request overtakes those waiting to change the row while others
share it, so two workers sharing it in turns can block a writer indefinitely. So both sides first take an advisory
lock, which does queue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from django.db import models


def shared_state(model: type[models.Model], pk: int, *, turn: str) -> str:
    """Read a row's state and hold it until the caller's transaction ends; anyone changing the row waits until then.

    One query with the lock. If it had to wait, it reads the row as it is after the wait.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(hashtext(%s)))"  # noqa: S608 - only the model's own table, quoted, is put into the SQL; values are sent separately
            f" SELECT one.state FROM {table} AS one, turn WHERE one.id = %s FOR SHARE OF one",
            [turn, pk],
        )
        (state,) = cursor.fetchone()
    return str(state)


def take(turn: str) -> None:
    """Wait for current sharers, and block later ones until the caller's transaction ends. Call before locking the
    row.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [turn])
