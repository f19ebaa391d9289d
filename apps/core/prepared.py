"""Large queries whose SQL stays the same: PostgreSQL plans them once per connection, not each time.

Django writes values into the SQL before sending it, so every query looks new to the database, and planning a large
one takes several times as long as running it. Here values are sent separately, and the connection keeps the plans of
frequent queries (`prepare_threshold` in the settings).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any

from django.db import connection
from psycopg import RawCursor
from psycopg.sql import Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

# A value, or a percent sign.
PLACE = re.compile("%[s%]")


def ask(words: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return every row of the answer. The database infers a value's type from its position, or from a cast beside it.

    `%s` stands for a value and `%%` for a percent sign, as everywhere in Django.
    """
    with connection.cursor() as cursor:
        # Django would use one kind of cursor for every query of a connection, and psycopg would parse the
        # placeholders again in each query longer than 4,096 characters, as the largest here are.
        cursor.cursor = RawCursor(connection.connection)
        cursor.execute(_numbered(words), given)
        answer: list[tuple[Any, ...]] = cursor.fetchall()
    return answer


def array(values: Iterable[object]) -> str:
    """Write numbers, booleans or dates as a PostgreSQL array; psycopg would check each value for its type."""
    return f"{{{','.join(map(str, values))}}}"


def write_out(sql: str, given: Sequence[Any], *, differs: Callable[[Any], bool]) -> tuple[str, list[Any]]:
    """The SQL with its constant numbers and texts written into it, and the remaining parameters: those that `differs`
    says are given anew each time. PostgreSQL sees constants when it plans, and an index may be made for one.
    """
    values, left = iter(given), []

    def place(found: re.Match[str]) -> str:
        if found[0] != "%s":
            return found[0]
        value = next(values)
        if differs(value) or not isinstance(value, (int, str)):
            left.append(value)
            return "%s"
        plain = str(value) if isinstance(value, str) else value
        return Literal(plain).as_string(None).replace("%", "%%")

    return PLACE.sub(place, sql), left


@lru_cache(maxsize=512)
def _numbered(words: str) -> str:
    """The SQL with `$1`, `$2` and so on as placeholders."""
    numbers = count(1)
    return PLACE.sub(lambda place: "%" if place[0] == "%%" else f"${next(numbers)}", words)
