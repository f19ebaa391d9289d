"""Large questions in words that stay the same: PostgreSQL plans them once a connection, and not each time.

Django writes values into the words before it sends them, so that every question looks new to the database; planning a
large one takes it several times as long as the answer. Here values go beside the words, and the connection keeps the
plan of what it is asked often (`prepare_threshold` in the settings).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any

from django.db import connection
from psycopg import RawCursor

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Of a value, or a percent sign.
PLACE = re.compile("%[s%]")


def ask(words: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Every row of the answer. The database tells the kind of a value by where it stands, or by a cast beside it.

    Words have `%s` for each value and `%%` for a percent sign, as everywhere in Django.
    """
    with connection.cursor() as cursor:
        # Django would use one kind of cursor for every question of a connection. And psycopg would look for the places
        # of values anew in each question that is longer than 4,096 letters, as the largest here are.
        cursor.cursor = RawCursor(connection.connection)
        cursor.execute(_numbered(words), given)
        answer: list[tuple[Any, ...]] = cursor.fetchall()
    return answer


def array(values: Iterable[object]) -> str:
    """Numbers, truths or days as PostgreSQL writes an array of them; psycopg would look at each to find its kind."""
    return f"{{{','.join(map(str, values))}}}"


@lru_cache(maxsize=512)
def _numbered(words: str) -> str:
    """With `$1`, `$2` and so on in the places of values."""
    numbers = count(1)
    return PLACE.sub(lambda place: "%" if place[0] == "%%" else f"${next(numbers)}", words)
