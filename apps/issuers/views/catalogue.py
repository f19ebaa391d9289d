"""The catalogue, and what search engines read; public pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.contrib.sitemaps import views as sitemaps
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.core.searching import asked_of
from apps.issuers.catalogue import RELEVANCE, SORTS, counts, search_of, versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, QueryDict
    from django_stubs_ext import StrOrPromise

    from apps.issuers.catalogue import Counts, Search

A_PAGE = 24


class Way(NamedTuple):
    """A link to the same catalogue with other filters. `of` is the filter that its word is a value of."""

    word: StrOrPromise
    href: str
    is_here: bool = False
    of: StrOrPromise = ""


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    search = search_of(asked_of(request), request.GET)
    found = counts(search)
    pages = Paginator(search.entries().only("pk"), A_PAGE)
    pages.count = found.total
    page = pages.get_page(request.GET.get("page"))
    page.object_list = versions(page.object_list)  # type: ignore[assignment] # of the same length, in the same order
    context = {
        "search": search,
        "total": found.total,
        "page": page,
        "facets": [(facet, shown) for facet, shown in found.facets if len(shown) > 1 or search.chosen.get(facet.name)],
        "chosen": list(_chosen(search, found, request.GET)),
        "without_filters": _href(request.GET, **{name: [] for name in search.chosen}),
        "sorts": list(_sorts(search, request.GET)),
    }
    return render(request, "issuers/catalogue.html", context)


def _chosen(search: Search, found: Counts, params: QueryDict) -> Iterator[Way]:
    """Each value that was chosen, with the link that removes it."""
    for facet, shown in found.facets:
        for one in shown:
            if one.is_chosen:
                rest = [value for value in search.chosen[facet.name] if value != one.value]
                yield Way(one.word, _href(params, **{facet.name: rest}), of=facet.title)


def _sorts(search: Search, params: QueryDict) -> Iterator[Way]:
    for name, word in SORTS.items():
        if search.words or name != RELEVANCE:
            yield Way(word, _href(params, sort=[] if name == search.usual_sort else [name]), name == search.sort)


def _href(params: QueryDict, **changed: list[str]) -> str:
    """A link with changed parameters, from the first page on, since the results change."""
    asked = params.copy()
    for name, values in {"page": [], **changed}.items():
        asked.setlist(name, values)
    return f"?{asked.urlencode()}"


sitemap_index = require_safe(sitemaps.index)
sitemap = require_safe(sitemaps.sitemap)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Where search engines begin, and which pages are personal."""
    own = (
        "/accounts/",
        "/admin/",
        "/api/",
        "/backpack/",
        "/designs/",
        "/notices/",
        "/reviews/",
        "/search/",
        "/submissions/",
    )
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in own), ""]
    lines += [f"Sitemap: {settings.PUBLIC_URL}{reverse('issuers:sitemap_index')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
