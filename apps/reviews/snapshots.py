"""What a decision passes on to the award: levels and frozen evidence, but no text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.credentials.judged import Judged, Piece
from apps.submissions.models import EvidenceItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.submissions.models import Attempt
    from apps.submissions.verbs import Told

_KINDS = {
    EvidenceItem.Kind.LINK: "Link",
    EvidenceItem.Kind.TEXT: "Text",
    EvidenceItem.Kind.REFLECTION: "Text",
    EvidenceItem.Kind.AUDIO: "Audio",
    EvidenceItem.Kind.VIDEO: "Video",
    EvidenceItem.Kind.DATA: "Data",
    EvidenceItem.Kind.CERTIFICATE: "Certificate",
    EvidenceItem.Kind.CREDENTIAL: "Credential",
}
_GENRES = {"image": "Image", "video": "Video", "audio": "Audio", "text": "Text"}


def freeze(attempt: Attempt, told: Sequence[Told]) -> Judged:
    """The parts of a judged attempt that its credential may hold."""
    return Judged(
        levels={one.criterion.code: one.level for one in told},
        evidence=tuple(
            Piece(
                public_id=piece.public_id,
                genre=genre_of(piece),
                media_type=piece.media_type,
                criteria=tuple(sorted(criterion.code for criterion in piece.criteria.all())),
                sha256=piece.sha256,
            )
            for piece in attempt.evidence.prefetch_related("criteria")
        ),
    )


def genre_of(piece: EvidenceItem) -> str:
    """A neutral word for a piece: from its kind or, for documents and pictures, from its media type."""
    by_kind = _KINDS.get(EvidenceItem.Kind(piece.kind))
    return by_kind or _GENRES.get(piece.media_type.split("/")[0], "Document")
