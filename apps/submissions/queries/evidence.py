"""Whether stored evidence is still what was handed in."""

from __future__ import annotations

from apps.submissions import manifest
from apps.submissions.models import EvidenceItem

# Larger files aren't read to the end while someone waits for a page.
MOST_READ = 64 * 1024 * 1024


def as_they_are(sums: dict[str, str]) -> dict[str, bool | None]:
    """Whether stored pieces still match their signed sums: public id -> SHA-256.

    None if the piece or its file is gone, can't be read just now, or there is too much to read.
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
    """Whether the learner who handed in a piece has left, so that nothing of it is stored."""
    return EvidenceItem.objects.filter(
        public_id=public_id, attempt__submission__learner__erased_at__isnull=False
    ).exists()
