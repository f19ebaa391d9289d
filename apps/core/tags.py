"""Entity tags: a client that already has a file gets 304 and no body (RFC 9110, 13.1.2)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


def tag_of(body: bytes) -> str:
    """A strong tag, made from the bytes themselves."""
    return f'"{hashlib.sha256(body).hexdigest()[:40]}"'


def has_it(request: HttpRequest, etag: str) -> bool:
    """Whether the client has what this tag stands for. Proxies that compress responses make its tag weak; that counts
    too.
    """
    asked = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in asked or etag in {one.removeprefix("W/") for one in asked}


def answer(request: HttpRequest, etag: str, body: Callable[[], bytes], *, media_type: str) -> HttpResponse:
    """Return the file, made only if the client doesn't have it; otherwise 304."""
    if has_it(request, etag):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(body(), content_type=media_type)
    response["ETag"] = etag
    return response
