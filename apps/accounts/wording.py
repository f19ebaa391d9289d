"""Queries about one person whose SQL is built once and then used for everyone.

Django takes several times longer to build such a query than PostgreSQL to answer it, and some run on every page.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from apps.accounts.models import User
from apps.core import clock, prepared
from apps.core.text import normal_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

# Placeholders for person and time while the SQL is built: nobody has this id or address, and the time is in the past.
_SOMEBODY = User(pk=-7, email="somebody@nowhere.invalid")
_SOMETIME = datetime(1970, 1, 1, 0, 0, 7, 7, tzinfo=UTC)
# The placeholder for the id of the other thing a query is about.
SOMETHING = -9


class Worded:
    """The SQL of what `build` queries about a person at the present moment, and perhaps about one other thing,
    `SOMETHING`.

    Values that are always the same are part of the SQL, where PostgreSQL sees them when it plans.
    """

    def __init__(self, build: Callable[[User], QuerySet[Any]]) -> None:
        self.build = build
        self.words: tuple[str, list[Any]] | None = None

    def ask(self, user: User, thing: int | None = None) -> list[tuple[Any, ...]]:
        """Every row of the answer; `thing` is the id of the other thing it is about."""
        return prepared.ask(*self.about(user, thing))

    def about(self, user: User, thing: int | None = None) -> tuple[str, list[Any]]:
        if self.words is None:
            with clock.at(_SOMETIME):
                self.words = prepared.write_out(*self.build(_SOMEBODY).query.sql_with_params(), differs=_differs)
        sql, given = self.words
        known = {
            _SOMEBODY.pk: user.pk,
            _SOMEBODY.email: normal_address(user.email),
            _SOMETIME: clock.now(),
            SOMETHING: thing,
        }
        return sql, [known[one] if _differs(one) else one for one in given]


def _differs(value: object) -> bool:
    """Whether a value is a placeholder."""
    return isinstance(value, (int, str, datetime)) and value in (_SOMEBODY.pk, _SOMEBODY.email, _SOMETIME, SOMETHING)
