"""`make up`: the servers, then web, workers and beat, until told to stop."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from config.parts import NoParts, hold, roles
from config.parts.bootstrap import ROOT, Step
from config.parts.holding import Watch, forget_told, keep_told, kept_public_url, open_lock, wait_for_the_end
from config.parts.mortal import die_with_parent, mortal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

PYTHON = sys.executable
LOOK_EVERY = 0.3
STOP_SECONDS = 20
WELL_SECONDS = 40
CALM_AFTER = 10.0
LONGEST_PAUSE = 30.0
HIGHEST_PORT = 65535
REFUSED = 4
COMES_BY_ITSELF = {"database", "broker", "beat"}


class Child:
    """One of our processes: restarted when it ends unexpectedly, waiting longer each time."""

    def __init__(self, role: str, data: Path, janitor: IO[str]) -> None:
        self.name, self.command, self.janitor = role, roles.command(role, data), janitor
        self.environment = roles.environment(role)
        self.process: subprocess.Popen[bytes] | None = None
        self.started = self.next_try = 0.0
        self.pause = 0.5

    def start(self) -> None:
        # A group of its own: Ctrl-C reaches only the supervisor, which stops each child in order.
        self.process = subprocess.Popen(
            [*mortal("SIGTERM"), *self.command],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._tell_janitor("+", self.process.pid)
        self.started = time.monotonic()

    def look(self) -> None:
        if self.process is None:
            if time.monotonic() >= self.next_try:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self._sweep(self.process.pid)
        lived = time.monotonic() - self.started
        self.pause = 0.5 if lived > CALM_AFTER else min(self.pause * 2, LONGEST_PAUSE)
        print(f"  {self.name} ended ({code}); starting it again in {self.pause:g} s.", flush=True)
        self.process, self.next_try = None, time.monotonic() + self.pause

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self, patience: float) -> None:
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(patience, 0))
        self._sweep(self.process.pid)
        self.process.wait()
        self.process = None

    def _sweep(self, group: int) -> None:
        """Kill what is left of the child's process group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        self._tell_janitor("-", group)

    def _tell_janitor(self, sign: str, group: int) -> None:
        with contextlib.suppress(BrokenPipeError):
            print(f"{sign}{group}", file=self.janitor, flush=True)


class Make:
    """The `make` that started us, if any: a signal to it is meant for us."""

    STOPS = 1 << (signal.SIGINT - 1) | 1 << (signal.SIGHUP - 1)

    def __init__(self) -> None:
        self.pid = os.getppid()
        if self._read("comm") not in {"make", "gmake"}:
            self.pid = 0
            return
        # If it is killed, it can't pass anything on.
        die_with_parent(signal.SIGTERM)
        if os.getppid() != self.pid:
            sys.exit(1)
        self.caught = self._caught()

    def waits(self) -> bool:
        """Whether make was asked to stop by a SIGINT of its own: it passes nothing on but waits for us, no longer
        catching it.
        """
        return self.pid != 0 and self._caught() != self.caught

    def _caught(self) -> int:
        lines = dict(line.split(":", 1) for line in self._read("status").splitlines())
        return int(lines.get("SigCgt", "0"), 16) & self.STOPS

    def _read(self, name: str) -> str:
        try:
            return Path(f"/proc/{self.pid}/{name}").read_text().strip()
        except OSError:
            return ""


class Supervisor:
    def __init__(self, data: Path, watch: Watch, make: Make) -> None:
        self.data, self.watch, self.make = data, watch, make
        self.janitor = subprocess.Popen(
            [PYTHON, "-m", "config.parts.janitor"], cwd=ROOT, stdin=subprocess.PIPE, text=True, start_new_session=True
        )
        told = self.janitor.stdin
        assert told is not None  # noqa: S101 - a pipe was asked for
        self.children = [Child(role, data, told) for role in roles.ROLES]
        self.asked = 0

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        shown = _show_demo() if _demo_wanted() else None
        try:
            for child in self.children:
                child.start()
            self._greet_when_well(shown)
            while not self.asked:
                self._look()
        finally:
            self._stop()
            if shown is not None:
                with shown:
                    shown.kill()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.asked += 1

    def _look(self) -> None:
        if said := self.watch.look():
            print(f"  {said}", flush=True)
        if self.make.waits():
            self.asked += 1
            return
        for child in self.children:
            child.look()
        time.sleep(LOOK_EVERY)

    def _greet_when_well(self, shown: subprocess.Popen[str] | None) -> None:
        ends = time.monotonic() + WELL_SECONDS
        answer = None
        while not self.asked and time.monotonic() < ends:
            answer = _health()
            if answer and not COMES_BY_ITSELF & set(_failing(answer)):
                break
            self._look()
        if self.asked:
            return
        words = self._said(shown) if shown is not None else "No demo was asked for (DEMO=off)."
        if self.asked:
            return
        print(f"\nSatchel is at {_here()}   (letters: {_here()}/dev/mail/)")
        signed = os.environ["PUBLIC_URL"]
        if signed != kept_public_url(self.data):
            print(f"Credentials are signed as {signed}, not as {kept_public_url(self.data)} as since the first start.")
        elif signed != _here():
            print(f"Credentials are signed as {signed}: that was fixed with the first start.")
        print(f"\n{words.strip().removeprefix('CommandError: ')}")
        if failing := _failing(answer or {"web": "fail"}):
            print(f"\nNot well: {', '.join(failing)}. `make doctor` says more.")
        print("\nCtrl-C stops everything.", flush=True)

    def _said(self, shown: subprocess.Popen[str]) -> str:
        """The command's output once it has ended; "" if we are asked to stop first."""
        while not self.asked:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return shown.communicate(timeout=LOOK_EVERY)[0]
            self._look()
        return ""

    def _stop(self) -> None:
        print("\n  Stopping …", flush=True)
        for child in self.children:
            child.ask_to_stop()
        asked, ends = self.asked, time.monotonic() + STOP_SECONDS
        for child in self.children:
            # Asked again, we don't wait.
            while child.process and child.process.poll() is None and time.monotonic() < ends and self.asked == asked:
                time.sleep(0.05)
            child.stop(0)
        if self.janitor.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.janitor.stdin.close()
        self.janitor.wait()


def main() -> None:
    make = Make()
    data = Path(os.environ.get("SATCHEL_DATA") or ROOT / ".satchel").resolve()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    os.environ.setdefault("RELOAD", "on")
    os.environ.setdefault("WEB_LOG_LEVEL", "error")  # its reloader warns at each start that it is on
    # A shell starts background processes with SIGINT ignored; we don't ignore it.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    os.environ["BIND"], os.environ["PORT"] = os.environ.get("BIND") or "127.0.0.1", os.environ.get("PORT") or "8000"
    watch = Watch(data)
    try:
        with _alone(data):
            _refuse_taken_port()
            forget_told(data)
            with hold(data) as told:
                os.environ.update(told)
                _make_ready(data)
                keep_told(data, told)
                Supervisor(data, watch, make).run()
            wait_for_the_end(data)
    except NoParts as error:
        sys.exit(str(error))


def _make_ready(data: Path) -> None:
    _manage("Making the tables", "migrate", "--skip-checks", "--verbosity=0")
    _collect_static(data)
    _build_demo(data)


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[None]:
    with open_lock(data / "up.lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise NoParts(f"Satchel runs here already: {lock.read().decode()}. Stop that first.") from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, port {os.environ['PORT']}".encode())
        lock.flush()
        yield


def _refuse_taken_port() -> None:
    bind, said = os.environ["BIND"], os.environ["PORT"]
    if not said.isdecimal() or not 0 < int(said) <= HIGHEST_PORT:
        sys.exit(f"PORT={said} is no port: choose a number from 1 to {HIGHEST_PORT}.")
    port = int(said)
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((bind.strip("[]"), port))
        except OSError as error:
            if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
                sys.exit(f"BIND={bind} is no address of this machine ({error.strerror}).")
            other = port + 1 if port < HIGHEST_PORT else 8000
            sys.exit(f"Port {port} at {bind} can't be had ({error.strerror}). Choose another: make up PORT={other}")


def _collect_static(data: Path) -> None:
    """Collect static files when they have changed. With DEBUG=on they are served uncollected."""
    if os.environ.get("DEBUG", "off").lower() in {"1", "on", "true", "yes"}:
        return
    total = hashlib.sha256()
    for path in (ROOT / "config" / "settings" / "base.py", ROOT / ".venv" / "base.installed"):
        total.update(path.read_bytes() if path.exists() else b"")
    for folder in ("static/src", "static/dist"):
        for path in sorted((ROOT / folder).rglob("*")):
            seen = path.stat()
            total.update(f"{path}:{seen.st_size}:{seen.st_mtime_ns}\n".encode())
    stamp = data / "static" / ".collected"
    if stamp.exists() and stamp.read_text() == total.hexdigest():
        return
    stamp.unlink(missing_ok=True)
    _manage("Collecting static files", "collectstatic", "--no-input", "--clear", "--ignore=redoc", "--verbosity=0")
    stamp.write_text(total.hexdigest())


def _build_demo(data: Path) -> None:
    """Build the demo once per database; not if its public password would let strangers in."""
    if not _demo_wanted():
        return
    stamp = data / "demo_built"
    database = hashlib.sha256(os.environ["DATABASE_URL"].encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == database:
        return
    if _manage("Building the demo college", "demo", progress=True, may_refuse=True):
        stamp.write_text(database)


def _demo_wanted() -> bool:
    return os.environ.get("DEMO", "on").lower() not in {"0", "off", "false", "no"}


def _show_demo() -> subprocess.Popen[str]:
    """Start the command that lists whom to sign in as, while the servers start."""
    return subprocess.Popen(
        [*mortal("SIGTERM"), PYTHON, "manage.py", "demo", "--show", "--skip-checks"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _here() -> str:
    bind, port = os.environ["BIND"].strip("[]"), os.environ["PORT"]
    everywhere_or_loopback = bind in {"0.0.0.0", "::", "::1", "localhost"} or bind.startswith("127.")  # noqa: S104
    return f"http://{'localhost' if everywhere_or_loopback else bind}:{port}"


def _failing(checks: dict[str, str]) -> list[str]:
    return [name for name, result in checks.items() if result == "fail"]


def _health() -> dict[str, str] | None:
    """The result of each check in /health/, or None while nothing answers."""
    bind = os.environ["BIND"].strip("[]")
    bind = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104 - asked for by whoever set BIND
    try:
        asking = http.client.HTTPConnection(bind, int(os.environ["PORT"]), timeout=5)
        asking.request("GET", "/health/", headers={"Host": "localhost"})
        found: dict[str, str] = json.loads(asking.getresponse().read())["checks"]
        asking.close()
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return None
    return found


def _manage(words: str, *command: str, progress: bool = False, may_refuse: bool = False) -> bool:
    """Run a manage.py command until it ends or we do. False if it refused, with its own message, and that is no
    reason to stop.
    """
    with Step(words, ticking=not progress):
        done = subprocess.run(
            [*mortal("SIGTERM"), PYTHON, "manage.py", *command],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=None if progress else subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode not in {0, REFUSED if may_refuse else 0}:
            sys.exit(_why(command[0], done.stdout + (done.stderr or "")))
    return done.returncode == 0


def _why(command: str, said: str) -> str:
    """The command's last lines of output; a traceback goes to a file."""
    if "Traceback" not in said:
        return f"manage.py {command} failed:\n{said.strip()}"
    log = Path(os.environ["SATCHEL_DATA"], "up.log")
    log.write_text(said)
    lines = said.strip().splitlines()
    last_frame = max(number for number, line in enumerate(lines) if line.startswith("  "))
    return "\n".join([f"manage.py {command} failed:", *lines[last_frame + 1 :], f"The whole story is in {log}."])


if __name__ == "__main__":
    main()
