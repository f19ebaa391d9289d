"""`make up`: the parts, then web, workers and beat, until somebody says stop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from config.parts import NoParts, hold
from config.parts.bootstrap import ROOT, Step

if TYPE_CHECKING:
    from types import FrameType

PYTHON = sys.executable
STOP_SECONDS = 20
CALM_AFTER = 10.0
LONGEST_PAUSE = 30.0
CELERY = [PYTHON, "-m", "celery", "-A", "config"]


class Child:
    """One process of ours: started again when it ends by itself, more slowly each time."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name, self.command = name, command
        self.process: subprocess.Popen[bytes] | None = None
        self.started = self.next_try = 0.0
        self.pause = 0.5

    def start(self) -> None:
        mortal = [PYTHON, "-m", "config.parts.mortal", "SIGTERM", "--"]
        # A group of its own: Ctrl-C reaches the supervisor alone, which stops each child in order.
        self.process = subprocess.Popen(
            [*mortal, *self.command], cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.started = time.monotonic()

    def look(self) -> None:
        if self.process is None:
            if time.monotonic() >= self.next_try:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        lived = time.monotonic() - self.started
        self.pause = 0.5 if lived > CALM_AFTER else min(self.pause * 2, LONGEST_PAUSE)
        print(f"  {self.name} ended ({code}); starting it again in {self.pause:g} s.", flush=True)
        self.process, self.next_try = None, time.monotonic() + self.pause


class Supervisor:
    def __init__(self, data: Path) -> None:
        self.data = data
        self.children = [
            Child("web", [PYTHON, "-m", "gunicorn", "config.wsgi", "-c", "config/gunicorn.py"]),
            Child(
                "worker for now and mail",
                [*CELERY, "worker", "-Q", "now,mail", "-c", "2", "-n", "now@%h", "-l", "WARNING"],
            ),
            Child("worker for bulk", [*CELERY, "worker", "-Q", "bulk", "-c", "1", "-n", "bulk@%h", "-l", "WARNING"]),
            Child("beat", [*CELERY, "beat", "-s", str(data / "beat"), "--pidfile=", "-l", "WARNING"]),
        ]
        self.stopping = False

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        for child in self.children:
            child.start()
        if self._wait_for_web():
            self._greet()
        while not self.stopping:
            for child in self.children:
                child.look()
            time.sleep(0.3)
        self._stop()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _wait_for_web(self) -> bool:
        ends = time.monotonic() + 60
        address = f"http://{_reachable(os.environ['BIND'])}:{os.environ['PORT']}/health/"
        while time.monotonic() < ends and not self.stopping:
            try:
                urllib.request.urlopen(address, timeout=2)
            except urllib.error.HTTPError:
                return True  # it answers; doctor knows more
            except OSError:
                time.sleep(0.1)
            else:
                return True
        return False

    def _greet(self) -> None:
        here = f"http://localhost:{os.environ['PORT']}"
        shown = subprocess.run(
            [PYTHON, "manage.py", "demo", "--show"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        print(f"\nSatchel is at {here}   (letters: {here}/dev/mail/)")
        if os.environ["PUBLIC_URL"] != here:
            print(f"Credentials are signed as {os.environ['PUBLIC_URL']}: that was fixed with the first start.")
        print(f"\n{shown.stdout.rstrip()}\n\nCtrl-C stops everything.", flush=True)

    def _stop(self) -> None:
        print("\n  Stopping …", flush=True)
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        ends = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(ends - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def main() -> None:
    data = Path(os.environ.get("SATCHEL_DATA") or ROOT / ".satchel").resolve()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    os.environ.setdefault("RELOAD", "on")
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    try:
        with hold(data) as told:
            os.environ.update(told)
            _refuse_taken_port()
            _manage("Making the tables", "migrate", "--verbosity=0")
            _manage("Collecting static files", "collectstatic", "--no-input", "--verbosity=0")
            if not (data / "demo_built").exists():
                _manage("Building the demo college", "demo", progress=True)
                (data / "demo_built").touch()
            Supervisor(data).run()
    except NoParts as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def _refuse_taken_port() -> None:
    bind, port = os.environ["BIND"], int(os.environ["PORT"])
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((bind, port))
        except OSError as error:
            sys.exit(f"Port {port} at {bind} can't be had ({error.strerror}). Choose another: make up PORT={port + 1}")


def _reachable(bind: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(bind, bind)  # noqa: S104 - asked for by who set BIND


def _manage(words: str, *command: str, progress: bool = False) -> None:
    with Step(words):
        done = subprocess.run(
            [PYTHON, "manage.py", *command], cwd=ROOT, capture_output=not progress, text=True, check=False
        )
    if done.returncode:
        sys.exit(f"manage.py {command[0]} failed:\n{((done.stdout or '') + (done.stderr or '')).strip()[-3000:]}")


if __name__ == "__main__":
    main()
