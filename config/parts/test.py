"""`make test`: static checks first, then all tests, on servers of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from config.parts import chromium, environment_without_parts
from config.parts.bootstrap import ROOT, Step

BIN = ROOT / ".venv" / "bin"
TEMPLATES = "templates"
CHECKS = {
    "Style": [["ruff", "check", "-q", "."], ["ruff", "format", "-q", "--check", "."]],
    "Templates": [
        ["djade", "--check", "--target-version", "5.2"],
        ["djhtml", "--check", TEMPLATES],
        ["djlint", "--lint", "--quiet", TEMPLATES],
    ],
    "Imports": [["lint-imports", "--no-cache"]],
    "Types": [["mypy"]],
    "Migrations": [["python", "manage.py", "makemigrations", "--check", "--dry-run"]],
}


def main() -> None:
    os.chdir(ROOT)
    for name in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "PORT", "BIND"):
        os.environ.pop(name, None)
    began = time.monotonic()
    whole_product = "--a11y" in sys.argv
    failed = [] if whole_product else [name for name, commands in CHECKS.items() if not _check(name, commands)]
    if failed:
        sys.exit(f"Not well: {', '.join(failed)}.")
    if "--check" in sys.argv:
        return
    browser = _have_chromium()
    if not browser:
        words = "NO CHROMIUM: THE BROWSER TESTS ARE SKIPPED (apt-get install chromium)"
        if os.environ.get("CI") == "true":
            sys.exit(words)
        print(f"\n  *** {words} ***\n", flush=True)
    node = _node_path()
    if node:
        os.environ["PATH"] = f"{node}:{os.environ['PATH']}"
    # A file's tests share what one process has built; tests/spread.py assigns files to processes.
    which = ["-n", os.environ.get("TEST_PROCESSES", "2"), "--dist", "loadfile", "--no-loadscope-reorder"]
    if whole_product:
        which = ["-n", "0", "-s", "tests/e2e/whole_product.py"]
    tested = subprocess.run(
        [str(BIN / "python"), "-m", "pytest", "-q", *which],
        env=os.environ | {"SATCHEL_BROWSER": "yes" if browser else "no"},
        check=False,
    )
    print(f"  Checked and tested in {time.monotonic() - began:.0f} s.", flush=True)
    sys.exit(tested.returncode)


def _check(name: str, commands: list[list[str]]) -> bool:
    # mypy's plug-in reads the settings, as manage.py does; nothing here contacts a server.
    told = os.environ | environment_without_parts(ROOT / ".satchel" / "test")
    with Step(name):
        for program, *arguments in commands:
            if program == "djade":
                arguments += [str(path) for path in sorted(Path(TEMPLATES).rglob("*.html"))]
            done = subprocess.run(
                [str(BIN / program), *arguments], env=told, capture_output=True, text=True, check=False
            )
            if done.returncode:
                print((done.stdout + done.stderr).strip()[-6000:], flush=True)
                return False
    return True


def _have_chromium() -> bool:
    if chromium.find():
        return True
    if os.getuid() != 0 or not shutil.which("apt-get"):
        return False
    with Step("Installing Debian's chromium for the browser tests"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], env=environment, check=False, **quiet)
        for name in chromium.NAMES:
            install = ["apt-get", "install", "-q", "-y", "--no-install-recommends", name, "fonts-noto-core"]
            if subprocess.run(install, env=environment, check=False, **quiet).returncode == 0:
                break
    return chromium.find() is not None


def _node_path() -> str:
    """The folder of Node for the conformance tests' verifier, if the system has none: the wheel's."""
    return "" if shutil.which("node") else str(BIN)


if __name__ == "__main__":
    main()
