"""Questions about one person whose words are put together once, and then asked of everybody.

Django takes several times longer over the words of a question than PostgreSQL over its answer, and some are asked on
every page.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from apps.accounts.models import User
from apps.core import clock, prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

# Who and when stand in the words until it is known: nobody has this id or address, and this was never.
_SOMEBODY = User(pk=-7, email="somebody@nowhere.invalid")
_SOMETIME = datetime(1970, 1, 1, 0, 0, 7, 7, tzinfo=UTC)
# The id of whatever else a question is about, until that is known too.
SOMETHING = -9


class Worded:
    """What `build` asks about a person, at this moment, as SQL; and about one thing more, which it calls `SOMETHING`."""

    def __init__(self, build: Callable[[User], QuerySet[Any]]) -> None:
        self.build = build
        self.words: tuple[str, tuple[Any, ...]] | None = None

    def ask(self, user: User, thing: int | None = None) -> list[tuple[Any, ...]]:
        """Every row of the answer; `thing` is the id of what else it is about."""
        return prepared.ask(*self.about(user, thing))

    def about(self, user: User, thing: int | None = None) -> tuple[str, list[Any]]:
        if self.words is None:
            with clock.at(_SOMETIME):
                self.words = self.build(_SOMEBODY).query.sql_with_params()
        sql, given = self.words
        known = {
            _SOMEBODY.pk: user.pk,
            _SOMEBODY.email: user.email.lower(),
            _SOMETIME: clock.now(),
            SOMETHING: thing,
        }
        return sql, [known.get(one, one) if isinstance(one, (int, str, datetime)) else one for one in given]
