"""What each process of an installation runs: `python -m config.parts.roles web|worker-now|…|beat`.

`make up` starts the same. The image (Dockerfile) begins here: any other word is one of manage.py's, and `healthy ROLE`
says whether the one beside it is well.
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

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = sys.executable
# As root each worker would print eight lines on why not to be; a machine where root is all there is knows.
CELERY = [PYTHON, "-W", "ignore:You're running the worker", "-m", "celery", "-q", "--skip-checks", "-A", "config"]
QUIETLY = ["-l", "WARNING"]
# Which queue a worker serves, and how many processes it has where WORKER_PROCESSES doesn't say.
WORKERS = {"worker-now": ("now", "2"), "worker-mail": ("mail", "1"), "worker-bulk": ("bulk", "2")}
# Those whose jobs sign.
SIGNING = {"worker-now", "worker-bulk"}
# On a machine that they share, letters step aside for pages and single awards, and what is many for all of these.
STEPS_ASIDE = {"worker-mail": "5", "worker-bulk": "10"}
ROLES = ("web", *WORKERS, "beat")
PATIENCE = 5


def command(role: str, data: Path) -> list[str]:
    """The words that start it. In `data` beat keeps when it last did what."""
    if role == "web":
        return [PYTHON, "-m", "gunicorn", "config.wsgi", "-c", "config/gunicorn.py"]
    if role == "beat":
        return [*CELERY, "beat", "-s", str(data / "beat"), "--pidfile=", *QUIETLY]
    queue, processes = WORKERS[role]
    processes = os.environ.get("WORKER_PROCESSES") or processes
    # Worker processes talk among themselves about nothing that we ask.
    return [
        *stepping_aside(role),
        *(*CELERY, "worker", "--without-gossip", "--without-mingle", *QUIETLY),
        *("-Q", queue, "-c", processes, "-n", f"{queue}@%h"),
    ]


def stepping_aside(role: str) -> list[str]:
    """What goes before the words of a process that others go before."""
    return ["nice", "-n", STEPS_ASIDE[role]] if role in STEPS_ASIDE else []


def environment(role: str) -> dict[str, str]:
    """Only what signs holds what opens the keys."""
    return {name: said for name, said in os.environ.items() if role in SIGNING or name != "KEY_ENCRYPTION_KEYS"}


def is_well(role: str) -> bool:
    """Of the process that runs in this role on this machine; a web server asks all that /health/ asks."""
    if role == "web":
        # As the proxy would ask: for our name, and over https where that is our origin.
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
        # By its name, since `nice` stands elsewhere on each system.
        os.execvpe(words[0], words, environment(what))  # noqa: S606 - no shell is wanted, our own words alone
    os.execv(PYTHON, [PYTHON, "manage.py", what, *rest])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
