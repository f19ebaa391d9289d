"""Whether what is kept is still what was handed in."""

from __future__ import annotations

from apps.submissions import manifest
from apps.submissions.models import EvidenceItem

# A file that is larger is not read to its end while somebody waits for a page.
MOST_READ = 64 * 1024 * 1024


def as_they_are(sums: dict[str, str]) -> dict[str, bool | None]:
    """Of pieces by their public id, with the SHA-256 that was signed: whether what is kept still has it.

    None where the piece or its file is gone, or can't be read just now, or there is too much to read.
    """
    found: dict[str, bool | None] = dict.fromkeys(sums)
    left = MOST_READ
    for piece in EvidenceItem.objects.filter(public_id__in=sums).order_by("size"):
        left -= piece.size
        if left < 0:
            break
        try:
            now = manifest.sum_now(piece)
        except OSError:
            continue
        found[piece.public_id] = None if now is None else now == sums[piece.public_id]
    return found


def is_left(public_id: str) -> bool:
    """Whether whoever handed a piece in has left: nothing of it is there any more."""
    return EvidenceItem.objects.filter(
        public_id=public_id, attempt__submission__learner__erased_at__isnull=False
    ).exists()
