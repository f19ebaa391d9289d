"""Links to evidence on a host of its own: signed, valid for some minutes, and safe to open.

A link names a piece, the person it was made for, and whether it leads to the copy or to the original. Their
permission is checked again when the link is opened: a person who may no longer read the submission can't open it. A
link for a stranger, to whom the earner of a credential shows a piece, works only while the piece is shown; if the
stranger came another way, such as by a shared collection, only while that way shows it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.module_loading import import_string

from apps.accounts.models import User
from apps.submissions.files import ENDINGS
from apps.submissions.models import EvidenceItem
from apps.submissions.queries import may_know_learner

if TYPE_CHECKING:
    from django.db.models import QuerySet

_signer = signing.TimestampSigner(salt="evidence", sep=".")
_ANYBODY = "anybody"

# The types that a browser may display, and the type we declare: never the one its sender gave.
INLINE = {
    **{kind: kind for kind in ENDINGS if kind.startswith(("image/", "audio/", "video/"))},
    **dict.fromkeys(("text/plain", "text/csv", "text/markdown"), "text/plain; charset=utf-8"),
}


class Sort(StrEnum):
    """`COPY` is what everyone sees: the review copy if there is one, otherwise the file under a neutral name."""

    COPY = "copy"
    ORIGINAL = "original"


class Way(NamedTuple):
    """How a stranger came to a piece, if not by the credential's own page: a key of settings.WAYS, and the public id
    of what leads there.
    """

    word: str
    public_id: str


class Link(NamedTuple):
    """What a token names; `reader_id` is empty if it was made for a stranger."""

    sort: Sort
    public_id: str
    reader_id: str
    way: Way | None = None


def to_file(piece: EvidenceItem, *, reader: User | None, sort: Sort = Sort.COPY, way: Way | None = None) -> str:
    return f"{settings.EVIDENCE_ORIGIN}/{_token(piece, reader, sort, way)}/{piece.sha256[:16]}"


def to_viewer(piece: EvidenceItem, *, reader: User | None, way: Way | None = None) -> str:
    """The page that shows a PDF, in the current language: the evidence host doesn't know who is reading."""
    language = urlencode({"in": translation.get_language() or settings.LANGUAGE_CODE})
    return f"{settings.EVIDENCE_ORIGIN}/{_token(piece, reader, Sort.COPY, way)}/view?{language}"


def _token(piece: EvidenceItem, reader: User | None, sort: Sort, way: Way | None) -> str:
    whose = ".".join(way) if way else _ANYBODY
    return _signer.sign(f"{sort}-{piece.public_id}-{reader.public_id if reader else whose}")


def read(token: str) -> Link:
    """What a token names. Raises signing.BadSignature if it isn't ours or has expired."""
    sort, public_id, whose = str(_signer.unsign(token, max_age=settings.EVIDENCE_LINK_SECONDS)).split("-")
    word, by_way, led_by = whose.partition(".")
    if by_way:
        return Link(Sort(sort), public_id, "", Way(word, led_by))
    return Link(Sort(sort), public_id, whose.removeprefix(_ANYBODY))


def behind(link: Link) -> tuple[EvidenceItem, User | None] | None:
    """The piece and its reader, if they may see it now; otherwise None."""
    reader = User.objects.filter(public_id=link.reader_id, is_active=True).first() if link.reader_id else None
    if link.reader_id and reader is None:
        return None
    pieces: QuerySet[EvidenceItem] = EvidenceItem.objects.shown_to_strangers()
    if reader is not None:
        pieces = EvidenceItem.objects.visible_to(reader)
    elif link.way is not None:
        pieces = import_string(import_string(settings.WAYS)[link.way.word])(link.way.public_id)
    piece = pieces.select_related("attempt__submission__version").filter(public_id=link.public_id).first()
    if piece is None or (link.sort == Sort.ORIGINAL and not may_have_original(piece, reader)):
        return None
    return piece, reader


def may_have_original(piece: EvidenceItem, reader: User | None) -> bool:
    """Whether `reader` is its learner, or an assessor who may know whose work it is."""
    return reader is not None and may_know_learner(reader, piece.attempt.submission)


def is_own(piece: EvidenceItem, reader: User | None) -> bool:
    return reader is not None and piece.attempt.submission.learner_id == reader.pk


def dress(response: Any, *, name: str, media_type: str) -> None:
    """Set headers so that the file runs nowhere: sandboxed, never sniffed, and downloaded unless its type is
    displayed.
    """
    response["Content-Disposition"] = content_disposition_header(media_type not in INLINE, name)
    response["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; "
        "frame-ancestors 'none'"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"


def neutral_name(piece: EvidenceItem, media_type: str = "") -> str:
    """A file name without any of the learner's words."""
    return f"evidence-{piece.sha256[:8]}{ENDINGS.get(media_type or piece.media_type, '')}"
