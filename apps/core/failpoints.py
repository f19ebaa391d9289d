"""Points at which a test can make a process fail.

SATCHEL_FAILPOINT=<name> makes the process kill itself there. With SATCHEL_FAULTS=<folder> each file
`<folder>/<name>/<kill|raise>.<anything>` is one fault: the first process that reaches that point takes it, and writes
into it the current job and the time.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from django.conf import settings
from django.db import OperationalError

# The key of the job that this process is running.
at_job = ""


class Fault(OperationalError):
    """A fault that was asked for, as if the database went away at that moment."""


def fail_here(name: str, *, job: str = "") -> None:
    """Die as by `kill -9`, or raise, if asked to. Never in production: settings refuse to start with it."""
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
