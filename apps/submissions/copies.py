"""Asking for copies of files, and finding them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from apps.core import clock, outbox
from apps.submissions.copying import KINDS, RECORDINGS
from apps.submissions.models import EvidenceItem, ReviewCopy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models.fields.files import FieldFile


def is_copied(piece: EvidenceItem) -> bool:
    """Whether assessors open a copy of it. Sounds and films are copied where nobody may know whose work it is, and are
    served as they are elsewhere; texts need no copy, and other files are saved.
    """
    if not piece.has_file or piece.file_state != EvidenceItem.FileState.READY:
        return False
    is_recording = piece.media_type in RECORDINGS
    return piece.media_type in KINDS or (is_recording and piece.attempt.submission.version.blind)


def type_of(piece: EvidenceItem, copy: ReviewCopy) -> str:
    """What a copy is called. The same bytes are a film to one learner and a sound to another."""
    return piece.media_type if piece.media_type in RECORDINGS else copy.media_type


def want(piece: EvidenceItem) -> None:
    """See that there will be a copy of a piece that is ready. Asked twice, it is made once."""
    if not is_copied(piece):
        return
    with transaction.atomic():
        copy, is_new = ReviewCopy.objects.get_or_create(
            original_sha256=piece.sha256, defaults={"asked_at": clock.now()}
        )
        if is_new:
            outbox.enqueue("apps.submissions.tasks.make_copy", key=f"copy:{copy.pk}", sha256=piece.sha256)


def of(pieces: Iterable[EvidenceItem]) -> dict[str, ReviewCopy]:
    """The copies of these pieces by the sums of their originals, made or not."""
    copied = [piece for piece in pieces if is_copied(piece)]
    return ReviewCopy.objects.by_sum({piece.sha256 for piece in copied}) if copied else {}


class Handed(NamedTuple):
    """A file that may be given away, and what it is."""

    file: FieldFile
    size: int
    media_type: str


def handed_out(piece: EvidenceItem) -> Handed | None:
    """What somebody gets who is shown a piece: its copy where one is made, else the file. None while there is neither."""
    if not piece.has_file or piece.file_state != EvidenceItem.FileState.READY or not piece.file:
        return None
    if not is_copied(piece):
        return Handed(piece.file, piece.size, piece.media_type)
    copy = of([piece]).get(piece.sha256)
    if copy is None or copy.state in {ReviewCopy.State.WAITING, ReviewCopy.State.NONE}:
        return None
    return Handed(copy.file, copy.size, type_of(piece, copy))
