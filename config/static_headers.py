"""What is said beside static files. Apart from how they are packed, since settings read this."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.headers import Headers


def add_headers(headers: Headers, path: str, url: str) -> None:
    """The one script that runs beside pages may look after those of a learner's work, though it lies elsewhere."""
    if url.startswith("/static/js/worker."):
        headers["Service-Worker-Allowed"] = "/submissions/"
