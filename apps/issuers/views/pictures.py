"""Badge pictures at their addresses: public, and embedded in other people's pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from apps.core import tags
from apps.issuers import thumbnails
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile
    from django.http import HttpRequest, HttpResponse

# A drawing runs nothing and loads nothing, even if it is opened by itself.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


def read_whole(picture: FieldFile) -> bytes:
    with picture.open() as file:
        return bytes(file.read())


@require_safe
def picture(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The picture of a version, frozen with it."""
    version = get_object_or_404(AchievementVersion.objects.readable(), achievement__slug=slug, number=number)
    etag = f'"{version.picture_sha256[:40]}"'
    return _for_everybody(tags.answer(request, etag, partial(read_whole, version.picture), media_type="image/png"))


@require_safe
def thumbnail(request: HttpRequest, slug: str, number: int, size: int) -> HttpResponse:
    """The picture in a smaller size, for pages."""
    if size not in thumbnails.SIZES:
        raise Http404
    version = get_object_or_404(AchievementVersion.objects.readable(), achievement__slug=slug, number=number)
    etag = thumbnails.etag(version.picture_sha256, size)
    made = partial(thumbnails.made, version.picture.name, size)
    return _for_everybody(tags.answer(request, etag, made, media_type="image/webp"))


@require_safe
def picture_svg(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The picture as a drawing, if there is one."""
    drawn = AchievementVersion.objects.readable().exclude(picture_svg="")
    version = get_object_or_404(drawn, achievement__slug=slug, number=number)
    etag = f'"{version.picture_sha256[:40]}-svg"'
    response = tags.answer(request, etag, partial(read_whole, version.picture_svg), media_type="image/svg+xml")
    response["Content-Security-Policy"] = SVG_POLICY
    return _for_everybody(response)


def _for_everybody(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Access-Control-Allow-Origin"] = "*"
    return response
