"""Django's PostgreSQL, but whether a kept connection still lives is seen on its socket.

Django asks the server, before the first question of each request: a way there and back, which a small answer takes as
long as all the rest of it. A server that stops or falls closes its connections, which this machine knows by itself.
"""

from __future__ import annotations

import select
from typing import TYPE_CHECKING, Any

from django.db.backends.postgresql import base
from psycopg import pq

if TYPE_CHECKING:
    from psycopg import Connection


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Asked where a process keeps its connection (`CONN_MAX_AGE`)."""
        return self.connection is not None and _lives(self.connection)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Of a pool, whose own check would ask the server: what ended meanwhile goes back, and the pool makes another.

        Raises OperationalError where it can't within its time.
        """
        connection = super().get_new_connection(conn_params)
        while self.pool and not _lives(connection):
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection


def _lives(connection: Connection) -> bool:
    """Nobody speaks on an idle connection but a server that says goodbye."""
    if connection.pgconn.transaction_status != pq.TransactionStatus.IDLE:
        return False
    quiet = select.poll()
    quiet.register(connection.fileno(), select.POLLIN | select.POLLERR | select.POLLHUP)
    return not quiet.poll(0)
