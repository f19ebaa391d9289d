"""The evidence matrix: which piece supports which criterion, and where the gaps are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from apps.issuers.models import Criterion
    from apps.submissions.models import EvidenceItem, Support


class Row(NamedTuple):
    """A criterion with, for each piece in order, how it supports it, or None."""

    criterion: Criterion
    cells: Sequence[Support | None]

    @property
    def supports(self) -> list[Support]:
        return [one for one in self.cells if one]

    @property
    def is_gap(self) -> bool:
        """Whether the criterion is required and nothing supports it."""
        return self.criterion.required and not self.supports


def matrix_of(criteria: Iterable[Criterion], pieces: Iterable[EvidenceItem]) -> list[Row]:
    """The rows of the matrix. `pieces` bring their `supports`."""
    held = [{one.criterion_id: one for one in piece.supports.all()} for piece in pieces]
    return [Row(criterion, [supports.get(criterion.pk) for supports in held]) for criterion in criteria]
