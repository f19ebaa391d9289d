"""Middleware for every request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponseNotAllowed
from django.http.request import split_domain_port
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import has_vary_header, patch_vary_headers

from apps.core import clock, limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    GetResponse = Callable[[HttpRequest], HttpResponse]


def evidence_host(get_response: GetResponse) -> GetResponse:
    """Serve other people's files from a host of their own, which has no cookies and no other paths."""
    from django.http import HttpResponseNotFound
    from django.urls import Resolver404, get_resolver

    def middleware(request: HttpRequest) -> HttpResponse:
        # In any spelling: in capitals, or with the trailing dot that browsers send along.
        if split_domain_port(request.get_host())[0] != settings.EVIDENCE_HOST:
            return get_response(request)
        try:
            match = get_resolver(settings.EVIDENCE_URLCONF).resolve(request.path_info)
        except Resolver404:
            return HttpResponseNotFound("Not here.", content_type="text/plain; charset=utf-8")
        return match.func(request, *match.args, **match.kwargs)  # type: ignore[no-any-return]

    return middleware


def own_pages_only(get_response: GetResponse) -> GetResponse:
    """Forbid other sites to load our responses into their pages, except pictures and JSON whose view allows it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def same_for_everybody(get_response: GetResponse) -> GetResponse:
    """Let caches keep one copy of a public response: it doesn't depend on who asks, though we looked for a session."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.headers.get("Cache-Control", "").startswith("public") and has_vary_header(response, "Cookie"):
            left = [one for one in response.headers["Vary"].split(", ") if one != "Cookie"]
            del response.headers["Vary"]
            patch_vary_headers(response, left)
        return response

    return middleware


# What people read. Everything else (pictures, signed files, responses for programs) is the same in every language.
_READ_BY_PEOPLE = ("text/html", "application/problem+json")


def page_language(get_response: GetResponse) -> GetResponse:
    """Use a signed-in person's own language; for others the one chosen in this browser, then the one it asks for.

    Comes after authentication; Django's own would come before it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        language = _language_of(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = get_response(request)
        if response.headers.get("Content-Type", "").startswith(_READ_BY_PEOPLE):
            response.headers.setdefault("Content-Language", language)
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
            # Every page says who is signed in. Kept for the back button, and revalidated at each visit.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware


def _language_of(request: HttpRequest) -> str:
    # Checking the user would load the session; a visitor without the cookie has none.
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        own: str = request.user.language
        if own in dict(settings.LANGUAGES):
            return own
    return translation.get_language_from_request(request)


def person_time_zone(get_response: GetResponse) -> GetResponse:
    """Show a person's pages in their own time zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # Checking the user would load the session; a visitor without the cookie has none.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            with timezone.override(clock.zone(request.user.time_zone)):
                return get_response(request)
        return get_response(request)

    return middleware


def rate_limited(get_response: GetResponse) -> GetResponse:
    """The general limit on changing things; single views add tighter ones."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and not request.path.startswith("/api/"):
            wait = limits.seconds_until_allowed("post", limits.who_asks(request))
            if wait:
                return limits.too_many(request, wait)
        return get_response(request)

    return middleware


def opened_by_hand(get_response: GetResponse) -> GetResponse:
    """Tell who opens an address that only takes a form what it is for. Django's own answer is an empty page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_opened = request.method in {"GET", "HEAD"} and request.accepts("text/html")
        if not (isinstance(response, HttpResponseNotAllowed) and is_opened):
            return response
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    return middleware
