"""Pictures that people put into their backpack, served to who may see what they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponseNotModified
from django.utils.http import parse_etags

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

_TYPES = {"png": "image/png", "jpg": "image/jpeg"}


def answer(request: HttpRequest, name: str) -> HttpResponseBase:
    """The picture that lies under `name`, which its sum has made. Asked for again at each look: it may be hidden by then."""
    etag = f'"{name.rpartition("/")[2].partition(".")[0][:40]}"'
    response: HttpResponseBase
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        try:
            file = default_storage.open(name, "rb")
        except FileNotFoundError:
            raise Http404 from None
        response = FileResponse(file, content_type=_TYPES[name.rpartition(".")[2]])
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response
