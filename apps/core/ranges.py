"""Files with byte ranges: Django's FileResponse doesn't support them, and players and resumed downloads need them."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, Any

from django.http import FileResponse, HttpResponse, HttpResponseNotModified, StreamingHttpResponse

from apps.core import tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
_CHUNK = 64 * 1024


def serve(request: HttpRequest, file: IO[bytes], *, size: int, media_type: str, etag: str) -> Any:
    """Serve the whole file, or the one range asked for (RFC 9110, 14); 416 if it can't be satisfied."""
    if tags.has_it(request, etag):
        file.close()
        return HttpResponseNotModified(headers={"ETag": etag})
    asked = _ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    start, stop, is_part = 0, size - 1, False
    if asked and request.headers.get("If-Range", etag) == etag and asked.groups() != ("", ""):
        first, last = asked.groups()
        start = int(first) if first else max(size - int(last), 0)
        stop = min(int(last), size - 1) if first and last else size - 1
        is_part = True
    if start > stop:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    status = 206 if is_part else 200
    if request.method == "HEAD":
        file.close()
        response: Any = HttpResponse(status=status, content_type=media_type)
    elif is_part:
        response = StreamingHttpResponse(_part(file, start, stop - start + 1), status=status, content_type=media_type)
        # A part that nobody starts to read would leave the file open.
        response._resource_closers.append(file.close)  # noqa: SLF001 - as FileResponse does for itself
    else:
        response = FileResponse(file, content_type=media_type)
    if is_part:
        response["Content-Range"] = f"bytes {start}-{stop}/{size}"
    response["Content-Length"] = str(stop - start + 1)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    return response


def _part(file: IO[bytes], start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length > 0:
            chunk = file.read(min(_CHUNK, length))
            if not chunk:
                return
            length -= len(chunk)
            yield chunk
