"""Pictures as PNG."""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import resvg_py
from django.utils.translation import gettext as _

from apps.core.refused import Refused

SIZE = 640
_APART = Path(__file__).parent / "apart.py"
_SECONDS = 10


@lru_cache(maxsize=32)  # a drawing that is saved, viewed and copied is the same one
def png(svg: str, size: int = SIZE) -> bytes:
    """The PNG of a badge, drawn without fonts: it holds outlines only, so every machine draws the same bytes."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True))


def png_of_stranger(svg: str, size: int = SIZE) -> bytes:
    """The PNG of an untrusted drawing, made in a separate process, which may be slow or crash."""
    command = [sys.executable, "-I", str(_APART), str(size)]
    try:
        done = subprocess.run(command, input=svg.encode(), capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - our own program
    except subprocess.TimeoutExpired:
        raise Refused(_("That drawing takes too long to draw. Simplify it.")) from None
    if done.returncode or not done.stdout:
        raise Refused(_("That drawing could not be drawn. Save it again as plain SVG."))
    return done.stdout
