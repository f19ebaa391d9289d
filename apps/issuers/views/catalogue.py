"""The catalogue. Nobody signs in for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core.searching import asked_of
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    asked = asked_of(request)
    versions = AchievementVersion.objects.public().matching(asked).select_related("achievement__issuer")
    versions = versions.order_by("name", "pk")
    page = Paginator(versions, 24).get_page(request.GET.get("page"))
    return render(request, "issuers/catalogue.html", {"page": page, "asked": asked})
