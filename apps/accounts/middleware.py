"""Checks between a signed-in person and the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string

from apps.accounts import queries

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    GetResponse = Callable[[HttpRequest], HttpResponse]


def kept_out(get_response: GetResponse) -> GetResponse:
    """Treat people who may not be here (`settings.KEPT_OUT`) as visitors, even if they have an old session."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # Reading the user would load the session; a visitor without the cookie has none.
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session and request.user.is_authenticated and import_string(settings.KEPT_OUT)(request.user):
            request.user = AnonymousUser()
        return get_response(request)

    return middleware


# People who don't agree can still read the texts, manage their account, and leave with everything they earned.
_OPEN = ("/accounts/", "/backpack/", "/c/", "/terms/", "/privacy/", "/help/")


def consent_asked(get_response: GetResponse) -> GetResponse:
    """Ask about newer terms or a newer privacy notice before showing the next page.

    Only pages wait. A form that is already filled in arrives, pictures and parts of pages load, and the API has its
    own rule (`apps.accounts.authentication.HasScope`).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if (
            request.method in {"GET", "HEAD"}
            and "text/html" in request.headers.get("Accept", "")
            and "HX-Request" not in request.headers
            and not request.path.startswith(_OPEN)
            and settings.SESSION_COOKIE_NAME in request.COOKIES
            and request.user.is_authenticated
            and queries.open_documents(request.user)
        ):
            return redirect(f"{reverse('accounts:consent')}?{urlencode({'next': request.get_full_path()})}")
        return get_response(request)

    return middleware
