"""Everything to carry away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.backpacks import exporting, verbs
from apps.backpacks.models import BackpackItem
from apps.core import clock
from apps.core.limits import limited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from apps.accounts.http import SignedInRequest


@login_required
@never_cache
@require_safe
def export(request: SignedInRequest) -> HttpResponse:
    count = BackpackItem.objects.visible_to(request.user).kept().count()
    return render(request, "backpacks/export.html", {"count": count})


@login_required
@require_safe
@limited("export", reading=True)
def export_zip(request: SignedInRequest) -> Any:
    return _sent(exporting.archive(request.user), "zip", "application/zip")


@login_required
@require_safe
@limited("export", reading=True)
def export_light(request: SignedInRequest) -> Any:
    return _sent(exporting.archive(request.user, light=True), "light.zip", "application/zip")


@login_required
@require_safe
@limited("export", reading=True)
def export_clr(request: SignedInRequest) -> Any:
    return _sent(_bytes(exporting.clr(request.user)), "clr.json", "application/ld+json")


@login_required
@require_safe
@limited("export", reading=True)
def export_presentation(request: SignedInRequest) -> Any:
    return _sent(_bytes(exporting.presentation(request.user)), "vp.json", "application/vp")


@login_required
@require_safe
@limited("export", reading=True)
def export_csv(request: SignedInRequest) -> Any:
    # Spreadsheets take a table for what it is only with a mark at its beginning.
    return _sent(_bytes(exporting.badges_csv(request.user), "\ufeff"), "csv", "text/csv; charset=utf-8")


@login_required
@require_POST
@reauthentication_required
@limited("export")
def export_account(request: SignedInRequest) -> Any:
    """It says where somebody lives on the web, and to whom they wrote: whoever finds a window open gets none of it."""
    return _sent(verbs.export_account(request.user, by=request.user), "zip", "application/zip", called="account")


def _bytes(lines: Iterator[str], before: str = "") -> Iterator[bytes]:
    yield before.encode()
    for line in lines:
        yield line.encode()


def _sent(chunks: Iterator[bytes], ending: str, media_type: str, *, called: str = "backpack") -> StreamingHttpResponse:
    response = StreamingHttpResponse(chunks, content_type=media_type)
    day = clock.now().date().isoformat()
    response["Content-Disposition"] = f'attachment; filename="{called}-{day}.{ending}"'
    response["Cache-Control"] = "no-store"
    return response
