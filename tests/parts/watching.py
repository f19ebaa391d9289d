"""What is alive of one installation, and starting and stopping it as somebody at a terminal would."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg

from tests.stack import ROOT, wait_until

# A process that holds the parts until its input is closed, and says what it was told.
HOLDER = """
import json, sys
from pathlib import Path
from config.parts import hold
with hold(Path(sys.argv[1])) as told:
    print(json.dumps(told), flush=True)
    sys.stdin.read()
"""
NOT_PASSED_ON = {"DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "EVIDENCE_ORIGIN", "PORT", "BIND", "SATCHEL_DATA"} | {
    "SECRET_KEY",
    "SHARE_LINK_KEY",
    "KEY_ENCRYPTION_KEYS",
    "POSTGRES_PASSWORD",
}


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    return {name: value for name, value in kept.items() if not name.startswith(("PYTEST", "COV"))} | more


def processes_of(*folders):
    """{pid: command} of all that runs on these folders: by what it was told, by its words or by where it stands."""
    found = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            words = (entry / "cmdline").read_bytes()
            if not words or int(entry.name) == os.getpid():
                continue  # a zombie has none
            signs = words + (entry / "environ").read_bytes() + os.fsencode((entry / "cwd").readlink())
            if any(os.fsencode(folder) in signs for folder in folders):
                found[int(entry.name)] = words.replace(b"\0", b" ").decode(errors="replace")
    return found


def pid_of(words, *folders):
    """The process whose command holds `words`, the first started where there are several."""
    return min(pid for pid, command in processes_of(*folders).items() if words in command)


def kill(words, *folders):
    pid = pid_of(words, *folders)
    os.kill(pid, signal.SIGKILL)
    return pid


def wait_until_gone(*folders, seconds=8):
    wait_until(lambda: not processes_of(*folders), f"the end of {processes_of(*folders)}", seconds)


started = []


class Holder:
    def __init__(self, data, **more):
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(data)],
            cwd=ROOT,
            env=environment(**more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.told = None
        started.append(self.process)

    def wait(self):
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        self.told = json.loads(line)
        return self

    def let_go(self):
        self.process.communicate()


@contextlib.contextmanager
def nothing_left(*folders):
    """Whatever a failed test left running is ended, and what it said is closed."""
    try:
        yield
    finally:
        for pid in processes_of(*folders):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while started:
            process = started.pop()
            process.kill()
            process.communicate()


def query(url, statement, *values):
    """The first column of what it gives."""
    with psycopg.connect(url, autocommit=True, connect_timeout=2) as connection:
        cursor = connection.execute(statement, values)
        return [row[0] for row in cursor.fetchall()] if cursor.description else []


def answers(url):
    """Whether PostgreSQL takes us in."""
    with contextlib.suppress(psycopg.OperationalError):
        return query(url, "SELECT 1") == [1]
    return False


def says_pong(url):
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as asking:
        asking.connect(url.removeprefix("redis+socket://"))
        asking.sendall(b"PING\r\n")
        return asking.recv(16).startswith(b"+PONG")
    return False
