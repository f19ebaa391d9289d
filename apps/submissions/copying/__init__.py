"""Copies of files for who looks at them: without their maker's name, place and device, and without what could act.

Each sort of file has a module, with one function: it reads an open file and writes into another. It raises `NoCopy` where none can be
made safely. Nothing here knows of rows, and nothing here writes to the original.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from apps.submissions.copying import office, papers, pictures
from apps.submissions.copying.common import Copy, NoCopy

if TYPE_CHECKING:
    from collections.abc import Callable

MAKERS: dict[str, Callable[[IO[bytes], IO[bytes]], Copy]] = {
    **dict.fromkeys(("image/png", "image/jpeg", "image/webp", "image/gif"), pictures.copy),
    "application/pdf": papers.copy,
    **dict.fromkeys(office.KINDS, office.copy),
}

__all__ = ["MAKERS", "Copy", "NoCopy"]
