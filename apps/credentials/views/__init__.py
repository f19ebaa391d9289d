"""Pages that say what a credential is and whether it is valid. No sign-in needed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.core import tags
from apps.credentials import documents, queries
from apps.credentials.views.files import JSON_TYPES
from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

A_PAGE = 24
LD_JSON = "application/ld+json"


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: it prefers a JSON type to a page, or accepts JSON of some kind and no page.

    Clients that accept anything (`*/*`) get the page: link previews in messages ask like that, too.
    """
    if request.get_preferred_type(["text/html", *JSON_TYPES]) in JSON_TYPES:
        return True
    named = {(one.main_type, one.sub_type) for one in request.accepted_types}
    pages = {("text", "html"), ("application", "xhtml+xml")}
    return named.isdisjoint(pages) and any(kind == "json" or kind.endswith("+json") for _main, kind in named)


def public_json(
    request: HttpRequest,
    body: dict[str, Any],
    *,
    media_type: str = LD_JSON,
    kept: str = "max-age=60",
    by_accept: bool = False,
) -> HttpResponse:
    """JSON that any site may read; `by_accept` if there is a page at the same URL."""
    text = json.dumps(body, ensure_ascii=False).encode()
    response = tags.answer(request, tags.tag_of(text), lambda: text, media_type=media_type)
    if by_accept:
        response["Vary"] = "Accept"
    return to_all(response, kept=kept)


def to_all(response: HttpResponse, *, kept: str) -> HttpResponse:
    """Anybody may keep it, and any page may read it."""
    response["Cache-Control"] = f"public, {kept}"
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
        return public_json(request, document, by_accept=True)
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
