"""The catalogue and what stands behind each badge in it. Nobody signs in for these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.issuers.models import AchievementVersion, Issuer

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    versions = AchievementVersion.objects.public().select_related("achievement__issuer").order_by("name", "pk")
    if asked:
        versions = versions.filter(
            Q(name__icontains=asked) | Q(description__icontains=asked) | Q(achievement__issuer__name__icontains=asked)
        )
    page = Paginator(versions, 24).get_page(request.GET.get("page"))
    return render(request, "issuers/catalogue.html", {"page": page, "asked": asked})


@require_safe
def achievement(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """The newest published version, or the numbered one; older ones say that there is a newer."""
    versions = AchievementVersion.objects.readable().with_rubric().filter(achievement__slug=slug)
    version = get_object_or_404(versions, number=number) if number else versions.order_by("-number").first()
    if version is None:
        return get_object_or_404(versions, pk=None)
    newest = versions.order_by("-number").first()
    return render(request, "issuers/achievement.html", {"version": version, "newest": newest})


@require_safe
def picture(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    version = get_object_or_404(AchievementVersion.objects.readable(), achievement__slug=slug, number=number)
    response = FileResponse(version.picture.open(), content_type="image/png")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Issuer, slug=slug)
    versions = AchievementVersion.objects.public().select_related("achievement__issuer")
    offered = versions.filter(achievement__issuer=found).order_by("name", "pk")
    return render(request, "issuers/issuer.html", {"issuer": found, "versions": offered})
