"""Links to evidence on its own host: signed, good for some minutes, and safe to open.

A link names a piece, the person it was made for, and whether it leads to the copy or to the original. What that person
may see is asked again when the link is opened: one who may no longer read the submission opens nothing with it. A link
made for a stranger, to whom the earner of a credential shows a piece, holds only while the piece is shown; one by which
a stranger came another way, such as a shared collection, only while the piece is shown by that way.
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

# What a browser may show by itself, and what we call it then: never what its sender called it.
INLINE = {
    **{kind: kind for kind in ENDINGS if kind.startswith(("image/", "audio/", "video/"))},
    **dict.fromkeys(("text/plain", "text/csv", "text/markdown"), "text/plain; charset=utf-8"),
}


class Sort(StrEnum):
    """`COPY` is what everybody looks at: the review copy where one is made, the file under a neutral name elsewhere."""

    COPY = "copy"
    ORIGINAL = "original"


class Way(NamedTuple):
    """By what a stranger came to a piece, if not by the credential's own page: a word of settings.WAYS, and the public id
    of what leads there.
    """

    word: str
    public_id: str


class Link(NamedTuple):
    """What a token names; `reader_id` is empty where it was made for a stranger."""

    sort: Sort
    public_id: str
    reader_id: str
    way: Way | None = None


def to_file(piece: EvidenceItem, *, reader: User | None, sort: Sort = Sort.COPY, way: Way | None = None) -> str:
    return f"{settings.EVIDENCE_ORIGIN}/{_token(piece, reader, sort, way)}/{piece.sha256[:16]}"


def to_viewer(piece: EvidenceItem, *, reader: User | None, way: Way | None = None) -> str:
    """The page that shows a PDF, in the language of this moment: over there nobody knows who is reading."""
    language = urlencode({"in": translation.get_language() or settings.LANGUAGE_CODE})
    return f"{settings.EVIDENCE_ORIGIN}/{_token(piece, reader, Sort.COPY, way)}/view?{language}"


def _token(piece: EvidenceItem, reader: User | None, sort: Sort, way: Way | None) -> str:
    whose = ".".join(way) if way else _ANYBODY
    return _signer.sign(f"{sort}-{piece.public_id}-{reader.public_id if reader else whose}")


def read(token: str) -> Link:
    """What a token names. Raises signing.BadSignature for one that is not ours or has run out."""
    sort, public_id, whose = str(_signer.unsign(token, max_age=settings.EVIDENCE_LINK_SECONDS)).split("-")
    word, by_way, led_by = whose.partition(".")
    if by_way:
        return Link(Sort(sort), public_id, "", Way(word, led_by))
    return Link(Sort(sort), public_id, whose.removeprefix(_ANYBODY))


def behind(link: Link) -> tuple[EvidenceItem, User | None] | None:
    """The piece, and who reads it, as far as they may see it at this moment."""
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
    """Its learner always; an assessor where they may know whose work it is."""
    return reader is not None and may_know_learner(reader, piece.attempt.submission)


def is_own(piece: EvidenceItem, reader: User | None) -> bool:
    return reader is not None and piece.attempt.submission.learner_id == reader.pk


def dress(response: Any, *, name: str, media_type: str) -> None:
    """Whatever the file holds, it runs nowhere: sandboxed, never sniffed, saved unless we render its kind."""
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
    """A file name without a word of the learner's."""
    return f"evidence-{piece.sha256[:8]}{ENDINGS.get(media_type or piece.media_type, '')}"
