"""Holding the parts: whoever needs them holds a shared lock; the last to let go, or to die, stops them."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import json
import os
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
LONGEST_SOCKET = 107
SOCKET_NAME = ".s.PGSQL.5432"


@contextlib.contextmanager
def hold(data: Path, *, own_only: bool = False) -> Iterator[dict[str, str]]:
    """Have the parts running within the block; yields the environment that a Satchel process needs.

    DATABASE_URL and REDIS_URL in the environment name servers that are used instead, unless `own_only`.
    """
    data.mkdir(parents=True, exist_ok=True)
    given = {} if own_only else {name: os.environ[name] for name in _URLS if os.environ.get(name)}
    wanted = [part for name, part in _URLS.items() if name not in given]
    with open(data / "holders.lock", "a+b") as held:
        # While the last keeper is stopping the parts it holds this lock alone, and we wait here.
        fcntl.flock(held, fcntl.LOCK_SH)
        urls = dict(given)
        if wanted:
            found = _running(data) or _start(data, wanted)
            for part in wanted:
                if part not in found:
                    raise NoParts(f"The parts run without {part} for somebody else. Stop that first.")
            urls |= {name: found[part] for name, part in _URLS.items() if part in wanted}
        yield environment(data) | urls


_URLS = {"DATABASE_URL": "postgres", "REDIS_URL": "valkey"}


def environment(data: Path) -> dict[str, str]:
    """What every process of this installation is told, but where its servers are. Secrets are made on the first call."""
    port = os.environ.get("PORT") or "8000"
    listener = os.environ.get("BIND") or "127.0.0.1"
    return {
        "SATCHEL_DATA": str(data),
        "PORT": port,
        "BIND": listener,
        "PUBLIC_URL": public_url(data, port),
        "EVIDENCE_ORIGIN": os.environ.get("EVIDENCE_ORIGIN") or f"http://evidence.localhost:{port}",
        **read_secrets(data),
    }


def environment_without_parts(data: Path) -> dict[str, str]:
    """For what only reads code: complete, though nothing answers where its servers are said to be."""
    nowhere = {"DATABASE_URL": "postgresql:///satchel", "REDIS_URL": "redis://localhost"}
    return {name: os.environ.get(name) or value for name, value in nowhere.items()} | environment(data)


def public_url(data: Path, port: str) -> str:
    """The origin that credentials are signed with: asked for, or that of the first start for ever."""
    if os.environ.get("PUBLIC_URL"):
        return os.environ["PUBLIC_URL"]
    kept = data / "public_url"
    data.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError), open(kept, "x") as file:
        file.write(f"http://localhost:{port}\n")
    return kept.read_text().strip()


def read_secrets(data: Path) -> dict[str, str]:
    """What is in `secrets.env`, made with the first start; what stands in the environment goes before it."""
    path = data / "secrets.env"
    data.mkdir(parents=True, exist_ok=True)
    with _alone(data / "secrets.lock"):
        if not path.exists():
            unfinished = data / f"secrets.{os.getpid()}"
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write("# Back this file up: without KEY_ENCRYPTION_KEYS no credential can be signed again.\n")
                key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
                file.write(f"KEY_ENCRYPTION_KEYS=k1:{key}\n")
                for name in ("SECRET_KEY", "SHARE_LINK_KEY", "POSTGRES_PASSWORD"):
                    file.write(f"{name}={secrets.token_urlsafe(48)}\n")
            unfinished.replace(path)
    lines = (line.strip() for line in path.read_text().splitlines())
    kept = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name: os.environ.get(name) or value for name, value in kept.items()}


def socket_folder(data: Path) -> Path:
    """Where the servers listen; elsewhere when the path would be too long for a socket."""
    folder = data / "run"
    if len(str(folder / SOCKET_NAME)) > LONGEST_SOCKET:
        name = hashlib.sha256(str(data).encode()).hexdigest()[:12]
        folder = Path("/tmp", f"satchel-{os.getuid()}-{name}")  # noqa: S108 - made with mode 0700 below, and checked
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid not in {os.getuid(), 65534}:
        raise NoParts(f"{folder} belongs to somebody else. Set SATCHEL_DATA to a shorter path.")
    return folder


def database_url(data: Path, database: str = "satchel") -> str:
    password = read_secrets(data)["POSTGRES_PASSWORD"]
    return f"postgresql://satchel:{password}@/{database}?host={quote(str(socket_folder(data)), safe='')}"


def broker_url(data: Path) -> str:
    return f"redis+socket://{socket_folder(data)}/valkey.sock"


def _running(data: Path) -> dict[str, str] | None:
    """What the living keeper serves, or None. It writes the file once everything answers and removes it before it stops."""
    try:
        found = json.loads((data / "parts.json").read_text())
        os.kill(found["keeper"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return None if _is_free(data / "keeper.lock") else found["urls"]


def _start(data: Path, wanted: list[str]) -> dict[str, str]:
    """Start a keeper, or wait for the one that another holder is starting."""
    with _alone(data / "start.lock"):
        if found := _running(data):
            return found
        log_path = data / "keeper.log"
        with open(log_path, "ab") as log:
            keeper = subprocess.Popen(
                [sys.executable, "-m", "config.parts.keeper", str(data), *wanted],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends:
            if found := _running(data):
                keeper.returncode = 0  # it outlives us on purpose; nobody waits for it
                return found
            if keeper.poll() is not None:
                break
            time.sleep(0.02)
        words = log_path.read_text(errors="replace").strip().splitlines()
        raise NoParts("\n".join(["The parts did not start:", *words[-6:], f"The whole log is in {log_path}."]))


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[IO[bytes]]:
    with open(path, "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _is_free(path: Path) -> bool:
    with open(path, "a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
