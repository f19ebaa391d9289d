"""Places where a test can pull the plug: SATCHEL_FAILPOINT=<name> makes the process kill itself there."""

from __future__ import annotations

import os
import signal

from django.conf import settings


def fail_here(name: str) -> None:
    """Die as by `kill -9` when this point was asked for. Never in production, where settings refuse to start with it."""
    if name == settings.FAILPOINT:
        os.kill(os.getpid(), signal.SIGKILL)
