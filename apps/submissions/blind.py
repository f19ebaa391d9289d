"""Files for readers who may not know whose work it is: only copies, and texts with names masked."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from apps.core.refused import Refused
from apps.submissions import contents, copies, copying, reading
from apps.submissions.models import EvidenceItem, ReviewCopy

if TYPE_CHECKING:
    from apps.issuers.models import AchievementVersion
    from apps.submissions.masking import Mask

# Masked while someone waits: a longer text isn't shown.
MOST_TEXT = 8 * 1024 * 1024
TEXTS = frozenset(("text/plain", "text/csv", "text/markdown", "application/json"))


def refuse_unopened(media_type: str, version: AchievementVersion) -> None:
    """Refuse a file for a blind version if it can't be cleaned, since none of its assessors could open it."""
    if version.blind and media_type and not _is_cleaned(media_type):
        raise Refused(
            _(
                "%(sort)s can't be opened by any assessor of this badge: they don't see whose work it is, and such a file can't be cleaned of what may reveal it. Add its contents file by file."
            )
            % {"sort": contents.type_of(media_type).label}
        )


def why_closed(piece: EvidenceItem, copy: ReviewCopy | None) -> str:
    """Why such a reader can't open a piece, as a sentence; empty if they can, or if that isn't known yet."""
    if not piece.has_file or piece.file_state != EvidenceItem.FileState.READY:
        return ""
    if piece.media_type in TEXTS and piece.size > MOST_TEXT:
        return too_long()
    return copies.why_none(copy) if _is_cleaned(piece.media_type) else uncleaned()


def _is_cleaned(media_type: str) -> bool:
    return media_type in copying.MAKERS or media_type in TEXTS


class Covered(NamedTuple):
    """What such a reader gets of a file: the file of a copy, or bytes; or nothing, and `why` as a sentence."""

    media_type: str = ""
    size: int = 0
    sha256: str = ""
    file: copies.Kept | None = None
    content: bytes = b""
    why: str = ""


def covered(piece: EvidenceItem, mask: Mask, copy: ReviewCopy | None) -> Covered:
    """The masked form of a ready file, or its copy if it has one. Raises OSError."""
    if copies.is_copied(piece):
        return _of_copy(piece, copy)
    if piece.media_type not in TEXTS:
        return Covered(why=uncleaned())
    if piece.size > MOST_TEXT:
        return Covered(why=too_long())
    with piece.file.open("rb") as file:
        # Names are masked in any encoding; the reader gets UTF-8.
        said = reading.words_of(file.read())
    content = mask(said).encode()
    return Covered(piece.media_type, len(content), hashlib.sha256(content).hexdigest(), content=content)


def _of_copy(piece: EvidenceItem, copy: ReviewCopy | None) -> Covered:
    if copy is None or copy.state == ReviewCopy.State.WAITING:
        return Covered(why=_("A copy to look at is being made. Open it again in a moment."))
    if copy.state == ReviewCopy.State.NONE:
        return Covered(why=f"{uncleaned()} {copy.get_reason_display()}")
    return Covered(copies.type_of(piece, copy), copy.size, copy.sha256, file=copies.file_of(piece, copy))


def too_long() -> str:
    return f"{uncleaned()} {ReviewCopy.Reason.TOO_MUCH.label}"


def uncleaned() -> str:
    return _("We could not remove what may reveal whose work it is.")
