"""A row that many share, and one wants to change: whoever comes later stands behind.

PostgreSQL has no queue for that. Who asks for a row FOR SHARE passes those who wait to change it, as long as others share
it: two workers that do so in turns keep somebody waiting for as long as they are at it. So both take their turn first, at a
lock beside the row, which has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from django.db import models


def shared_state(model: type[models.Model], pk: int, *, turn: str) -> str:
    """How a row stands, and does until the caller's transaction ends: who changes it waits until then.

    In one question with the turn. Where it had to wait, the row is read as it is after that.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(hashtext(%s)))"  # noqa: S608 - only the model's own table, quoted, is put into the words; values go beside them
            f" SELECT one.state FROM {table} AS one, turn WHERE one.id = %s FOR SHARE OF one",
            [turn, pk],
        )
        (state,) = cursor.fetchone()
    return str(state)


def take(turn: str) -> None:
    """Wait for those who share now, and let those who come later wait until the caller's transaction ends. Before the
    row is locked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [turn])
