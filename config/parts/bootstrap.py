"""From a clean checkout to a Python that has everything: `python3 -m config.parts.bootstrap up|test|…`.

Runs under the system's own Python with nothing installed; each step is passed over when what it stands on is unchanged.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST_NODE = 20


def main() -> None:
    what, *rest = sys.argv[1:]
    if sys.version_info < (3, 11):  # noqa: UP036 - the system's own Python runs this, whatever it is
        sys.exit("Satchel needs Python 3.11 or newer: apt-get install python3 python3-venv")
    requirements = ["base", "embedded"] + (
        ["dev"] if what in {"test", "check", "bench", "format", "requirements", "screenshots"} else []
    )
    make_venv()
    install(requirements)
    build_front()
    os.execv(PYTHON, [str(PYTHON), "-m", f"config.parts.{what}", *rest])  # noqa: S606 - no shell is wanted


def make_venv() -> None:
    if (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    ):
        return
    with Step("Making .venv"):
        shutil.rmtree(VENV, ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("Python has no venv here: apt-get install python3-venv\n" + made.stdout[-400:])


def install(names: list[str]) -> None:
    """The compiled, hashed requirements, by uv, which is itself installed by its hash."""
    files = [ROOT / "requirements" / f"{name}.txt" for name in names]
    stamps = {path: VENV / f"{path.stem}.installed" for path in files}
    stale = [path for path, stamp in stamps.items() if not _is_fresh(stamp, [path])]
    if not stale:
        return
    with Step(f"Installing {', '.join(path.stem for path in stale)}"):
        tools = ROOT / "requirements" / "tools.txt"
        quiet = ["-q", "--disable-pip-version-check", "--require-hashes", "-r", str(tools)]
        _run([str(PYTHON), "-m", "pip", "install", *quiet])
        _run(
            [str(VENV / "bin" / "uv"), "pip", "install", "-q", "--python", str(PYTHON), *_links(), "--require-hashes"]
            + [word for path in stale for word in ("-r", str(path))]
        )
    for path in stale:
        _stamp(stamps[path], [path])


def build_front() -> None:
    static = ROOT / "static"
    source = [static / "package-lock.json", static / "build.mjs", static / "icons.txt"]
    source += sorted((static / "src").rglob("*.*css")) + sorted((static / "src").rglob("*.js"))
    built, fetched = static / "dist" / ".built", static / "node_modules" / ".fetched"
    if _is_fresh(built, source):
        return
    path = os.environ["PATH"]
    if not _has_node():
        with Step("Installing Node"):
            node = ROOT / "requirements" / "node.txt"
            _run(
                [
                    str(VENV / "bin" / "uv"),
                    "pip",
                    "install",
                    "-q",
                    "--python",
                    str(PYTHON),
                    *_links(),
                    "--require-hashes",
                    "-r",
                    str(node),
                ]
            )
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
    """Says what takes a while, and how long it took."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __enter__(self) -> None:
        self.began = time.monotonic()
        print(f"  {self.words} …", flush=True)

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            print(f"  {self.words}: {time.monotonic() - self.began:.1f} s", flush=True)


def _links() -> list[str]:
    # Copies work everywhere; a cache on another disk would make uv warn on every run.
    return ["--link-mode=copy"]


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
    total = hashlib.sha256(sys.version.encode())
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
