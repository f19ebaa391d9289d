"""The page that shows a PDF: its files, and its policy.

pdf.js reads the file in a worker, and browsers give no worker to a page without an origin. So the frame around this
page allows scripts and the page's own origin, which is the evidence host's: it has no cookies, no learner's file runs
there (each is sandboxed by its own policy), and this policy lets the page connect only to that host.
"""

from __future__ import annotations

import json
from functools import cache

from django.conf import settings
from django.templatetags.static import static

PDF = "application/pdf"
POLICY = "; ".join(
    (
        "default-src 'none'",
        # WebAssembly decodes two kinds of images inside PDFs; it doesn't allow scripts.
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        f"frame-ancestors {' '.join(settings.FRAMED_BY)}",
        "form-action 'none'",
        "base-uri 'none'",
    )
)


@cache
def _names() -> list[str]:
    for folder in settings.STATICFILES_DIRS:
        path = folder / "pdf.json"
        if path.is_file():
            names: list[str] = json.loads(path.read_text())
            return names
    return []


def parts() -> dict[str, str]:
    """Where character tables, fallback fonts and decoders are: name -> address with a hash."""
    return {name.rpartition("/")[2]: static(name) for name in _names()}
