"""Which module copies which media type. Each is imported only when needed: pictures don't need the PDF reader."""

from __future__ import annotations

from importlib import import_module
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.submissions.copying.common import Copy

_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    **dict.fromkeys(("image/png", "image/jpeg", "image/webp", "image/gif"), "pictures"),
    "application/pdf": "papers",
    f"{_OFFICE}wordprocessingml.document": "office",
    f"{_OFFICE}spreadsheetml.sheet": "office",
    f"{_OFFICE}presentationml.presentation": "office",
    "application/vnd.oasis.opendocument.text": "office",
    "application/vnd.oasis.opendocument.spreadsheet": "office",
}
# Audio and video. Their copies are stored as differences from the originals (`laid`) if those are small.
RECORDINGS = {
    **dict.fromkeys(("video/mp4", "video/quicktime", "audio/mp4"), "boxes"),
    **dict.fromkeys(("video/webm", "audio/webm"), "matroska"),
    **dict.fromkeys(("video/ogg", "audio/ogg"), "ogg"),
    "audio/wav": "waves",
    "audio/mpeg": "frames",
}
MAKERS = KINDS | RECORDINGS


def maker_of(media_type: str) -> Callable[[IO[bytes], IO[bytes]], Copy]:
    module = import_module(f"apps.submissions.copying.{MAKERS[media_type]}")
    return cast("Callable[[IO[bytes], IO[bytes]], Copy]", module.copy)
