"""Tell a learner about files that their assessors can't view."""

from __future__ import annotations

from typing import NamedTuple

from django import template

from apps.submissions import blind, copies
from apps.submissions.models import EvidenceItem

register = template.Library()


class Unseen(NamedTuple):
    """`why`: the reason as a sentence; empty if they can view it. `by_all`: they can't get the original either."""

    why: str
    by_all: bool


@register.simple_tag
def unseen(piece: EvidenceItem) -> Unseen:
    """Whether assessors can view a piece; the pieces of one attempt share a query."""
    if not piece.has_file or piece.file_state != EvidenceItem.FileState.READY:
        return Unseen("", by_all=False)
    copy = piece.attempt.copies.get(piece.sha256)
    if piece.attempt.submission.version.blind:
        return Unseen(blind.why_closed(piece, copy), by_all=True)
    return Unseen(copies.why_none(copy) if copies.is_copied(piece) else "", by_all=False)
