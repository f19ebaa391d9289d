"""Holding the servers: each user holds a shared lock; when the last one lets go, or dies, they are stopped."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from config.parts.binaries import NoParts

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
STOP_SECONDS = 20
NOTICED_SECONDS = 1.5
LONGEST_PAUSE = 30.0
# Exists while PostgreSQL recovers from a crash, which takes as long as it takes.
IN_ORDER = "in_order"
LONGEST_LOG = 4 * 1024 * 1024
LOST_THE_RACE = 75
LONGEST_SOCKET = 107
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")
SOCKET_NAME = ".s.PGSQL.5432"


@contextlib.contextmanager
def hold(data: Path, *, own_only: bool = False) -> Iterator[dict[str, str]]:
    """Keep the servers running within the block; yield the environment that a Satchel process needs.

    If DATABASE_URL and REDIS_URL are set, the servers they name are used instead, unless `own_only`.
    """
    data = data.resolve()
    with open_lock(data / "holders.lock") as held:
        # While the last keeper stops the servers it holds this lock exclusively, and we wait here.
        fcntl.flock(held, fcntl.LOCK_SH)
        urls = {} if own_only else _given()
        wanted = [part for name, part in _URLS.items() if name not in urls]
        if wanted:
            found = _running(data) or _start(data, wanted)
            for part in wanted:
                if part not in found:
                    raise NoParts(f"The parts run without {part} for somebody else. Stop that first.")
            urls |= {name: found[part] for name, part in _URLS.items() if part in wanted}
        keep_public_url(data, environment(data)["PUBLIC_URL"])
        yield environment(data) | urls


_URLS = {"DATABASE_URL": "postgres", "REDIS_URL": "valkey"}


def _given() -> dict[str, str]:
    return {name: os.environ[name] for name in _URLS if os.environ.get(name)}


_keepers: list[tuple[Path, int]] = []  # those that we started, and for which servers


def wait_for_the_end(data: Path) -> None:
    """After letting go, wait until the servers have stopped, unless someone else holds them."""
    ends = time.monotonic() + NOTICED_SECONDS
    while (data / "parts.json").exists():
        if time.monotonic() > ends:
            return
        time.sleep(0.02)
    ends = time.monotonic() + STOP_SECONDS
    while not _is_free(data / "keeper.lock"):
        if time.monotonic() > ends:
            return
        time.sleep(0.02)
    for kept, keeper in _keepers:
        if kept != data.resolve():
            continue  # that one carries on
        with contextlib.suppress(ChildProcessError):
            os.waitpid(keeper, 0)


class Watch:
    """For those that hold the servers for long: starts another keeper if it was killed. Never waits.

    Create it before `hold`, which changes the environment that says which servers are given from outside.
    """

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self.wanted = [part for name, part in _URLS.items() if name not in _given()]
        self.keeper: subprocess.Popen[bytes] | None = None
        self.pause = self.next_try = 0.0

    def look(self) -> str:
        """Describe what happened since the last call; mostly an empty string."""
        if not self.wanted or not _is_free(self.data / "keeper.lock"):
            if self.keeper is not None and self.keeper.poll() is None and _running(self.data):
                self.pause = 0.0
            return ""
        if self.keeper is not None and self.keeper.poll() is None:
            return ""
        if time.monotonic() < self.next_try:
            return ""
        self.pause = min(max(self.pause * 2, 1.0), LONGEST_PAUSE)
        self.next_try = time.monotonic() + self.pause
        self.keeper = _spawn_keeper(self.data, self.wanted)
        return "The keeper of PostgreSQL and Valkey is gone; another takes over."


def environment(data: Path) -> dict[str, str]:
    """The environment shared by this installation's processes, except the servers' addresses. Secrets are made on the
    first call.
    """
    told = {"BIND": "127.0.0.1", "PORT": "8000"} | _told_last(data)
    told |= {name: os.environ[name] for name in _TOLD if os.environ.get(name)}
    told.setdefault("PUBLIC_URL", kept_public_url(data) or f"http://localhost:{told['PORT']}")
    told.setdefault("EVIDENCE_ORIGIN", f"http://evidence.localhost:{told['PORT']}")
    return {"SATCHEL_DATA": str(data), **told, **read_secrets(data)}


_TOLD = ("BIND", "PORT", "PUBLIC_URL", "EVIDENCE_ORIGIN")


def _told_last(data: Path) -> dict[str, str]:
    """The values from the last `make up`, so that a command in another shell uses the same installation."""
    try:
        told: dict[str, str] = json.loads((data / "told.json").read_text())
    except (OSError, ValueError):
        return {}
    return told


def forget_told(data: Path) -> None:
    """Delete those values; each `make up` writes them again."""
    (data / "told.json").unlink(missing_ok=True)


def keep_told(data: Path, told: dict[str, str]) -> None:
    write_privately(data / "told.json", json.dumps({name: told[name] for name in _TOLD}))


def environment_without_parts(data: Path) -> dict[str, str]:
    """A complete environment for commands that only read code; its servers' addresses may lead nowhere."""
    nowhere = {"DATABASE_URL": "postgresql:///satchel", "REDIS_URL": "redis://localhost"}
    return {name: os.environ.get(name) or value for name, value in nowhere.items()} | environment(data)


def kept_public_url(data: Path) -> str:
    """The origin that credentials are signed with for ever, unless told otherwise; empty before the first start."""
    kept = data / "public_url"
    return kept.read_text().strip() if kept.exists() else ""


def keep_public_url(data: Path, url: str) -> None:
    """Store the origin, at the first start that has a database. Commands that only read code don't store one."""
    with _alone(data / "secrets.lock"):
        if not kept_public_url(data):
            write_privately(data / "public_url", f"{url}\n")


_SECRETS = ("KEY_ENCRYPTION_KEYS", "SECRET_KEY", "SHARE_LINK_KEY", "POSTGRES_PASSWORD")


def read_secrets(data: Path) -> dict[str, str]:
    """The secrets in `secrets.env`, created at the first start; the environment overrides them."""
    path = data / "secrets.env"
    data.mkdir(parents=True, exist_ok=True)
    with _alone(data / "secrets.lock"):
        if not path.exists():
            write_privately(path, _fresh_secrets())
    lines = (line.strip() for line in path.read_text().splitlines())
    kept = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    missing = [name for name in _SECRETS if not (kept.get(name) or os.environ.get(name))]
    if missing:
        raise NoParts(f"{path} no longer holds {', '.join(missing)}. Put it back from its backup.")
    return {name: os.environ.get(name) or value for name, value in kept.items()}


def _fresh_secrets() -> str:
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    lines = ["# Back this file up: without KEY_ENCRYPTION_KEYS no credential can be signed again."]
    lines += [f"{name}={f'k1:{key}' if name == _SECRETS[0] else secrets.token_urlsafe(48)}" for name in _SECRETS]
    return "\n".join(lines) + "\n"


def write_privately(path: Path, text: str) -> None:
    """Write the file atomically, readable by its owner only."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)


def open_log(path: Path) -> IO[bytes]:
    """Open a log for appending; one that has grown long is first moved aside to a single `.old` file."""
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > LONGEST_LOG:
            path.replace(path.with_name(f"{path.name}.old"))
    return open(path, "ab")


def socket_folder(data: Path) -> Path:
    """The folder of the servers' sockets; under /tmp if the path is too long for one or would need quoting in a URL."""
    folder = data / "run"
    if len(str(folder / SOCKET_NAME)) > LONGEST_SOCKET or not PLAIN_PATH.fullmatch(str(folder)):
        name = hashlib.sha256(str(data).encode()).hexdigest()[:12]
        folder = Path("/tmp", f"satchel-{os.getuid()}-{name}")  # noqa: S108 - made with mode 0700 below, and checked
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.is_symlink():
        raise NoParts(f"{folder} belongs to somebody else. Set SATCHEL_DATA to a shorter path.")
    return folder


def database_url(data: Path, folder: Path, database: str = "satchel") -> str:
    password = read_secrets(data)["POSTGRES_PASSWORD"]
    return f"postgresql://satchel:{password}@/{database}?host={quote(str(folder), safe='')}"


def broker_url(folder: Path) -> str:
    return f"redis+socket://{folder}/valkey.sock"


def _running(data: Path) -> dict[str, str] | None:
    """The live keeper's addresses, or None. It writes the file once everything answers, and removes it before
    stopping.
    """
    try:
        found = json.loads((data / "parts.json").read_text())
        os.kill(found["keeper"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return None if _is_free(data / "keeper.lock") else found["urls"]


def _start(data: Path, wanted: list[str]) -> dict[str, str]:
    """Start a keeper, or wait for the one that another holder is starting or that is recovering a server."""
    with _alone(data / "start.lock"):
        keeper = None
        ends, told = time.monotonic() + START_SECONDS, False
        while time.monotonic() < ends:
            if (data / IN_ORDER).exists() and not _is_free(data / "keeper.lock"):
                ends = time.monotonic() + START_SECONDS
                if not told:
                    print("  PostgreSQL is still putting its files in order …", file=sys.stderr, flush=True)
                told = True
            if found := _running(data):
                if keeper is not None:
                    keeper.returncode = 0  # it outlives us on purpose, without a warning
                return found
            if keeper is not None and keeper.poll() not in {None, LOST_THE_RACE}:
                break
            if _is_free(data / "keeper.lock") and (keeper is None or keeper.poll() is not None):
                keeper = _spawn_keeper(data, wanted)
            time.sleep(0.02)
        path = data / "keeper.log"
        words = path.read_text(errors="replace").strip().splitlines()
        raise NoParts("\n".join(["The parts did not start:", *words[-6:], f"The whole log is in {path}."]))


def _spawn_keeper(data: Path, wanted: list[str]) -> subprocess.Popen[bytes]:
    with open_log(data / "keeper.log") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "config.parts.keeper", str(data), *wanted],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _keepers.append((data.resolve(), keeper.pid))
    return keeper


def open_lock(path: Path) -> IO[bytes]:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return open(path, "a+b")
    except PermissionError as error:
        raise NoParts(f"{error.filename} can't be written by you. Make it yours, or set SATCHEL_DATA.") from None


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[IO[bytes]]:
    with open(path, "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _is_free(path: Path) -> bool:
    with open(path, "a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
