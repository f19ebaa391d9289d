"""Jobs that no worker survives, for tests with real ones."""

import contextlib
import os
import signal
import time

from apps.core.outbox import job


@job(queue="now")
def kills():
    os.kill(os.getpid(), signal.SIGKILL)


@job(queue="now")
def hangs():
    time.sleep(3600)


@job(queue="now")
def is_deaf():
    """Whoever tells it to end is not heard."""
    while True:
        with contextlib.suppress(Exception):
            time.sleep(3600)
