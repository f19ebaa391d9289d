"""Places where a test can pull the plug.

SATCHEL_FAILPOINT=<name> makes the process kill itself there. With SATCHEL_FAULTS=<folder> each file
`<folder>/<name>/<kill|raise>.<anything>` is one fault: the first process that comes to that point takes it, and writes
into it which job it was at and when.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from django.conf import settings
from django.db import OperationalError

# The key of the job that this process is at.
at_job = ""


class Fault(OperationalError):
    """It was asked for: as when the database goes away in that moment."""


def fail_here(name: str, *, job: str = "") -> None:
    """Die as by `kill -9`, or raise, when that was asked for. Never in production: settings refuse to start with it."""
    if name == settings.FAILPOINT:
        os.kill(os.getpid(), signal.SIGKILL)
    if settings.FAULTS:
        _take(Path(settings.FAULTS), name, job or at_job)


def _take(folder: Path, name: str, job: str) -> None:
    taken = folder / "taken"
    for path in (folder / name).glob("*.*"):
        mine = taken / f"{name}.{path.name}"
        try:
            path.rename(mine)
        except FileNotFoundError:
            continue  # another process was first
        mine.write_text(f"{time.time()} {job}")
        if path.stem == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise Fault(f"{name}: a fault was asked for here")
