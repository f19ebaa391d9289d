"""Finding rows by words as people type them, ignoring capitals, accents and macrons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import Concat, Lower

from apps.core.text import is_plain

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

MOST_WORDS = 8
LONGEST = 200

Rows = TypeVar("Rows", bound="QuerySet[Any]")


class Plain(Func):
    """Text in lower case without diacritics: “Kōwhai” and “kowhai” are the same."""

    function = "immutable_unaccent"
    output_field = TextField()

    def __init__(self, expression: Any, **extra: Any) -> None:
        super().__init__(Lower(expression), **extra)


def asked_of(request: HttpRequest) -> str:
    """The search words in `?q=`; empty if no row could contain them."""
    asked = " ".join(request.GET.get("q", "")[:LONGEST].split())
    return asked if is_plain(asked) else ""


def having(rows: Rows, asked: str, *fields: str, also: Q | None = None) -> Rows:
    """Rows whose `fields`, taken together, contain every word of `asked`, and those that match `also`."""
    parts: list[Any] = []
    for field in fields:
        parts += [field, Value(" ")]
    there = Q()
    for word in asked.split()[:MOST_WORDS]:
        there &= Q(plain_words__contains=Plain(Value(word)))
    rows = rows.alias(plain_words=Plain(Concat(*parts, output_field=TextField())))
    return rows.filter(there if also is None else there | also)
