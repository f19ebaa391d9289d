"""Jobs that no worker survives, for tests with real ones: that a worker ends what never ends is what they try."""

import contextlib
import os
import signal

from apps.core.outbox import job


@job(queue="now")
def kills():
    os.kill(os.getpid(), signal.SIGKILL)


@job(queue="now")
def hangs():
    """Until a signal comes: the worker's own, once its time is up."""
    signal.pause()


@job(queue="now")
def is_deaf():
    """Whoever tells it to end is not heard; only a kill ends it."""
    while True:
        with contextlib.suppress(Exception):
            signal.pause()
