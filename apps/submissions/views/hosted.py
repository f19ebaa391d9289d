"""The evidence host: files behind signed links, and the page that shows a PDF. It has no sessions and no cookies."""

from __future__ import annotations

from functools import wraps
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import ranges
from apps.submissions import blind, copies, links, queries, viewing
from apps.submissions.models import EvidenceItem, ReviewCopy

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from apps.accounts.models import User


class _Bytes(NamedTuple):
    """A file to serve, with its type and name."""

    file: copies.Kept | BytesIO
    size: int
    sha256: str
    media_type: str
    name: str


class _NotServed(Exception):
    """Nothing is served; the message says why."""


def _in_words(view: Callable[..., Any]) -> Callable[..., Any]:
    """Handle methods, language and refusals here, since none of our middleware runs for this host."""

    @wraps(view)
    def wrapped(request: HttpRequest, **arguments: str) -> Any:
        if request.method not in {"GET", "HEAD"}:
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        asked = request.GET.get("in", "")
        known = asked in dict(settings.LANGUAGES)
        with translation.override(asked if known else translation.get_language_from_request(request)):
            try:
                return view(request, **arguments)
            except _NotServed as refusal:
                return _said(str(refusal))

    return wrapped


@_in_words
def evidence_file(request: HttpRequest, *, token: str, name: str) -> Any:
    """The bytes behind a link that is valid for some minutes."""
    link = _read(token)
    found = links.behind(link)
    if queries.is_left(link.public_id):
        return _said(_("Gone for good."), status=410)
    if found is None:
        raise _NotServed(_("This piece is not here, or no longer for you to see."))
    piece, reader = found
    try:
        if link.sort == links.Sort.ORIGINAL:
            served = _original(piece, own=links.is_own(piece, reader))
        elif reader is not None and not queries.may_know_learner(reader, piece.attempt.submission):
            served = _covered(piece, reader)
        else:
            served = _copy(piece)
        file = served.file if isinstance(served.file, BytesIO) else served.file.open()
    except OSError:
        raise _NotServed(_("This file can't be read just now. Try it again in a while.")) from None
    shown_as = links.INLINE.get(served.media_type, "application/octet-stream")
    response = ranges.serve(request, file, size=served.size, media_type=shown_as, etag=f'"{served.sha256}"')
    links.dress(response, name=served.name, media_type=served.media_type)
    return response


@_in_words
def viewer(request: HttpRequest, *, token: str) -> HttpResponse:
    """Our page around a PDF's copy. It runs only our scripts, and only the portal may frame it."""
    link = _read(token)
    found = links.behind(link)
    if queries.is_left(link.public_id):
        return _said(_("Gone for good."), status=410)
    if found is None or found[0].media_type != viewing.PDF:
        raise _NotServed(_("This piece is not here, or no longer for you to see."))
    piece, _reader = found
    _copy(piece)
    context = {
        "file": piece.sha256[:16],
        "parts": viewing.parts(),
        "name": links.neutral_name(piece),
        "portal": settings.PUBLIC_URL,
    }
    response = render(request, "submissions/viewer.html", context)
    response["Content-Security-Policy"] = viewing.POLICY
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


def _read(token: str) -> links.Link:
    try:
        return links.read(token)
    except (signing.BadSignature, ValueError):
        raise _NotServed(_("This link has run out. Go back and open the piece again.")) from None


def _original(piece: EvidenceItem, *, own: bool) -> _Bytes:
    if not piece.file or piece.file_state != EvidenceItem.FileState.READY:
        raise _NotServed(_("This file is still being checked, or was blocked."))
    name = piece.file_name if own else links.neutral_name(piece)
    return _Bytes(copies.Kept(piece.file), piece.size, piece.sha256, piece.media_type, name)


def _copy(piece: EvidenceItem) -> _Bytes:
    if not copies.is_copied(piece):
        return _original(piece, own=False)
    copy = copies.of([piece]).get(piece.sha256)
    if copy is None or copy.state == ReviewCopy.State.WAITING:
        raise _NotServed(_("A copy to look at is being made. Open it again in a moment."))
    if copy.state == ReviewCopy.State.NONE:
        not_shown = _("This file can’t be shown safely.")
        raise _NotServed(f"{not_shown} {copy.get_reason_display()}")
    media_type = copies.type_of(piece, copy)
    return _Bytes(
        copies.file_of(piece, copy), copy.size, copy.sha256, media_type, links.neutral_name(piece, media_type)
    )


def _covered(piece: EvidenceItem, reader: User) -> _Bytes:
    """For an assessor who may not know whose it is: never the original."""
    if not piece.file or piece.file_state != EvidenceItem.FileState.READY:
        raise _NotServed(_("This file is still being checked, or was blocked."))
    mask = queries.mask_for(reader, piece.attempt.submission)
    found = blind.covered(piece, mask, copies.of([piece]).get(piece.sha256))
    if found.why:
        raise _NotServed(found.why)
    name = links.neutral_name(piece, found.media_type)
    return _Bytes(found.file or BytesIO(found.content), found.size, found.sha256, found.media_type, name)


def _said(words: str, *, status: int = 404) -> HttpResponse:
    response = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response
