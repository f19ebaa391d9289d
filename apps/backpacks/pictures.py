"""Pictures in people's backpacks: where a badge from elsewhere has its own, and how pictures are served."""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.http import Http404

from apps.core import pictures as kept
from apps.core import tags
from apps.credentials import jose, strict

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"RIFF": "image/webp",
    b"GIF8": "image/gif",
}
_DATA = re.compile(r"data:image/[\w.+-]+;base64,([A-Za-z0-9+/=\s]+)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\x00-\x20\x7f<>\"]{1,2000}")


@dataclass(frozen=True)
class Named:
    """Where a badge has its picture: embedded, at an address, or (`badge`) in what an address describes."""

    data: bytes = b""
    address: str = ""
    badge: str = ""


def named_in(text: str) -> Named:
    """The picture that a signed text names for its badge; empty if it can't be read. Nothing is verified."""
    with suppress(jose.TokenError, strict.JSONError, ValueError, RecursionError):
        body = strict.parse(jose.parse(text).payload.decode() if jose.is_compact(text) else text)
        return _named(body)
    return Named()


def named_by(document: bytes) -> Named:
    """The picture that a badge description of Open Badges 2.0 or earlier names."""
    with suppress(strict.JSONError, ValueError, RecursionError):
        return _of_image(strict.parse(document.decode()).get("image"))
    return Named()


def _named(body: dict[str, Any]) -> Named:
    body = body["vc"] if isinstance(body.get("vc"), dict) else body
    subject, badge = body.get("credentialSubject"), body.get("badge")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    for holder in (achievement, badge, body):
        named = _of_image(holder.get("image")) if isinstance(holder, dict) else Named()
        if named != Named():
            return named
    return Named(badge=badge) if isinstance(badge, str) and _ADDRESS.fullmatch(badge) else Named()


def _of_image(image: Any) -> Named:
    if isinstance(image, dict):
        image = image.get("id")
    if not isinstance(image, str):
        return Named()
    inside = _DATA.fullmatch(image)
    if inside:
        with suppress(binascii.Error):
            return Named(data=base64.b64decode(inside[1]))
    return Named(address=image) if _ADDRESS.fullmatch(image) else Named()


def type_of(data: bytes) -> str:
    """The media type of a raster picture, by its first bytes; empty for any other file."""
    return next((found for beginning, found in _BEGINNINGS.items() if data.startswith(beginning)), "")


def answer(request: HttpRequest, name: str) -> HttpResponse:
    """Serve the picture stored under `name`, which includes its checksum; with `?w=240` at that width, if it is kept.
    Browsers revalidate it each time: it may be hidden by then.
    """
    width = request.GET.get("w", "")
    if width and width not in {str(one) for one in kept.widths_of(name)}:
        raise Http404
    etag = f'"{name.rpartition("/")[2].partition(".")[0][:40]}{width and f"-{width}"}"'
    names = [kept.at_width(name, int(width)), name] if width else [name]
    response = tags.answer(request, etag, lambda: _read(*names), media_type="")
    if response.content:
        response["Content-Type"] = type_of(response.content)
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def _read(*names: str) -> bytes:
    """The first of these that exists, a few megabytes at most: Satchel drew it."""
    for name in names:
        with suppress(OSError), default_storage.open(name, "rb") as file:  # it is gone, or the storage is away
            return bytes(file.read())
    raise Http404
