"""Preview cards for links elsewhere, and QR codes; only for those who may see the thing.

What is hidden and what never existed answer alike: 404, and the same blank card to the byte.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from apps.backpacks import boards, paper, queries, records
from apps.core import qr as squares
from apps.core.limits import limited
from apps.core.tags import tag_of
from apps.credentials import queries as credentials
from apps.credentials.models import Credential
from apps.credentials.views import files

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


@require_safe
@limited("paper", reading=True)
def card(request: HttpRequest, public_id: str) -> HttpResponse:
    """The preview card for links to a badge's page: it shows only what others see."""
    among = files.seen_by(request)
    form = credentials.signed_form_at(public_id, among)
    if form is None:
        if among.filter(public_id=public_id).exists():
            return files.not_yet_signed()
        return _blank(410 if credentials.is_left(public_id) else 404)
    told = records.record_of(form.credential, form=form, full=False, brief=True)
    version, short = form.credential.version, queries.short_address_of(form.credential)
    etag = etag_of(told.statement, told.badge_name, version.picture_sha256, short, paper.edition())
    made = files.File(etag, "image/png")
    return answer(request, made, lambda: paper.card(told, badge=credentials.artwork(version), short=short))


@require_safe
@limited("paper", reading=True)
def shared_card(request: HttpRequest, token: str) -> HttpResponse:
    opened = queries.opened_by(token)
    if opened is None:
        return _blank(410 if queries.was_public(token) else 404)
    board, names, pictures = boards.of_collection(opened.collection, token)
    made = files.File(etag_of(*board[:3], *names, paper.edition()), "image/png")
    return answer(request, made, lambda: paper.board(board._replace(pictures=tuple(pictures()))))


@require_safe
@limited("paper", reading=True)
def profile_card(request: HttpRequest, handle: str) -> HttpResponse:
    found = queries.shown_profile(handle)
    if found is None:
        return _blank(410 if queries.has_left(handle) else 404)
    board = boards.of_profile(found)
    return answer(
        request, files.File(etag_of(*board[:3], board.sign, paper.edition()), "image/png"), lambda: paper.board(board)
    )


@files.or_gone
@require_safe
def qr(request: HttpRequest, public_id: str, kind: str) -> HttpResponse:
    """`/c/<id>/qr.svg` and `.png`."""
    found = get_object_or_404(Credential.objects.filter(pk__in=files.seen_by(request)), public_id=public_id)
    vary = files.whose(shown=found.seen_by != Credential.Visibility.PRIVATE)
    return _code(request, credentials.credential_url(public_id), f"badge-{public_id[:8]}", kind, vary)


@require_safe
def shared_qr(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    if queries.opened_by(token) is None:
        raise Http404
    return _code(request, f"{settings.PUBLIC_URL}/b/{token}/", "collection", kind)


def answer(request: HttpRequest, file: files.File, body: Callable[[], bytes]) -> HttpResponse:
    """The file in the reader's language, made only if they don't have it already."""
    response = files.unchanged(request, file) or files.answer(file, body())
    patch_vary_headers(response, ["Accept-Language"])
    return response


def etag_of(*parts: str) -> str:
    """A strong ETag from everything that goes into the file, including the reader's language."""
    told = "\n".join([get_language() or "", *parts])
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:40]}"'


def _code(request: HttpRequest, address: str, name: str, kind: str, vary: tuple[str, ...] = ()) -> HttpResponse:
    body, media_type = (
        (squares.svg(address, border=4).encode(), "image/svg+xml")
        if kind == "svg"
        else (squares.png(address), "image/png")
    )
    policy = files.SVG_POLICY if kind == "svg" else ""
    made = files.File(tag_of(body), media_type, name=f"qr-{name}.{kind}", policy=policy, vary=vary)
    return files.unchanged(request, made) or files.answer(made, body)


def _blank(status: int = 404) -> HttpResponse:
    return files.dressed(HttpResponse(paper.blank(), content_type="image/png", status=status))
