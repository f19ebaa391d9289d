"""Tables of moves: which state may follow which. Every model with a life cycle has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _

from apps.core.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise


class Moving(models.Model):
    """A model with a `state`, a `State` and a table `MOVES`. The calling verb must lock the row."""

    State: ClassVar[type[models.TextChoices]]
    MOVES: ClassVar[Mapping[str, frozenset[str]]]
    THING: ClassVar[StrOrPromise]
    # Further columns with their own table, besides `state`: name -> (its choices, its moves).
    ALSO: ClassVar[Mapping[str, tuple[type[models.TextChoices], Mapping[Any, frozenset[Any]]]]] = {}
    state: Any  # each subclass has its own field

    class Meta:
        abstract = True

    @classmethod
    def table(cls, column: str) -> tuple[type[models.TextChoices], Mapping[str, frozenset[str]]]:
        return (cls.State, cls.MOVES) if column == "state" else cls.ALSO[column]

    def can_move(self, to: str, column: str = "state") -> bool:
        return to in self.table(column)[1][getattr(self, column)]

    def move(self, to: str, column: str = "state") -> None:
        """Move to a state that the table allows. Only verbs call this, holding the row's lock. Raises Refused."""
        if not self.can_move(to, column):
            here = self.table(column)[0](getattr(self, column)).label.lower()
            raise Refused(
                _("This %(thing)s is %(here)s, so that can no longer be done.") % {"thing": self.THING, "here": here}
            )
        setattr(self, column, to)
