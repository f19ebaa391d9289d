"""Pictures as PNG."""

from __future__ import annotations

import resvg_py


def png(svg: str, size: int = 640) -> bytes:
    """Without any font: a badge holds outlines only, so every machine draws the same bytes."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True))
