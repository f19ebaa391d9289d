"""Serve what was handed in to those who may read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.http import reader_of
from apps.core.limits import limited
from apps.core.views import gone
from apps.submissions import export as exports
from apps.submissions import links, queries, showing, viewing
from apps.submissions import manifest as manifests
from apps.submissions.models import Attempt, EvidenceItem

if TYPE_CHECKING:
    from django.http import HttpRequest

    from apps.accounts.http import SignedInRequest
    from apps.accounts.models import User


@login_required
@require_safe
def manifest(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The frozen manifest, byte for byte as it was summed; for readers who may not know whose it is, without sums to
    guess names by.
    """
    attempts = Attempt.objects.visible_to(request.user).exclude(manifest="").select_related("submission__version")
    attempt = get_object_or_404(attempts, public_id=public_id)
    knows = queries.may_know_learner(request.user, attempt.submission)
    said = attempt.manifest if knows else json.dumps(manifests.covered(attempt), ensure_ascii=False)
    response = HttpResponse(said, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="manifest-{attempt.public_id[:8]}.json"'
    return response


@login_required
@never_cache
@require_safe
@limited("export", reading=True)
def export(request: SignedInRequest, public_id: str, number: int) -> Any:
    """A frozen attempt as one ZIP, streamed as it is written."""
    attempts = Attempt.objects.visible_to(request.user).select_related(
        "submission__version__achievement__issuer", "answer"
    )
    attempt = get_object_or_404(attempts, submission__public_id=public_id, number=number)
    if why := manifests.why_none(attempt):
        return HttpResponse(why, status=409, content_type="text/plain; charset=utf-8")
    chunks = exports.archive(attempt, reader=request.user) if request.method == "GET" else ()
    response = StreamingHttpResponse(chunks, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{exports.file_name(attempt)}"'
    return response


@never_cache
@require_safe
def evidence(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/e/<id>`, the address in a credential. It opens for those who may read the submission; and, while its earner
    shows the piece, for strangers, without its title and file name.
    """
    user = reader_of(request)
    pieces = EvidenceItem.objects.select_related("attempt__submission__version__achievement__issuer", "foreign")
    piece = pieces.visible_to(user).filter(public_id=public_id).first() if user else None
    for_stranger = piece is None
    if piece is None:
        piece = pieces.shown_to_strangers().filter(public_id=public_id).first()
    if piece is None and queries.is_left(public_id):
        return gone(request)
    if piece is None and user is None:
        return redirect_to_login(request.path)
    if piece is None:
        raise Http404
    if for_stranger:
        return to_stranger(request, piece)
    queries.give_captures(piece.attempt, [piece])
    return _drawn(request, piece, reader=user)


def to_stranger(request: HttpRequest, piece: EvidenceItem, way: links.Way | None = None) -> HttpResponse:
    """A piece that strangers may see this way: a file on the evidence host, or text here. Its title and file name are
    not shown.
    """
    if piece.has_file:
        into = links.to_viewer if piece.media_type == viewing.PDF else links.to_file
        return redirect(into(piece, reader=None, way=way))
    return _drawn(request, piece, reader=None, way=way)


def _drawn(
    request: HttpRequest, piece: EvidenceItem, *, reader: User | None, way: links.Way | None = None
) -> HttpResponse:
    (shown,) = showing.show([piece], reader=reader, way=way)
    response = render(request, "submissions/evidence.html", {"shown": shown, "for_stranger": reader is None})
    response["X-Robots-Tag"] = "noindex"
    return response
