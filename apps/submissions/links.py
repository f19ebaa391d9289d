"""Links to evidence on its own host: signed, good for some minutes, and safe to open.

There are two sorts. One is for who may read the submission, and carries the learner's name for the file. The other is
for strangers to whom the earner of a credential shows the piece: it holds only while the piece is shown, and tells
nothing but what kind of file it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.utils.http import content_disposition_header

from apps.submissions.files import ENDINGS

if TYPE_CHECKING:
    from apps.submissions.models import EvidenceItem

_signer = signing.TimestampSigner(salt="evidence", sep=".")
_FOR_STRANGERS = "shown-"


class Link(NamedTuple):
    """What a token names: a piece, and whether it was made for a stranger."""

    public_id: str
    for_stranger: bool


def to_file(piece: EvidenceItem, *, for_stranger: bool = False) -> str:
    named = f"{_FOR_STRANGERS if for_stranger else ''}{piece.public_id}"
    return f"{settings.EVIDENCE_ORIGIN}/{_signer.sign(named)}/{piece.sha256[:16]}"


def read(token: str) -> Link:
    """What a token names. Raises signing.BadSignature for one that is not ours or has run out."""
    named = str(_signer.unsign(token, max_age=settings.EVIDENCE_LINK_SECONDS))
    return Link(named.removeprefix(_FOR_STRANGERS), named.startswith(_FOR_STRANGERS))


def dress(response: Any, piece: EvidenceItem, *, for_stranger: bool = False) -> None:
    """Whatever the file holds, it runs nowhere: sandboxed, never sniffed, saved unless we render its kind."""
    name = neutral_name(piece) if for_stranger else piece.file_name
    response["Content-Disposition"] = content_disposition_header(not piece.is_shown_inline, name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Referrer-Policy"] = "no-referrer"


def neutral_name(piece: EvidenceItem) -> str:
    """A file name without a word of the learner's."""
    return f"evidence-{piece.sha256[:8]}{ENDINGS.get(piece.media_type, '')}"
