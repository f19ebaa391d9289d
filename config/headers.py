"""What single static files bring along."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.headers import Headers

# A worker lives by the policy that its own script brings, and not by that of the page that starts it. The one that takes
# PDFs apart is handed all that it needs, and asks nobody for anything.
_WORKER_POLICY = "default-src 'none'; script-src 'wasm-unsafe-eval'"


def add(headers: Headers, _path: str, url: str) -> None:
    if "/js/pdf.worker." in url:
        headers["Content-Security-Policy"] = _WORKER_POLICY
    # What runs beside pages may look after those of a learner's work, though it lies elsewhere.
    if url.startswith("/static/js/worker."):
        headers["Service-Worker-Allowed"] = "/submissions/"
