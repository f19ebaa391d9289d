"""Entity tags: whoever has a file is told that it is the same, and is sent nothing (RFC 9110, 13.1.2)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


def tag_of(body: bytes) -> str:
    """A strong tag, of the bytes themselves."""
    return f'"{hashlib.sha256(body).hexdigest()[:40]}"'


def has_it(request: HttpRequest, etag: str) -> bool:
    """Whether the visitor has what this tag stands for. Proxies that pack an answer make its tag weak: the same holds."""
    asked = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in asked or etag in {one.removeprefix("W/") for one in asked}


def answer(request: HttpRequest, etag: str, body: Callable[[], bytes], *, media_type: str) -> HttpResponse:
    """The file, made only for who hasn't got it."""
    if has_it(request, etag):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(body(), content_type=media_type)
    response["ETag"] = etag
    return response
