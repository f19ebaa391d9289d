"""The keeper owns the servers: `python -m config.parts.keeper DATA postgres valkey`.

It starts them, says where they are, and stops them when nobody holds them any more. Killed, it takes them along.
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
from pathlib import Path
from typing import TYPE_CHECKING

from config.parts import binaries, holding
from config.parts.binaries import NOBODY, NoParts, Programs

if TYPE_CHECKING:
    from types import FrameType

LOOK_EVERY = 0.3
STOP_SECONDS = 20


class Keeper:
    def __init__(self, data: Path, wanted: list[str]) -> None:
        self.data = data
        self.wanted = wanted
        self.servers: dict[str, subprocess.Popen[bytes]] = {}
        self.asked_to_stop = False

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        with open(self.data / "keeper.lock", "a+b") as own, open(self.data / "holders.lock", "a+b") as holders:
            fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ready = self.data / "parts.json"
            ready.unlink(missing_ok=True)
            try:
                urls = {}
                if "postgres" in self.wanted:
                    urls["postgres"] = self._start_postgres()
                if "valkey" in self.wanted:
                    urls["valkey"] = self._start_valkey()
                _write_privately(ready, json.dumps({"keeper": os.getpid(), "urls": urls}))
                while not self.asked_to_stop and self._all_alive() and not _nobody_holds(holders):
                    time.sleep(LOOK_EVERY)
            finally:
                ready.unlink(missing_ok=True)
                self._stop()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop = True

    def _all_alive(self) -> bool:
        for name, server in self.servers.items():
            if server.poll() is not None:
                print(f"{name} ended by itself ({server.returncode}); the next to need it starts it again.", flush=True)
                return False
        return True

    def _start_postgres(self) -> str:
        programs = binaries.find_postgres()
        cluster, prefix, death = self.data / "postgres", [], ["SIGINT"]
        if os.getuid() == 0:
            if binaries.namespaces_allowed():
                prefix = binaries.as_nobody()
            else:
                place = Path("/var/lib", "satchel-" + hashlib.sha256(str(self.data).encode()).hexdigest()[:12])
                programs = binaries.copy_for_nobody(programs, place / "programs")
                cluster, death = place / "postgres", ["SIGINT", str(NOBODY)]
                place.mkdir(exist_ok=True)
                place.chmod(0o755)
                os.chown(holding.socket_folder(self.data), NOBODY, NOBODY)
        mortal = [*prefix, sys.executable, "-m", "config.parts.mortal", *death, "--"]
        if not (cluster / "PG_VERSION").exists():
            self._make_cluster(programs, cluster, mortal)
        _wait_for_the_last(cluster)
        run = holding.socket_folder(self.data)
        settings = {"listen_addresses": "", "unix_socket_directories": str(run), "max_connections": "120"}
        if (self.data / "throwaway").exists():
            # Test data: as real a server as any, that need not survive a power cut.
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with open(self.data / "postgres.log", "ab") as log:
            server = subprocess.Popen(
                [*mortal, str(programs.postgres / "postgres"), "-D", str(cluster), *options],
                cwd=holding.ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | {"LC_ALL": "C.UTF-8"},
            )
        self.servers["postgres"] = server
        _wait(lambda: _postgres_ready(cluster, server.pid), server, self.data / "postgres.log", "PostgreSQL")
        self._make_database(programs, run)
        return holding.database_url(self.data)

    def _make_cluster(self, programs: Programs, cluster: Path, mortal: list[str]) -> None:
        """A fresh cluster beside its place, moved there when it is whole."""
        unfinished = cluster.with_name(f"{cluster.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password = unfinished.with_name("password")
        _write_privately(password, holding.read_secrets(self.data)["POSTGRES_PASSWORD"])
        if str(NOBODY) in mortal and "unshare" not in mortal[0]:
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
                *(*mortal, str(programs.postgres / "initdb"), "-D", str(unfinished), "-U", "satchel"),
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
        made.touch()

    def _start_valkey(self) -> str:
        folder = self.data / "valkey"
        folder.mkdir(exist_ok=True)
        path = holding.socket_folder(self.data) / "valkey.sock"
        path.unlink(missing_ok=True)
        with open(self.data / "valkey.log", "ab") as log:
            server = subprocess.Popen(
                [
                    *(sys.executable, "-m", "config.parts.mortal", "SIGTERM", "--", str(binaries.find_valkey())),
                    *("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--dir", str(folder)),
                    *("--appendonly", "yes", "--maxmemory-policy", "noeviction", "--save", ""),
                ],
                cwd=holding.ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.servers["valkey"] = server
        _wait(lambda: _valkey_ready(path), server, self.data / "valkey.log", "Valkey")
        return holding.broker_url(self.data)

    def _stop(self) -> None:
        for name, server in self.servers.items():
            if server.poll() is None:
                server.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
        ends = time.monotonic() + STOP_SECONDS
        for server in self.servers.values():
            try:
                server.wait(max(ends - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _nobody_holds(holders: object) -> bool:
    """True leaves the lock with us: whoever comes now waits until we are gone."""
    try:
        fcntl.flock(holders, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[call-overload]
    except BlockingIOError:
        return False
    return True


def _wait_for_the_last(cluster: Path) -> None:
    """A server whose keeper was killed is shutting down: let it; a pid file that outlived its server is removed."""
    pid_file = cluster / "postmaster.pid"
    ends = time.monotonic() + STOP_SECONDS
    while time.monotonic() < ends:
        try:
            pid = int(pid_file.read_text().splitlines()[0])
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except (OSError, ValueError, IndexError):
            break
        if name != "postgres":
            break
        time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def _postgres_ready(cluster: Path, pid: int) -> bool:
    with contextlib.suppress(OSError, IndexError, ValueError):
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        return int(lines[0]) == pid and lines[7].strip() == "ready"
    return False


def _valkey_ready(path: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(1)
        asking.connect(str(path))
        asking.sendall(b"PING\r\n")
        return asking.recv(16).startswith(b"+PONG")
    return False


def _wait(ready: object, server: subprocess.Popen[bytes], log: Path, name: str) -> None:
    ends = time.monotonic() + holding.START_SECONDS
    while time.monotonic() < ends:
        if ready():  # type: ignore[operator]
            return
        if server.poll() is not None:
            break
        time.sleep(0.02)
    words = log.read_text(errors="replace").strip().splitlines()
    raise NoParts("\n".join([f"{name} did not start:", *words[-5:]]))


def _write_privately(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)


if __name__ == "__main__":
    try:
        Keeper(Path(sys.argv[1]), sys.argv[2:]).run()
    except (NoParts, BlockingIOError) as error:
        sys.exit(str(error))
