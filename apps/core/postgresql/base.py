"""Django's PostgreSQL backend, except that it checks on the socket whether a kept connection is alive.

Django asks the server before the first query of each request: a round trip that takes as long as all the rest of a
small response. A server that stops or fails closes its connections, which this machine sees without asking.
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
        """Called if a process keeps its connection (`CONN_MAX_AGE`)."""
        return self.connection is not None and _lives(self.connection)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Take a live connection from the pool, whose own check would ask the server; return dead ones, to be
        replaced.

        Raises OperationalError if that takes too long.
        """
        connection = super().get_new_connection(conn_params)
        while self.pool and not _lives(connection):
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection


def _lives(connection: Connection) -> bool:
    """Whether a connection is alive: on an idle one, only a server that is closing it sends anything."""
    if connection.pgconn.transaction_status != pq.TransactionStatus.IDLE:
        return False
    quiet = select.poll()
    quiet.register(connection.fileno(), select.POLLIN | select.POLLERR | select.POLLHUP)
    return not quiet.poll(0)
