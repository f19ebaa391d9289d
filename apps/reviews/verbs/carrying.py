"""Copy the notes of a marking that continues in a new review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.reviews.models import Annotation

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.reviews.models import Review

_COPIED = (
    *("evidence_id", "criterion_id", "page", "seconds", "quote", "text", "for_learner", "by_id", "written_at"),
    *("edited_at", "resolved_at", "resolved_by_id"),
)


def _copy(note: Annotation, review: Review, *, parent: Annotation | None = None) -> Annotation:
    return Annotation(review=review, parent=parent, **{name: getattr(note, name) for name in _COPIED})


def carry_annotations(notes: QuerySet[Annotation], to_review: Review) -> None:
    """Copy notes and their answers, with their authors and times, into a new marking of the same attempt.

    Nothing is copied if that marking has notes already, so a second call adds nothing. The caller holds the lock on
    the attempt.
    """
    if to_review.annotations.exists():
        return
    carried = {note.pk: _copy(note, to_review) for note in notes.filter(parent=None)}
    Annotation.objects.bulk_create(carried.values())
    answers = [
        _copy(answer, to_review, parent=carried[answer.parent_id])
        for answer in Annotation.objects.filter(parent__in=carried).order_by("written_at", "pk")
        if answer.parent_id is not None
    ]
    Annotation.objects.bulk_create(answers)
