"""The keeper owns the servers: `python -m config.parts.keeper DATA postgres valkey`.

It starts them, publishes their addresses, and stops them when nobody holds them any more. If it is killed, they die
too.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from config.parts import binaries, holding
from config.parts.binaries import NOBODY, NoParts, Programs
from config.parts.mortal import mortal

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

LOOK_EVERY = 0.3
CALM_AFTER = 2.0
TELL_AFTER = 2.0


@dataclass
class Server:
    """One server: `start` gets it answering, sets `process`, and returns its address."""

    start: Callable[[Server], str]
    process: subprocess.Popen[bytes] | None = None
    url: str = ""
    pause: float = 0.0
    next_try: float = 0.0

    def end(self, seconds: float = holding.STOP_SECONDS) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


class Keeper:
    def __init__(self, data: Path, wanted: list[str]) -> None:
        self.data = data
        self.ready = data / "parts.json"
        start = {"postgres": self._start_postgres, "valkey": self._start_valkey}
        self.servers = {name: Server(start[name]) for name in wanted}
        self.asked_to_stop = False

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        with open(self.data / "keeper.lock", "a+b") as own, open(self.data / "holders.lock", "a+b") as holders:
            _take(own)
            self.ready.unlink(missing_ok=True)
            try:
                for server in self.servers.values():
                    server.url = server.start(server)
                self._say_ready()
                while not self.asked_to_stop and not _nobody_holds(holders):
                    for name, server in self.servers.items():
                        self._look(name, server)
                    time.sleep(LOOK_EVERY)
            finally:
                self.ready.unlink(missing_ok=True)
                self._stop()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop = True

    def _say_ready(self) -> None:
        urls = {name: server.url for name, server in self.servers.items()}
        holding.write_privately(self.ready, json.dumps({"keeper": os.getpid(), "urls": urls}))

    def _look(self, name: str, server: Server) -> None:
        """Start a server again if it has ended unexpectedly, waiting longer each time; new holders wait for it."""
        if server.process is not None:
            if server.process.poll() is None:
                return
            _say(f"{name} ended by itself ({server.process.returncode}); starting it again.")
            self.ready.unlink(missing_ok=True)
            server.process = None
        if time.monotonic() < server.next_try:
            return
        server.pause = min(max(server.pause * 2, 0.5), holding.LONGEST_PAUSE)
        try:
            server.url = server.start(server)
        except (NoParts, OSError) as error:
            _say(f"{error}\nTrying again in {server.pause:g} s.")
            server.end()
            server.next_try = time.monotonic() + server.pause
            return
        server.pause, server.next_try = 0.0, time.monotonic() + CALM_AFTER
        if all(one.process for one in self.servers.values()):
            self._say_ready()

    def _start_postgres(self, server: Server) -> str:
        programs = binaries.find_postgres()
        cluster, run = self.data / "postgres", holding.socket_folder(self.data)
        prefix, death = [], ["SIGINT"]
        if os.getuid() == 0:
            if not (self.data / "place").exists() and binaries.namespaces_allowed():
                prefix = binaries.as_nobody()
            else:
                programs, cluster, run = self._place_for_nobody(programs)
                death += [str(NOBODY)]
        dying = [*prefix, *mortal(*death)]
        if not (cluster / "PG_VERSION").exists():
            self._make_cluster(programs, cluster, dying)
        elif cluster.stat().st_uid not in {os.getuid(), NOBODY}:
            raise NoParts(f"{cluster} belongs to another account. Start Satchel as that one, or set SATCHEL_DATA.")
        self._refuse_foreign_password()
        _wait_for_the_last(cluster)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(run),
            "max_connections": "120",
            # With modern disks a random read is cheap: at the default of 4, fetching hundreds of rows by key loses to
            # a full scan.
            "random_page_cost": "1.1",
        }
        if (self.data / "throwaway").exists():
            # Test data: a real server in every other way, but it needn't survive a power cut.
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        log_path = self.data / "postgres.log"
        ends = time.monotonic() + holding.STOP_SECONDS
        while True:
            with holding.open_log(log_path) as log:
                began = log.tell()
                server.process = subprocess.Popen(
                    [*dying, str(programs.postgres / "postgres"), "-D", str(cluster), *options],
                    cwd=holding.ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=os.environ | {"LC_ALL": "C.UTF-8"},
                )
            pid = server.process.pid
            try:
                wait(
                    lambda: status_of(cluster, pid) == "ready",  # noqa: B023 - called at once
                    server.process,
                    log_path,
                    "PostgreSQL",
                    goes_on=partial(self._puts_in_order, cluster, pid),
                )
            except NoParts:
                # After a forced kill its processes take a moment to notice; until then its shared memory is in use.
                if time.monotonic() > ends or b"shared memory block" not in log_path.read_bytes()[began:]:
                    raise
                time.sleep(LOOK_EVERY)
            else:
                break
            finally:
                (self.data / holding.IN_ORDER).unlink(missing_ok=True)
        self._make_database(programs, run)
        return holding.database_url(self.data, run)

    def _puts_in_order(self, cluster: Path, pid: int) -> bool:
        """Whether PostgreSQL is recovering from a crash and nobody has asked to stop. Interrupted, it would start
        over.
        """
        starts = status_of(cluster, pid) == "starting" and not self.asked_to_stop
        if starts and not (self.data / holding.IN_ORDER).exists():
            _say("PostgreSQL is still putting its files in order; it is waited for.")
            (self.data / holding.IN_ORDER).touch()
        return starts

    def _place_for_nobody(self, programs: Programs) -> tuple[Programs, Path, Path]:
        """Programs, data and socket where the unprivileged account can reach them; data made elsewhere moves there."""
        place = binaries.place_for_nobody(self.data)
        programs = binaries.copy_for_nobody(programs, place / "programs")
        cluster, run, elsewhere = place / "postgres", place / "run", self.data / "postgres"
        run.mkdir(mode=0o700, exist_ok=True)
        os.chown(run, NOBODY, NOBODY)
        if (elsewhere / "PG_VERSION").exists() and not cluster.exists():
            unfinished = place / "postgres.moving"
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(elsewhere, unfinished, symlinks=True)
            binaries.give_to_nobody(unfinished)
            unfinished.rename(cluster)
            elsewhere.rename(self.data / "postgres.moved")
        return programs, cluster, run

    def _refuse_foreign_password(self) -> None:
        made = self.data / "database_made"
        if made.exists() and made.read_text() not in {"", self._password_digest()}:
            raise NoParts(
                f"The database in {self.data} was made with another POSTGRES_PASSWORD than the one in "
                f"{self.data / 'secrets.env'}. Put that file back from its backup."
            )

    def _password_digest(self) -> str:
        return hashlib.sha256(holding.read_secrets(self.data)["POSTGRES_PASSWORD"].encode()).hexdigest()

    def _make_cluster(self, programs: Programs, cluster: Path, dying: list[str]) -> None:
        """Make a new cluster next to its final place, and move it there when complete."""
        unfinished = cluster.with_name(f"{cluster.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password = unfinished.with_name("password")
        holding.write_privately(password, holding.read_secrets(self.data)["POSTGRES_PASSWORD"])
        if str(NOBODY) in dying:
            os.chown(unfinished, NOBODY, NOBODY)
            os.chown(password, NOBODY, NOBODY)
        version = subprocess.run(
            [str(programs.postgres / "postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
        newer = int(version.split()[2].split(".")[0]) >= 17  # noqa: PLR2004 - the builtin provider came with 17
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] if newer else ["--locale=C.UTF-8"]
        )
        made = subprocess.run(
            [
                *(*dying, str(programs.postgres / "initdb"), "-D", str(unfinished), "-U", "satchel"),
                *("--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8", "--data-checksums", *locale),
                *("--no-sync",) * (self.data / "throwaway").exists(),
            ],
            cwd=holding.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        password.unlink()
        if made.returncode:
            raise NoParts(f"PostgreSQL could not make its files:\n{made.stderr.strip()[-800:]}")
        unfinished.rename(cluster)

    def _make_database(self, programs: Programs, run: Path) -> None:
        made = self.data / "database_made"
        if made.exists():
            return
        password = holding.read_secrets(self.data)["POSTGRES_PASSWORD"]
        done = subprocess.run(
            [str(programs.postgres / "createdb"), "-h", str(run), "-U", "satchel", "satchel"],
            env=os.environ | {"PGPASSWORD": password},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode and "already exists" not in done.stderr:
            raise NoParts(f"The database could not be made:\n{done.stderr.strip()}")
        holding.write_privately(made, self._password_digest())

    def _start_valkey(self, server: Server) -> str:
        program = binaries.find_valkey()
        try:
            return self._try_valkey(server, program)
        except NoParts as error:
            # It held only bells and counts; the promises are in the database.
            folder = self.data / "valkey"
            shutil.rmtree(folder.with_name("valkey.broken"), ignore_errors=True)
            folder.rename(folder.with_name("valkey.broken"))
            _say(f"{error}\nIts files are put aside as valkey.broken, and it starts with none.")
            server.end()
            return self._try_valkey(server, program)

    def _try_valkey(self, server: Server, program: Path) -> str:
        folder, run = self.data / "valkey", holding.socket_folder(self.data)
        folder.mkdir(exist_ok=True)
        path = run / "valkey.sock"
        ends = time.monotonic() + holding.STOP_SECONDS
        while _valkey_answers(path) and time.monotonic() < ends:
            time.sleep(0.05)  # a server whose keeper was killed is shutting down
        path.unlink(missing_ok=True)
        with holding.open_log(self.data / "valkey.log") as log:
            server.process = subprocess.Popen(
                [
                    *(*mortal("SIGTERM"), str(program)),
                    *("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--dir", str(folder)),
                    *("--appendonly", "yes", "--maxmemory-policy", "noeviction", "--save", ""),
                ],
                cwd=holding.ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait(lambda: _valkey_answers(path), server.process, self.data / "valkey.log", "Valkey")
        return holding.broker_url(run)

    def _stop(self) -> None:
        for name, server in self.servers.items():
            if server.process is not None and server.process.poll() is None:
                server.process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
        ends = time.monotonic() + holding.STOP_SECONDS
        for server in self.servers.values():
            server.end(max(ends - time.monotonic(), 0.1))


def _take(lock: IO[bytes]) -> None:
    """Become the only keeper. Others test the lock briefly, so one refusal means little."""
    ends = time.monotonic() + 1
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > ends:
                sys.exit(holding.LOST_THE_RACE)
            time.sleep(0.01)
        else:
            return


def _nobody_holds(holders: IO[bytes]) -> bool:
    """Whether nobody holds the servers. If True, we keep the lock: new holders wait until we are gone."""
    try:
        fcntl.flock(holders, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for_the_last(cluster: Path) -> None:
    """Wait for a server whose keeper was killed to shut down; tell it to if nobody did.

    A pid file is for PostgreSQL itself to judge, unless its number has since gone to another program.
    """
    pid_file = cluster / "postmaster.pid"
    began, told = time.monotonic(), False
    while time.monotonic() < began + holding.STOP_SECONDS:
        try:
            pid = int(pid_file.read_text().splitlines()[0])
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError, IndexError):
            return
        if os.fsencode(cluster) not in words:
            pid_file.unlink(missing_ok=True)
            return
        if not told and time.monotonic() > began + TELL_AFTER:
            os.kill(pid, signal.SIGINT)
            told = True
        time.sleep(0.05)
    raise NoParts(f"The PostgreSQL before this one (process {pid}) does not end. End it, then start again.")


def status_of(cluster: Path, pid: int) -> str:
    """PostgreSQL's own status: starting, ready, stopping; "" if the pid file names another process."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        return lines[7].strip() if int(lines[0]) == pid else ""
    return ""


def _valkey_answers(path: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(1)
        asking.connect(str(path))
        asking.sendall(b"PING\r\n")
        return asking.recv(16).startswith(b"+PONG")
    return False


def wait(
    ready: Callable[[], bool],
    process: subprocess.Popen[bytes],
    log: Path,
    name: str,
    *,
    goes_on: Callable[[], bool] | None = None,
) -> None:
    """Wait until `ready()`. Raises NoParts if the process ends first, or takes long without `goes_on()`."""
    # If it may take long, those waiting for us must hear of it before they give up.
    ends = time.monotonic() + holding.START_SECONDS / (2 if goes_on else 1)
    while time.monotonic() < ends or (goes_on and goes_on()):
        if ready():
            return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    words = log.read_text(errors="replace").strip().splitlines()
    raise NoParts("\n".join([f"{name} did not start:", *words[-5:]]))


def _say(words: str) -> None:
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {words}", flush=True)


if __name__ == "__main__":
    try:
        Keeper(Path(sys.argv[1]), sys.argv[2:]).run()
    except NoParts as error:
        sys.exit(str(error))
