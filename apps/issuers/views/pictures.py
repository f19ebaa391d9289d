"""Badge pictures at their addresses. Nobody signs in for these, and other people's pages show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from apps.issuers import thumbnails
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from django.http import HttpRequest

# A drawing acts on nothing and reaches nowhere, opened by itself too.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@require_safe
def picture(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Frozen with its version."""
    version = get_object_or_404(AchievementVersion.objects.readable(), achievement__slug=slug, number=number)
    with version.picture.open() as file:
        return _for_everybody(HttpResponse(file.read(), content_type="image/png"))


@require_safe
def thumbnail(request: HttpRequest, slug: str, number: int, size: int) -> HttpResponse:
    """The same, smaller, for pages."""
    if size not in thumbnails.SIZES:
        raise Http404
    version = get_object_or_404(AchievementVersion.objects.readable(), achievement__slug=slug, number=number)
    etag = thumbnails.etag(version.picture_sha256, size)
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(thumbnails.made(version.picture.name, size), content_type="image/webp")
    response["ETag"] = etag
    return _for_everybody(response)


@require_safe
def picture_svg(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The same as a drawing, where there is one."""
    drawn = AchievementVersion.objects.readable().exclude(picture_svg="")
    version = get_object_or_404(drawn, achievement__slug=slug, number=number)
    with version.picture_svg.open() as file:
        response = HttpResponse(file.read(), content_type="image/svg+xml")
    response["Content-Security-Policy"] = SVG_POLICY
    return _for_everybody(response)


def _for_everybody(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Access-Control-Allow-Origin"] = "*"
    return response
