"""QR codes that a phone's camera reads as an address."""

from __future__ import annotations

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def svg(address: str, *, border: int = 2) -> SafeString:
    """Draw an SVG as large as its container. Readers need a border of 4 if nothing else surrounds it."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=border, xmldecl=False, omitsize=True)
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 - drawn by segno, and holds squares alone


def png(address: str) -> bytes:
    """Draw a PNG large enough for a poster: some 1000 pixels a side."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="png", border=4, scale=24)
    return drawn.getvalue()
