"""Pages that belong to no other room: health, errors, help."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core import health as checks

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """200 when everything that serves people works, else 503; names of parts and one word each, no more."""
    results = checks.run(quick=True)
    well = all(one.result != checks.FAIL for one in results)
    body = {"status": "ok" if well else "failing", "checks": {one.name: one.result for one in results}}
    return JsonResponse(body, status=200 if well else 503)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "core/help.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", {"reason": reason}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503 where the database went away in the middle, since then trying again in a minute helps.

    Rendered without a context: whatever is broken, this page isn't.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = "10"
        return response
    return HttpResponse(render_to_string("500.html"), status=500)
