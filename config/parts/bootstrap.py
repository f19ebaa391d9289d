"""From a clean checkout to a complete Python environment: `python3 -m config.parts.bootstrap up|test|manage|…`.

Runs under the system's own Python with nothing installed; each step is skipped if its inputs are unchanged.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST_NODE = 20
APT = "apt-get install python3 python3-venv"


def main() -> None:
    what, *rest = sys.argv[1:]
    if sys.version_info < (3, 11):  # noqa: UP036 - the system's own Python runs this, whatever it is
        sys.exit(f"Satchel needs Python 3.11 or newer with venv: {APT}")
    # A dozen of our processes read the same code: it is compiled once, whatever this machine's default.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    requirements = ["base", "embedded"] + (
        ["dev"] if what in {"test", "check", "bench", "format", "messages", "requirements", "screenshots"} else []
    )
    try:
        with _alone():
            make_venv()
            install(requirements)
            compile_catalogues()
            build_front()
    except KeyboardInterrupt:
        sys.exit(130)
    except PermissionError as error:
        sys.exit(f"{error.filename} can't be written by you. Make this folder yours, or clone it anew.")
    program = ["manage.py"] if what == "manage" else ["-m", f"config.parts.{what}"]
    os.execv(PYTHON, [str(PYTHON), *program, *rest])  # noqa: S606 - no shell is wanted


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold a lock: two makes at once would install into each other's half-made .venv."""
    folder = ROOT / ".satchel"
    folder.mkdir(mode=0o700, exist_ok=True)
    with open(folder / "bootstrap.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_venv() -> None:
    """Make the virtual environment; again if its Python is gone or the folder was moved, which breaks its paths."""
    made_for = VENV / "made-for"
    here = f"{VENV}\n"
    if PYTHON.exists() and made_for.exists() and made_for.read_text() == here:
        return
    with Step("Making .venv"):
        shutil.rmtree(VENV, ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(f"Python has no venv here: {APT}\n" + (made.stdout + made.stderr).strip()[-400:])
    made_for.write_text(here)


def install(names: list[str]) -> None:
    """Install the compiled, hashed requirements with uv, which is itself installed by hash."""
    files = [ROOT / "requirements" / f"{name}.txt" for name in names]
    stamps = {path: VENV / f"{path.stem}.installed" for path in files}
    stale = [path for path, stamp in stamps.items() if not _is_fresh(stamp, [path])]
    if not stale:
        return
    with Step(f"Installing {', '.join(path.stem for path in stale)}"):
        tools = ROOT / "requirements" / "tools.txt"
        quiet = ["-q", "--disable-pip-version-check", "--require-hashes", "-r", str(tools)]
        _run([str(PYTHON), "-m", "pip", "install", *quiet])
        _install_by_uv(stale)
    for path in stale:
        _stamp(stamps[path], [path])


def compile_catalogues() -> None:
    """Compile the translations, from the files that people edit to those that Django reads."""
    locale = ROOT / "config" / "locale"
    source = [*sorted(locale.rglob("*.po")), ROOT / "config" / "parts" / "catalogues.py"]
    stamp = VENV / "catalogues.compiled"
    if _is_fresh(stamp, source) and all(path.with_name("django.mo").exists() for path in source[:-1]):
        return
    with Step("Compiling the languages"):
        _run([str(PYTHON), "-m", "config.parts.catalogues"], cwd=ROOT)
    _stamp(stamp, source)


def build_front() -> None:
    static = ROOT / "static"
    source = [static / "package-lock.json", static / "build.mjs", static / "icons.txt"]
    source += [ROOT / "apps" / "issuers" / "art" / "icons" / "icons.json"]
    source += sorted((static / "src").rglob("*.*css")) + sorted((static / "src").rglob("*.js"))
    built, fetched = static / "dist" / ".built", static / "node_modules" / ".fetched"
    if _is_fresh(built, source):
        return
    path = os.environ["PATH"]
    if not _has_node():
        with Step("Installing Node"):
            _install_by_uv([ROOT / "requirements" / "node.txt"])
        path = f"{VENV / 'bin'}:{path}"
    environment = os.environ | {"PATH": path}
    if not _is_fresh(fetched, source[:1]):
        with Step("Fetching what the pages are made of"):
            _run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=static, env=environment)
        _stamp(fetched, source[:1])
    with Step("Building the front end"):
        _run(["npm", "run", "--silent", "build"], cwd=static, env=environment)
    _stamp(built, source)


class Step:
    """Shows a slow step and how long it took; on a terminal the seconds count up meanwhile."""

    def __init__(self, words: str, *, ticking: bool = True) -> None:
        self.words = words
        self.ticking = ticking and sys.stdout.isatty()
        self.over = threading.Event()

    def __enter__(self) -> None:
        self.began = time.monotonic()
        if self.ticking:
            self.clock = threading.Thread(target=self._tick, daemon=True)
            self.clock.start()
        else:
            print(f"  {self.words} …", flush=True)

    def __exit__(self, *error: object) -> None:
        self.over.set()
        if self.ticking:
            self.clock.join()
            print("\r\033[K", end="")
        if error[0] is None:
            print(f"  {self.words}: {self._seconds():.1f} s", flush=True)

    def _tick(self) -> None:
        while True:
            print(f"\r\033[K  {self.words} … {self._seconds():.0f} s", end="", flush=True)
            if self.over.wait(1):
                return

    def _seconds(self) -> float:
        return time.monotonic() - self.began


def _install_by_uv(files: list[Path]) -> None:
    # Copies work everywhere; a cache on another disk would make uv warn on every run.
    options = ["-q", "--link-mode=copy", "--require-hashes", "--python", str(PYTHON)]
    named = [word for path in files for word in ("-r", str(path))]
    _run([str(VENV / "bin" / "uv"), "pip", "install", *options, *named])


def _has_node() -> bool:
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    found = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    return found.startswith("v") and int(found[1:].split(".")[0]) >= OLDEST_NODE


def _run(command: list[str], **options: object) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command[:4]))} … failed:\n{(done.stdout + done.stderr).strip()[-3000:]}")


def _sum(files: list[Path]) -> str:
    total = hashlib.sha256()
    for path in files:
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()


def _is_fresh(stamp: Path, files: list[Path]) -> bool:
    return stamp.exists() and stamp.read_text() == _sum(files)


def _stamp(stamp: Path, files: list[Path]) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(_sum(files))


if __name__ == "__main__":
    main()
