"""The page that shows a PDF: what it is made of, and what it may do.

pdf.js reads the file in a worker, and a browser gives a worker to no page without an origin of its own. So the frame
around this page allows scripts and the page's own origin, which is the evidence host's: no cookie lies there, no file of
a learner runs there (each is sandboxed by its own policy), and this policy lets the page speak to that host alone.
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
        # WebAssembly unpacks two sorts of pictures inside PDFs; it is no door for scripts.
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
    """Where tables of characters, stand-in typefaces and decoders lie: name -> address, which carries its sum."""
    return {name.rpartition("/")[2]: static(name) for name in _names()}
