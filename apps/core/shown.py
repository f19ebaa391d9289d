"""Values for components that need more than a name and a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Choice:
    """One of a few options: components/segmented.html, components/filters.html."""

    value: str
    word: StrOrPromise
    icon: str = ""
    number: int | None = None


class Moment(NamedTuple):
    """One stop on components/timeline.html. `tone`: done, now, back (something to change) or later. Without `at` it
    is still to come.
    """

    word: StrOrPromise
    at: datetime | date | None = None
    tone: str = "done"
    line: StrOrPromise = ""
    href: str = ""
