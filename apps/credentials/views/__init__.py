"""Pages that say what a credential is and whether it holds. Nobody signs in for these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.credentials import documents, queries
from apps.credentials.views.files import JSON_TYPES
from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest

A_PAGE = 24


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: it prefers one of the JSON types to a page."""
    return request.get_preferred_type(["text/html", *JSON_TYPES]) in JSON_TYPES


def public_json(body: dict[str, Any], *, media_type: str = "application/ld+json", max_age: int = 60) -> HttpResponse:
    """What programs may read from anywhere, beside the page of the same address."""
    response = JsonResponse(body, content_type=media_type, json_dumps_params={"ensure_ascii": False})
    response["Vary"] = "Accept, Cookie"
    response["Cache-Control"] = f"public, max-age={max_age}"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    """`/issuers/<slug>`: the page; or, for programs, profile and controller document with every key."""
    if wants_json(request):
        document = documents.issuer_document(slug)
        if document is None:
            raise Http404
        return public_json(document)
    found = get_object_or_404(Issuer.objects.select_related("parent"), slug=slug)
    context = {
        "issuer": found,
        "endorsements": queries.endorsements_shown(issuer=found),
        "approvals": found.approvals.select_related("issuer"),
        "page": Paginator(queries.offered_by(found), A_PAGE).get_page(request.GET.get("page")),
    }
    response = render(request, "credentials/issuer.html", context)
    response["Vary"] = "Accept, Cookie"
    return response
