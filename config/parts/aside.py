"""Run a program that gives way to others: `python …/aside.py NICE -- PROGRAM …`.

Where the kernel groups processes by session, as Debian's does, a niceness counts only within its own session; the group
has one of its own (sched(7), "The autogroup feature").
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

# Whoever isn't root may set a group's niceness ten times a second, counted over the whole machine.
TRIES, PAUSE = 10, 0.11


def aside(nice: str) -> list[str]:
    """The command prefix that gives a program so much less of a processor that others want, from 0 to 19."""
    return [sys.executable, "-I", "-S", __file__, nice, "--"]


def step_aside(nice: int) -> None:
    """Lower this process's priority, and its session's if it leads one."""
    os.nice(nice)
    if os.getsid(0) != os.getpid():
        return
    for _ in range(TRIES):
        try:
            Path("/proc/self/autogroup").write_text(str(nice))
        except BlockingIOError:
            time.sleep(PAUSE)
        except OSError:  # a kernel without groups
            return
        else:
            return


def main() -> None:
    nice, _, *program = sys.argv[1:]
    step_aside(int(nice))
    os.execvp(program[0], program)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
