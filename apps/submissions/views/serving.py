"""What was handed in, to who may read it; and the files on their own host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.http import reader_of
from apps.core import ranges
from apps.core.limits import limited
from apps.submissions import export as exports
from apps.submissions import links, queries
from apps.submissions.models import Attempt, EvidenceItem

if TYPE_CHECKING:
    from django.http import HttpRequest

    from apps.accounts.http import SignedInRequest
    from apps.accounts.models import User


@login_required
@require_safe
def manifest(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The frozen manifest as it was summed, byte for byte."""
    attempt = get_object_or_404(Attempt.objects.visible_to(request.user).exclude(manifest=""), public_id=public_id)
    response = HttpResponse(attempt.manifest, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="manifest-{attempt.public_id[:8]}.json"'
    return response


@login_required
@never_cache
@require_safe
@limited("export", reading=True)
def export(request: SignedInRequest, public_id: str, number: int) -> Any:
    """A frozen attempt as one ZIP, written while it is sent."""
    attempts = Attempt.objects.visible_to(request.user).select_related(
        "submission__version__achievement__issuer", "answer"
    )
    attempt = get_object_or_404(attempts, submission__public_id=public_id, number=number)
    if not attempt.manifest:
        return HttpResponse(_not_frozen(attempt), status=409, content_type="text/plain; charset=utf-8")
    chunks = exports.archive(attempt, reader=request.user) if request.method == "GET" else ()
    response = StreamingHttpResponse(chunks, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{exports.file_name(attempt)}"'
    return response


@never_cache
@require_safe
def evidence(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/e/<id>`, the address that stands in a credential. It opens for those who may read the submission; and for
    strangers while its earner shows the piece, without its title and the name of its file.
    """
    user = reader_of(request)
    piece = _readable(public_id, user) if user else None
    for_stranger = piece is None
    if piece is None:
        piece = EvidenceItem.objects.shown_to_strangers().filter(public_id=public_id).first()
    if piece is None and user is None:
        return redirect_to_login(request.path)
    if piece is None:
        raise Http404
    if piece.has_file:
        return redirect(links.to_file(piece, for_stranger=for_stranger))
    if not for_stranger:
        queries.give_captures(piece.attempt, [piece])
    mine = user is not None and piece.attempt.submission.learner_id == user.pk
    context = {"piece": piece, "for_stranger": for_stranger, "mine": mine}
    context["whole"] = mine or not (for_stranger or piece.attempt.submission.version.blind)
    response = render(request, "submissions/evidence.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _readable(public_id: str, user: User) -> EvidenceItem | None:
    pieces = EvidenceItem.objects.visible_to(user).select_related("attempt__submission__version__achievement__issuer")
    return pieces.filter(public_id=public_id).first()


@never_cache
def evidence_file(request: HttpRequest, token: str, name: str) -> Any:
    """On the evidence host: the bytes behind a signed link that lasts some minutes. Knows no person and no cookie."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    try:
        link = links.read(token)
    except signing.BadSignature:
        return HttpResponse(
            _("This link has run out. Go back and open the piece again."),
            status=404,
            content_type="text/plain; charset=utf-8",
        )
    # Who was given a link of the other sort could read the submission: its signature says so.
    pieces = EvidenceItem.objects.shown_to_strangers() if link.for_stranger else EvidenceItem.objects.all()
    piece = pieces.filter(public_id=link.public_id).exclude(file="").first()
    try:
        file = piece.file.open("rb") if piece else None
    except OSError:
        file = None
    if piece is None or file is None:
        return HttpResponse(status=404)
    media_type = piece.media_type if piece.is_shown_inline else "application/octet-stream"
    response = ranges.serve(request, file, size=piece.size, media_type=media_type, etag=f'"{piece.sha256}"')
    links.dress(response, piece, for_stranger=link.for_stranger)
    return response


def _not_frozen(attempt: Attempt) -> str:
    if attempt.state == Attempt.State.OPEN:
        return _("This attempt can be downloaded once it is handed in.")
    return _("The files of this attempt are being checked. It can be downloaded in a moment.")
