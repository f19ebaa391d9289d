"""Judges that are not ours: verifiers of credentials on Node, and axe for pages. Fetched once, where they are needed."""

import fcntl
import json
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"


def fetched():
    """The folder of modules, with what the lock file names in it. Processes of a parallel run wait for each other."""
    with open(HERE / "package-lock.json") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = json.load(lock)["packages"]
        installed = MODULES / ".package-lock.json"
        there = json.loads(installed.read_text())["packages"] if installed.exists() else {}
        if there != {name: one for name, one in wanted.items() if name}:
            command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
            subprocess.run(command, cwd=HERE, check=True)
    return MODULES


def axe():
    """The source of axe, to be put into a page."""
    return (fetched() / "axe-core" / "axe.min.js").read_text()
