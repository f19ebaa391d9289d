"""What each process of an installation runs: `python -m config.parts.roles web|worker-now|…|beat`.

`make up` starts the same processes. The image (Dockerfile) starts here: any other word is passed to manage.py, and
`healthy ROLE` says whether the process beside it is well.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from config.parts.aside import aside

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = sys.executable
# As root, each worker would print eight lines of warning; if a machine only has root, its operator knows.
CELERY = [PYTHON, "-W", "ignore:You're running the worker", "-m", "celery", "-q", "--skip-checks", "-A", "config"]
QUIETLY = ["-l", "WARNING"]
# Each worker's queue, and its number of processes unless WORKER_PROCESSES is set.
WORKERS = {"worker-now": ("now", "2"), "worker-mail": ("mail", "1"), "worker-bulk": ("bulk", "2")}
# Workers whose jobs sign.
SIGNING = {"worker-now", "worker-bulk"}
# On a shared machine, letters and bulk work give way to pages and single awards. With more than this they get no turn at
# all while many approve, and a worker without turns loses its leases.
STEPS_ASIDE = {"worker-mail": "10", "worker-bulk": "10"}
ROLES = ("web", *WORKERS, "beat")
PATIENCE = 5


def command(role: str, data: Path) -> list[str]:
    """The command line of a role. Beat keeps its schedule's state in `data`."""
    if role == "web":
        return [PYTHON, "-m", "gunicorn", "config.wsgi", "-c", "config/gunicorn.py"]
    if role == "beat":
        return [*CELERY, "beat", "-s", str(data / "beat"), "--pidfile=", *QUIETLY]
    queue, processes = WORKERS[role]
    processes = os.environ.get("WORKER_PROCESSES") or processes
    # We use nothing that workers tell one another.
    return [
        *stepping_aside(role),
        *(*CELERY, "worker", "--without-gossip", "--without-mingle", *QUIETLY),
        *("-Q", queue, "-c", processes, "-n", f"{queue}@%h"),
    ]


def stepping_aside(role: str) -> list[str]:
    """The command prefix for a process with a lower priority."""
    return aside(STEPS_ASIDE[role]) if role in STEPS_ASIDE else []


def environment(role: str) -> dict[str, str]:
    """The environment of a role. Only processes that sign hold the key that decrypts the signing keys."""
    return {name: said for name, said in os.environ.items() if role in SIGNING or name != "KEY_ENCRYPTION_KEYS"}


def is_well(role: str) -> bool:
    """Whether the process in this role on this machine is well; for the web server, by everything that /health/
    checks.
    """
    if role == "web":
        # As the proxy would ask: by our name, and over https if that is our origin.
        ours = urlsplit(os.environ["PUBLIC_URL"])
        asked = urllib.request.Request(
            f"http://127.0.0.1:{os.environ.get('PORT') or '8000'}/health/",
            headers={"Host": ours.netloc, "X-Forwarded-Proto": ours.scheme},
        )
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE):  # noqa: S310 - our own address
                return True
        except (urllib.error.URLError, OSError):
            return False
    asked_worker = [*CELERY, "inspect", "ping", "-d", f"{WORKERS[role][0]}@{socket.gethostname()}", "-t", str(PATIENCE)]
    return subprocess.run(asked_worker, cwd=ROOT, capture_output=True, check=False).returncode == 0


def main() -> None:
    what, *rest = sys.argv[1:] or [""]
    os.chdir(ROOT)
    if what == "healthy":
        sys.exit(0 if is_well(rest[0]) else 1)
    if what in ROLES:
        words = command(what, Path(os.environ.get("SATCHEL_DATA") or ROOT / ".satchel"))
        os.execve(words[0], words, environment(what))  # noqa: S606 - no shell is wanted, and these are our own arguments
    os.execv(PYTHON, [PYTHON, "manage.py", what, *rest])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
