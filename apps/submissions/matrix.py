"""The evidence matrix: which piece supports which criterion, and where the gaps are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from apps.issuers.models import Criterion
    from apps.submissions.models import EvidenceItem, Support


class Row(NamedTuple):
    """A criterion, and for each piece, in their order, how it supports it or nothing."""

    criterion: Criterion
    cells: Sequence[Support | None]

    @property
    def supports(self) -> list[Support]:
        return [one for one in self.cells if one]

    @property
    def is_gap(self) -> bool:
        """A criterion that has to be met and that nothing supports."""
        return self.criterion.required and not self.supports


def matrix_of(criteria: Iterable[Criterion], pieces: Iterable[EvidenceItem]) -> list[Row]:
    """`pieces` bring their `supports`."""
    held = [{one.criterion_id: one for one in piece.supports.all()} for piece in pieces]
    return [Row(criterion, [supports.get(criterion.pk) for supports in held]) for criterion in criteria]
