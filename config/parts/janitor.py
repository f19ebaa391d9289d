"""Ends processes that its master leaves behind: `python -m config.parts.janitor`, controlled through standard input.

`+N` names a process group, `-N` says that it ended. When the input closes, however the master died, each remaining
group is asked to stop and killed after a few seconds. It costs 10 MB; without it, a worker in a long job could be
orphaned.
"""

from __future__ import annotations

import os
import signal
import sys
import time

PATIENCE = 5.0


def end(groups: set[int], patience: float = PATIENCE) -> None:
    """Ask every group to stop; kill what is still there after `patience` seconds."""
    ends = time.monotonic() + patience
    _signal(groups, signal.SIGTERM)
    while groups and time.monotonic() < ends:
        time.sleep(0.05)
        _signal(groups, 0)
    _signal(groups, signal.SIGKILL)


def _signal(groups: set[int], number: int) -> None:
    for group in list(groups):
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            groups.discard(group)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    end(groups)


if __name__ == "__main__":
    main()
