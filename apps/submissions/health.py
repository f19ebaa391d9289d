"""Health checks of this app for the doctor command."""

from __future__ import annotations

from apps.core.health import FAIL, OFF, OK, Check
from apps.submissions import parts, scanning


def scanner() -> Check:
    if not scanning.is_there():
        return Check("scanner", OFF, "none: files are not scanned for viruses, and pages say so")
    try:
        version = scanning.hello()
    except scanning.NotScanned as error:
        return Check(
            "scanner",
            FAIL,
            str(error),
            "Start clamd, or mend CLAMAV_SOCKET. New files wait in “being checked” until then.",
        )
    return Check("scanner", OK, f"{version} answers")


def parts_of_files() -> Check:
    try:
        return Check("parts of files", OK, parts.place().hello())
    except OSError as error:
        return Check("parts of files", FAIL, str(error), "Give the bucket the rules that docs/operating.md names.")
