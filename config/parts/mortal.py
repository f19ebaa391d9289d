"""Run a program that dies with its parent: `python …/mortal.py PARENT SIGNAL [UID] -- PROGRAM …`.

PARENT is the process id of the starter, to notice a parent that died before we looked. The signal is requested here,
after every change of account, since such a change clears it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(number: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


def mortal(number: str, *account: str) -> list[str]:
    """The command prefix that makes a program die with this process, by the signal of that name."""
    # By its path and without installed packages: finding those would take longer than everything it does.
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), number, *account, "--"]


def main() -> None:
    split = sys.argv.index("--")
    options, program = sys.argv[1:split], sys.argv[split + 1 :]
    if len(options) > 2:  # noqa: PLR2004 - the third
        account = int(options[2])
        os.setgroups([])
        os.setgid(account)
        os.setuid(account)
        os.chdir("/")  # the current folder may be closed to that account
    die_with_parent(int(signal.Signals[options[1]]))
    if os.getppid() != int(options[0]):
        sys.exit(1)  # it has died
    os.execvp(program[0], program)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
