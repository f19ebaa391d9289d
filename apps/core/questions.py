"""Querysets that verbs ask for every award, in words that are found once.

Django puts a queryset into SQL anew each time, which takes it longer than PostgreSQL takes to answer, and then
PostgreSQL plans it anew.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from inspect import signature
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from django.db import connection, models, transaction
from django.db.models import Value
from django.db.models.expressions import RawSQL

from apps.core import prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")


@dataclass(frozen=True)
class _Place:
    """Where a value goes that is given with each asking."""

    name: str


class Question(Generic[Row]):
    """A queryset as a question: `LOCKED = Question(lambda pk: Turn.objects.select_for_update().filter(pk=pk))`, and
    then `LOCKED.get(turn.pk)`, which gives the rows that the queryset would.

    `build` is called once, with places instead of values, so all that differs from asking to asking must be given: it
    can't look at the clock or at who is signed in.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, Row]]) -> None:
        self.build = build
        self.names = tuple(signature(build).parameters)

    @cached_property
    def worded(self) -> _Worded:
        return _put_into_words(self.build(*(Value(_Place(name)) for name in self.names)))

    def all(self, *given: Any) -> list[Row]:
        values = (prepared.array(one) if isinstance(one, list) else one for one in given)
        return self.worded.ask(dict(zip(self.names, values, strict=True)))

    def first(self, *given: Any) -> Row | None:
        return next(iter(self.all(*given)), None)

    def get(self, *given: Any) -> Row:
        """The first row. Raises the model's DoesNotExist if there is none."""
        for row in self.all(*given):
            return row
        raise self.worded.asked.model.DoesNotExist


def each_of(keys: Value) -> RawSQL:
    """For `filter(pk__in=each_of(keys))` in a question, which is then given a list of primary keys."""
    return RawSQL("SELECT unnest(%s::bigint[])", [keys.value])


class _Worded(NamedTuple):
    asked: models.QuerySet[Any, Any]
    compiled: SQLCompiler
    words: str
    given: list[Any]

    def ask(self, known: dict[str, Any]) -> list[Any]:
        if self.asked.query.select_for_update and connection.get_autocommit():
            message = "A lock is held until the end of its transaction, and there is none."
            raise transaction.TransactionManagementError(message)
        values = [known[one.name] if isinstance(one, _Place) else one for one in self.given]
        rows = [prepared.ask(self.words, values)]
        # Django's own reading of rows into models, by a compiler that needs to ask nothing more.
        answered: Any = copy(self.compiled)
        answered.connection = connection  # this thread's
        answered.execute_sql = lambda *_how, **_more: rows
        found: Any = self.asked.all()
        found.query.get_compiler = lambda *_using, **_more: answered
        return list(found)


def _put_into_words(asked: models.QuerySet[Any, Any]) -> _Worded:
    compiled = asked.query.get_compiler(connection.alias)
    sql, given = compiled.as_sql()
    if moments := [one for one in given if isinstance(one, date)]:
        message = f"{moments} would be asked for ever: give what changes from asking to asking."
        raise ValueError(message)
    return _Worded(asked, compiled, *prepared.write_out(sql, given, differs=lambda one: isinstance(one, _Place)))
