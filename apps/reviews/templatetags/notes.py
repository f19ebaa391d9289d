"""Notes as pages show them: on a piece, at a criterion, and in what a learner is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django import template

from apps.reviews.queries import notes as noted
from apps.reviews.queries.notes import DeskNotes, Noted, Told, ToldNotes
from apps.submissions.models import Answer, Attempt
from apps.submissions.showing import Shown, address_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.issuers.models import Criterion
    from apps.reviews.models import Annotation
    from apps.submissions.models import Finding

register = template.Library()


class Placed(NamedTuple):
    """A note on a piece, for its learner; `address` opens the piece at that place."""

    note: Annotation
    address: str


@register.simple_tag
def notes_on(notes: DeskNotes, shown: Shown | str | None) -> list[Noted]:
    """The notes on a piece or, without one, on the rubric alone."""
    return notes.on_pieces.get(shown.piece.pk, []) if isinstance(shown, Shown) else notes.on_rubric


@register.simple_tag
def notes_at(notes: DeskNotes, criterion: Criterion) -> list[Noted]:
    return notes.on_criteria.get(criterion.pk, [])


@register.simple_tag
def told_notes(attempts: Iterable[Attempt] | Attempt) -> ToldNotes:
    """What was told about all of these attempts, in one query."""
    return ToldNotes([attempts] if isinstance(attempts, Attempt) else attempts)


@register.simple_tag
def told_about(notes: ToldNotes | str | None, finding: Finding) -> list[Told]:
    return notes.about(finding.attempt_id, finding.criterion_id) if isinstance(notes, ToldNotes) else []


@register.simple_tag
def told_besides(notes: ToldNotes | str | None, answer: Answer | str | None) -> list[Told]:
    """What was told about pieces but not about a criterion."""
    return notes.about(answer.attempt_id, None) if isinstance(notes, ToldNotes) and isinstance(answer, Answer) else []


@register.simple_tag
def told_on(shown: Shown) -> list[Placed]:
    """The notes on the page of one piece, if the reader is its learner."""
    return [Placed(note, address_at(shown, note.place)) for note in noted.told_on(shown.piece)] if shown.is_own else []
