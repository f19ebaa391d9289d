"""Log filters that shorten repeated errors."""

from __future__ import annotations

import logging

from psycopg_pool import PoolTimeout


class DatabaseAway(logging.Filter):
    """Logs a request that found no database as one line: a hundred lines of traceback would say no more."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and isinstance(error.__cause__, PoolTimeout):
            record.msg, record.args = f"{record.getMessage()}: the database is away", ()
            record.exc_info = record.exc_text = None
        return True
