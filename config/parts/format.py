"""`make format`."""

import subprocess
from pathlib import Path

from config.parts.bootstrap import ROOT, VENV

if __name__ == "__main__":
    templates = [str(path) for path in sorted(Path(ROOT, "templates").rglob("*.html"))]
    for command in (
        ["ruff", "check", "-q", "--fix", "."],
        ["ruff", "format", "-q", "."],
        ["djade", "--target-version", "5.2", *templates],
        ["djhtml", "templates"],
    ):
        subprocess.run([str(VENV / "bin" / command[0]), *command[1:]], cwd=ROOT, check=False)
