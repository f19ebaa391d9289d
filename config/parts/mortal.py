"""Run a program that dies with its parent: `python -m config.parts.mortal SIGNAL [UID] -- PROGRAM …`.

The signal is asked for here, after every change of account, since such a change clears it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(number: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


def main() -> None:
    split = sys.argv.index("--")
    options, program = sys.argv[1:split], sys.argv[split + 1 :]
    parent = os.getppid()
    if len(options) > 1:
        account = int(options[1])
        os.setgroups([])
        os.setgid(account)
        os.setuid(account)
        os.chdir("/")  # where we stand may be closed to that account
    die_with_parent(int(signal.Signals[options[0]]))
    if os.getppid() != parent:
        sys.exit(1)  # it died meanwhile
    os.execvp(program[0], program)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
