"""Request, find and open copies of files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from django.core.files.storage import default_storage
from django.db import transaction

from apps.core import clock, outbox
from apps.submissions.copying import MAKERS, RECORDINGS, laid
from apps.submissions.models import EvidenceItem, ReviewCopy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import IO

    from django.db.models.fields.files import FieldFile


def is_copied(piece: EvidenceItem) -> bool:
    """Whether everyone but the learner opens a copy of it. Texts need none, and other files are downloaded."""
    return piece.has_file and piece.file_state == EvidenceItem.FileState.READY and piece.media_type in MAKERS


def is_recording(piece: EvidenceItem) -> bool:
    return piece.media_type in RECORDINGS


def type_of(piece: EvidenceItem, copy: ReviewCopy) -> str:
    """The media type of a copy. The same bytes may be video to one learner and audio to another."""
    return piece.media_type if piece.media_type in RECORDINGS else copy.media_type


def want(piece: EvidenceItem) -> None:
    """Request a copy of a piece that is ready, unless there is a request already."""
    if not is_copied(piece):
        return
    with transaction.atomic():
        copy, is_new = ReviewCopy.objects.get_or_create(
            original_sha256=piece.sha256, defaults={"asked_at": clock.now()}
        )
        if is_new:
            outbox.enqueue("apps.submissions.tasks.make_copy", key=f"copy:{copy.pk}", sha256=piece.sha256)


def of(pieces: Iterable[EvidenceItem]) -> dict[str, ReviewCopy]:
    """The copies of these pieces, made or not, by the sums of their originals."""
    copied = [piece for piece in pieces if is_copied(piece)]
    return ReviewCopy.objects.by_sum({piece.sha256 for piece in copied}) if copied else {}


def are_to_come(pieces: Iterable[EvidenceItem]) -> bool:
    """Whether copies of any of these are still being made. Missing requests are made."""
    copied = [piece for piece in pieces if is_copied(piece)]
    for piece in copied:
        want(piece)
    sums = {piece.sha256 for piece in copied}
    # Under a lock: a job that is just finishing a copy is either waited for here, or finds afterwards who waits for
    # it.
    waiting = ReviewCopy.objects.filter(original_sha256__in=sums, state=ReviewCopy.State.WAITING)
    with transaction.atomic():
        return bool(waiting.order_by("pk").select_for_update())


def why_none(copy: ReviewCopy | None) -> str:
    """Why there is no copy, if none can be made."""
    return str(copy.get_reason_display()) if copy and copy.state == ReviewCopy.State.NONE else ""


class Kept(NamedTuple):
    """The file of a copy. `over` names the stored difference if only that is kept; `file` is then the original."""

    file: FieldFile
    over: str = ""

    @property
    def name(self) -> str:
        return str(self.file.name)

    def open(self) -> IO[bytes]:
        """Open the copy's bytes. Raises OSError."""
        if not self.over:
            return self.file.open("rb")
        with default_storage.open(self.over, "rb") as over:
            kept = over.read()
        return io.BufferedReader(laid.Laid(default_storage.open(self.name, "rb"), kept))


def file_of(piece: EvidenceItem, copy: ReviewCopy) -> Kept:
    """The file of a copy that has been made."""
    name = str(copy.file.name)
    return Kept(piece.file, name) if name.endswith(laid.ENDING) else Kept(copy.file)


class Handed(NamedTuple):
    """A file that may be given away, with its size and type."""

    file: Kept
    size: int
    media_type: str


def handed_out(piece: EvidenceItem) -> Handed | None:
    """What someone who is shown a piece gets: its copy if files of its type are copied, else the file. None while
    there is neither.
    """
    if not piece.has_file or piece.file_state != EvidenceItem.FileState.READY or not piece.file:
        return None
    if not is_copied(piece):
        return Handed(Kept(piece.file), piece.size, piece.media_type)
    copy = of([piece]).get(piece.sha256)
    if copy is None or copy.state in {ReviewCopy.State.WAITING, ReviewCopy.State.NONE}:
        return None
    return Handed(file_of(piece, copy), copy.size, type_of(piece, copy))
