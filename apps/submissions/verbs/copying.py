"""Make the copies that are shown in place of files."""

from __future__ import annotations

import hashlib
import tempfile
from typing import IO

from django.core.files import File
from django.db import transaction
from django.db.models import Exists, OuterRef

from apps.core import clock, keeping, outbox
from apps.submissions import copies, copying
from apps.submissions.copying import laid
from apps.submissions.models import Attempt, EvidenceItem, ReviewCopy

MOST_AT_ONCE = 500


def want_copies() -> None:
    """Request copies that were never requested: of files from before copies existed, or whose request was lost. The
    newest come first, since people wait for those.
    """
    asked = ReviewCopy.objects.filter(original_sha256=OuterRef("sha256"))
    ready = EvidenceItem.objects.filter(media_type__in=copying.MAKERS, file_state=EvidenceItem.FileState.READY)
    for piece in ready.exclude(file="").filter(~Exists(asked)).order_by("-pk")[:MOST_AT_ONCE]:
        copies.want(piece)


def make_copy(sha256: str) -> None:
    """Make a requested copy, or record why there can be none. The original is only read."""
    asked = ReviewCopy.objects.filter(original_sha256=sha256, state=ReviewCopy.State.WAITING).first()
    if asked is None:
        return
    piece = EvidenceItem.objects.filter(sha256=sha256, media_type__in=copying.MAKERS).exclude(file="").first()
    if piece is None:
        # The piece was removed in the meantime; handing in the file again requests a copy again.
        asked.delete()
        return
    with piece.file.open("rb") as original, tempfile.TemporaryFile() as fresh:
        try:
            made = copying.copy(piece.media_type, original, fresh)
        except copying.NoCopy as answer:
            asked.state, asked.reason = ReviewCopy.State.NONE, ReviewCopy.Reason(answer.why)
        else:
            fresh.seek(0)
            asked.sha256 = hashlib.file_digest(fresh, "sha256").hexdigest()
            asked.size = fresh.tell()
            asked.file = _keep(asked, piece, original, fresh)
            asked.state, asked.media_type = ReviewCopy.State.MADE, made.media_type
            asked.width, asked.height, asked.pages = made.width, made.height, made.pages
    asked.made_at = clock.now()
    with transaction.atomic():
        # Two workers may have made it at once: the first result stays.
        copy = ReviewCopy.objects.select_for_update().filter(pk=asked.pk, state=ReviewCopy.State.WAITING).first()
        if copy is not None:
            asked.save()
            _go_on(asked)


def _go_on(copy: ReviewCopy) -> None:
    """Freeze blind attempts that waited for this copy, the only version that their assessors open (`freeze`)."""
    handed_in = Attempt.objects.filter(state__in=(Attempt.State.SUBMITTED, Attempt.State.CHECKING))
    blind = handed_in.filter(submission__version__blind=True, evidence__sha256=copy.original_sha256)
    for attempt in blind.distinct():
        key = f"freeze:{attempt.public_id}:{attempt.submitted_at}:{copy.pk}"
        outbox.enqueue("apps.submissions.tasks.freeze", key=key, attempt_id=attempt.pk)


def _keep(copy: ReviewCopy, piece: EvidenceItem, original: IO[bytes], fresh: IO[bytes]) -> str:
    """Store the copy and return its name. For a recording, store only what differs from the original, if possible."""
    if copies.is_recording(piece):
        with tempfile.TemporaryFile() as over:
            if laid.write(original, fresh, over):
                over.seek(0)
                sha256 = hashlib.file_digest(over, "sha256").hexdigest()
                # It is valid for this original only, and is deleted with it.
                name = f"copies/{copy.original_sha256[:2]}/{copy.original_sha256}{laid.ENDING}"
                return keeping.keep(name, File(over), sha256=sha256)
    name = f"copies/{copy.sha256[:2]}/{copy.sha256}"
    return keeping.keep(name, File(fresh), sha256=copy.sha256)
