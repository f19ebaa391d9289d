"""A copy made for who looks at a file."""

from __future__ import annotations

import hashlib
import tempfile

from django.core.files import File
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from apps.core import clock, keeping
from apps.submissions import copies, copying
from apps.submissions.models import EvidenceItem, ReviewCopy

MOST_AT_ONCE = 500


def want_copies() -> None:
    """Ask for copies that nobody asked for: of what was handed in before there were any, or whose asking was lost."""
    asked = ReviewCopy.objects.filter(original_sha256=OuterRef("sha256"))
    blind = Q(media_type__in=copying.RECORDINGS, attempt__submission__version__blind=True)
    ready = EvidenceItem.objects.filter(blind | Q(media_type__in=copying.KINDS))
    ready = ready.filter(file_state=EvidenceItem.FileState.READY).select_related("attempt__submission__version")
    for piece in ready.exclude(file="").filter(~Exists(asked)).order_by("pk")[:MOST_AT_ONCE]:
        copies.want(piece)


def make_copy(sha256: str) -> None:
    """Make the copy that was asked for, or say why there can be none. The original is only read."""
    asked = ReviewCopy.objects.filter(original_sha256=sha256, state=ReviewCopy.State.WAITING).first()
    if asked is None:
        return
    piece = EvidenceItem.objects.filter(sha256=sha256, media_type__in=copying.MAKERS).exclude(file="").first()
    if piece is None:
        # It was taken out of its attempt meanwhile; who hands it in again asks again.
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
            name = f"copies/{asked.sha256[:2]}/{asked.sha256}"
            asked.file = keeping.keep(name, File(fresh), sha256=asked.sha256)
            asked.state, asked.media_type = ReviewCopy.State.MADE, made.media_type
            asked.width, asked.height, asked.pages = made.width, made.height, made.pages
    asked.made_at = clock.now()
    with transaction.atomic():
        # Two workers may have made it at once: what the first wrote stays.
        copy = ReviewCopy.objects.select_for_update().filter(pk=asked.pk, state=ReviewCopy.State.WAITING).first()
        if copy is not None:
            asked.save()
