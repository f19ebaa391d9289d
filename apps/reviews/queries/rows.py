"""Rows of the queue: turns with all that a row shows, from SQL that is compiled once.

Compiling such a query, and making one row out of seven tables, takes Django longer than all the rest.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField, Exists, F, Model, OuterRef
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from apps.accounts.wording import Worded
from apps.core import prepared
from apps.reviews.models import Assignment, Turn
from apps.submissions.models import Attempt
from apps.submissions.queries import unread_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from apps.accounts.models import User

# Without the texts of attempts and versions, which are long.
_SHOWN = (
    *("public_id", "part", "state", "due_on", "again", "opened_at", "holder", "achievement__slug"),
    *("attempt__public_id", "attempt__number", "attempt__submission__public_id"),
    *(f"attempt__submission__learner__{field}" for field in ("name", "email")),
    *(f"attempt__submission__version__{field}" for field in ("name", "number", "language", "blind", "policy")),
)
_ANSWERED = (*_SHOWN, *(f"attempt__submission__{field}" for field in ("state", "decided_at")))
# The fields needed to take a turn.
_NEEDED = (
    *("public_id", "part", "attempt__public_id", "attempt__number"),
    *(f"attempt__submission__{field}" for field in ("public_id", "state", "answer_by")),
    *("attempt__submission__version__name", "attempt__submission__version__achievement__issuer__name"),
    *("attempt__submission__learner__email", "attempt__submission__learner__erased_at"),
    "attempt__submission__learner__merged_into",
)
_IDS = "{ids}"
# For how long what someone gave back comes to them after all other work.
_RESTS = timedelta(minutes=30)
_LOCKING = " LIMIT 1 FOR UPDATE OF reviews_turn, submissions_attempt SKIP LOCKED"


class _Part(NamedTuple):
    """The columns of one model in a row: field `name` of the model `above` leads to it."""

    above: str
    name: str
    model: type[Model]
    fields: list[str]


def turns_of(user: User, ids: tuple[str, list[Any]], *, key: str, backwards: bool) -> list[Any]:
    """The turns whose ids the SQL gives, sorted by `key`, with `holder_name` and `has_news` for this reader."""
    sql, given = ids
    words, known = _ROWS[key, backwards].about(user)
    found = []
    for holder_name, news, *row in prepared.ask(words.replace(_IDS, sql), [*known, *given]):
        turn = _turn_of(row, _SHOWN)
        turn.holder_name, turn.has_news = holder_name, news
        found.append(turn)
    return found


def answered_turns_of(user: User, ids: tuple[str, list[Any]], *, backwards: bool) -> list[Any]:
    """The turns whose ids the SQL gives, with the submissions' `state` and `decided_at`, the newest answer first."""
    sql, given = ids
    words, known = _ANSWERS[backwards].about(user)
    return [_turn_of(row, _ANSWERED) for row in prepared.ask(words.replace(_IDS, sql), [*known, *given])]


def locked_free(user: User, ids: tuple[str, list[Any]], key: str) -> Turn | None:
    """The first by `key` of these turns that nobody holds, locked together with its attempt, or None. Turns that others
    have locked are skipped, and those that `user` gave back a short while ago come last.

    The turn's own row is locked too, so that one taken a moment ago is read again and left out.
    """
    sql, given = ids
    words, known = _FREE[key].about(user)
    rows = prepared.ask(words.replace(_IDS, sql) + _LOCKING, [*known, *given])
    if not rows:
        return None
    _was_given_back, *row = rows[0]
    turn: Turn = _turn_of(row, _NEEDED)
    return turn


def has_news(user: User) -> Exists:
    """Whether the learner of a turn or assignment wrote something that `user` has not read."""
    return Exists(unread_by(user).filter(submission=OuterRef("attempt__submission"), from_assessor=False))


def _asked(user: User, *, key: str, backwards: bool) -> QuerySet[Turn, tuple[Any, ...]]:
    return (
        Turn.objects.filter(_among())
        .annotate(holder_name=F("holder__name"), has_news=has_news(user))
        .order_by(*((f"-{key}", "-pk") if backwards else (key, "pk")))
        .values_list("holder_name", "has_news", *_paths(_SHOWN))
    )


def _answered(_user: User, *, backwards: bool) -> QuerySet[Turn, tuple[Any, ...]]:
    way = "" if backwards else "-"
    order = (f"{way}attempt__submission__decided_at", f"{way}attempt__submission")
    return Turn.objects.filter(_among()).order_by(*order).values_list(*_paths(_ANSWERED))


def _free(user: User, *, key: str) -> QuerySet[Turn, tuple[Any, ...]]:
    given_back = Assignment.objects.filter(
        turn=OuterRef("pk"), assessor=user, state=Assignment.State.RELEASED, ended_at__gt=Now() - _RESTS
    )
    # A job has yet to close the turns of an attempt withdrawn just now.
    due = Turn.objects.open().filter(holder=None).exclude(attempt__state=Attempt.State.WITHDRAWN)
    # Selected, so that its parameters come before those of `_among`.
    found = due.filter(_among()).annotate(was_given_back=Exists(given_back))
    return found.order_by("was_given_back", key, "pk").values_list("was_given_back", *_paths(_NEEDED))


def _among() -> RawSQL:
    """The last condition of the query, since its parameters follow all others. An array, so that the planner looks up
    a few rows by key before it joins anything to them.
    """
    return RawSQL(f"reviews_turn.id = ANY(ARRAY({_IDS}))", (), BooleanField())  # noqa: S611 - fixed SQL


_ROWS = {
    (key, backwards): Worded(partial(_asked, key=key, backwards=backwards))
    for key in ("due_on", "opened_at")
    for backwards in (False, True)
}
_ANSWERS = {backwards: Worded(partial(_answered, backwards=backwards)) for backwards in (False, True)}
_FREE = {key: Worded(partial(_free, key=key)) for key in ("due_on", "opened_at")}


def _paths(wanted: tuple[str, ...]) -> list[str]:
    return [f"{path}__{field}" if path else field for path, part in _parts(wanted).items() for field in part.fields]


@cache
def _parts(wanted: tuple[str, ...]) -> dict[str, _Part]:
    """The parts by path, parents first."""
    shown: dict[str, set[str]] = defaultdict(set)
    for path in wanted:
        way, _dunder, field = path.rpartition("__")
        shown[way].add(field)
        while way:
            way, _dunder, field = way.rpartition("__")
            shown[way].add(field)
    parts: dict[str, _Part] = {}
    for path in sorted(shown):
        above, _dunder, name = path.rpartition("__")
        model: Any = parts[above].model._meta.get_field(name).related_model if path else Turn
        fields = model._meta.concrete_fields
        parts[path] = _Part(
            above, name, model, [one.attname for one in fields if one.primary_key or one.name in shown[path]]
        )
    return parts


def _turn_of(row: Sequence[Any], wanted: tuple[str, ...]) -> Any:
    """Make model instances from a row as Django does, but without checking every field of every model."""
    made: dict[str, Any] = {}
    at = 0
    for path, part in _parts(wanted).items():
        until = at + len(part.fields)
        one: Any = part.model.__new__(part.model)
        one.__dict__.update(zip(part.fields, row[at:until], strict=True), _state=ModelState())
        one._state.adding, one._state.db = False, connection.alias
        at = until
        if path:
            made[part.above]._state.fields_cache[part.name] = one
        made[path] = one
    return made[""]
