"""What a learner is told of a file that those who assess it can't look at."""

from __future__ import annotations

from typing import NamedTuple

from django import template

from apps.submissions import blind, copies
from apps.submissions.models import EvidenceItem

register = template.Library()


class Unseen(NamedTuple):
    """`why`, in a sentence; empty where they can. `by_all`: nor do they get the original."""

    why: str
    by_all: bool


@register.simple_tag
def unseen(piece: EvidenceItem) -> Unseen:
    """Pieces of one attempt ask once."""
    if not piece.has_file or piece.file_state != EvidenceItem.FileState.READY:
        return Unseen("", by_all=False)
    copy = piece.attempt.copies.get(piece.sha256)
    if piece.attempt.submission.version.blind:
        return Unseen(blind.why_closed(piece, copy), by_all=True)
    return Unseen(copies.why_none(copy) if copies.is_copied(piece) else "", by_all=False)
