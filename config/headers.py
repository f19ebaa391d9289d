"""Extra headers of single static files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.headers import Headers

# A worker obeys the policy sent with its own script, not that of the page that starts it. The PDF worker is given all
# that it needs and makes no requests.
_WORKER_POLICY = "default-src 'none'; script-src 'wasm-unsafe-eval'"


def add(headers: Headers, _path: str, url: str) -> None:
    if "/js/pdf.worker." in url:
        headers["Content-Security-Policy"] = _WORKER_POLICY
    # The service worker may control a learner's work pages, though its script is in another folder.
    if url.startswith("/static/js/worker."):
        headers["Service-Worker-Allowed"] = "/submissions/"
