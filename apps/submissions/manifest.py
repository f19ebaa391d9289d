"""The manifest that freezes an attempt: what was handed in, with a SHA-256 for each piece."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from apps.submissions import files
from apps.submissions.models import Capture, EvidenceItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.submissions.models import Attempt


def sum_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def compose(attempt: Attempt, pieces: Iterable[EvidenceItem]) -> str:
    """The manifest as JSON text, keys sorted: equal evidence gives equal bytes."""
    pieces = list(pieces)
    links = [piece.url for piece in pieces if piece.kind == EvidenceItem.Kind.LINK]
    captures = Capture.objects.newest_fetched(attempt.submission_id, links) if links else {}
    body: dict[str, Any] = {
        "attempt": attempt.number,
        "submission": attempt.submission.public_id,
        "route": attempt.submission.route,
        "declared_own": attempt.declared_own,
        **{name: {"sha256": sum_of(words)} for name, words in papers_of(attempt).items()},
        "evidence": [
            {
                "id": piece.public_id,
                "kind": piece.kind,
                "media_type": piece.media_type,
                "size": piece.size,
                "sha256": piece.sha256,
                "criteria": sorted(criterion.code for criterion in piece.criteria.all()),
                **_kept_of(captures.get(piece.url)),
            }
            for piece in pieces
        ],
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _kept_of(capture: Capture | None) -> dict[str, Any]:
    """What was kept of a link by then: its sums, and nothing of its words."""
    if capture is None:
        return {}
    at = capture.at.isoformat()
    told = {"id": capture.public_id, "at": at, "sha256": capture.sha256, "text_sha256": capture.text_sha256}
    return {"capture": told}


def papers_of(attempt: Attempt) -> dict[str, str]:
    """What a learner wrote in an attempt, as texts that are summed: name -> text. The context is JSON."""
    context = {name: getattr(attempt, f"context_{name}") for name in ("place", "period", "role", "confirmer")}
    return {
        "context": json.dumps(context, indent=2, ensure_ascii=False) + "\n",
        "overview": attempt.overview,
        "what_changed": attempt.what_changed,
        "reflection": attempt.reflection,
    }


def first_difference(piece: EvidenceItem) -> str | None:
    """What of a piece no longer agrees with its recorded sum, in words, or None. Reads files to their end.

    Raises OSError where they can't be read just now, which says nothing of them.
    """
    found = sum_now(piece)
    if found is None:
        return f"the file of {piece.public_id} is gone"
    return None if found == piece.sha256 else f"{piece.public_id} has changed since it was handed over"


def sum_now(piece: EvidenceItem) -> str | None:
    """The SHA-256 of what is kept of a piece; None for a file that is gone, and for what was erased. Raises OSError."""
    if piece.is_erased:
        return None
    if piece.kind == EvidenceItem.Kind.LINK:
        return sum_of(piece.url)
    if piece.kind in EvidenceItem.TEXTS:
        return sum_of(piece.text)
    total = hashlib.sha256()
    try:
        with files.opened(piece) as file:
            for chunk in iter(lambda: file.read(1024 * 1024), b""):
                total.update(chunk)
    except FileNotFoundError:
        return None
    return total.hexdigest()
