"""Links to evidence on its own host: signed, good for some minutes, and safe to open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.utils.http import content_disposition_header

if TYPE_CHECKING:
    from apps.submissions.models import EvidenceItem

_signer = signing.TimestampSigner(salt="evidence", sep=".")


def to_file(piece: EvidenceItem) -> str:
    return f"{settings.EVIDENCE_ORIGIN}/{_signer.sign(piece.public_id)}/{piece.sha256[:16]}"


def read(token: str) -> str:
    """The public id in a token. Raises signing.BadSignature for one that is not ours or has run out."""
    return str(_signer.unsign(token, max_age=settings.EVIDENCE_LINK_SECONDS))


def dress(response: Any, piece: EvidenceItem) -> None:
    """Whatever the file holds, it runs nowhere: sandboxed, never sniffed, saved unless we render its kind."""
    response["Content-Disposition"] = content_disposition_header(not piece.is_shown_inline, piece.file_name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Referrer-Policy"] = "no-referrer"
