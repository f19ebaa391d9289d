"""The catalogue and the badge pictures. Nobody signs in for these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.core.searching import asked_of
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    asked = asked_of(request)
    versions = AchievementVersion.objects.public().matching(asked).select_related("achievement__issuer")
    versions = versions.order_by("name", "pk")
    page = Paginator(versions, 24).get_page(request.GET.get("page"))
    return render(request, "issuers/catalogue.html", {"page": page, "asked": asked})


@require_safe
def picture(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    version = get_object_or_404(AchievementVersion.objects.readable(), achievement__slug=slug, number=number)
    with version.picture.open() as file:
        response = HttpResponse(file.read(), content_type="image/png")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Access-Control-Allow-Origin"] = "*"
    return response
