"""`make bench-<name>`: runs tests/load/bench_<name>.py on parts of its own and prints what it measured."""

from __future__ import annotations

import os
import subprocess
import sys

from config.parts import hold
from config.parts.bootstrap import ROOT


def main() -> None:
    name = sys.argv[1]
    if not (ROOT / "tests" / "load" / f"bench_{name}.py").exists():
        known = sorted(path.stem.removeprefix("bench_") for path in (ROOT / "tests" / "load").glob("bench_*.py"))
        sys.exit(f"There is no benchmark “{name}”. There is: {', '.join(known)}.")
    for given in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL"):
        os.environ.pop(given, None)
    with hold(ROOT / ".satchel" / "bench", own_only=True) as told:
        done = subprocess.run(
            [sys.executable, "-m", f"tests.load.bench_{name}", *sys.argv[2:]],
            cwd=ROOT,
            env=os.environ | told | {"DJANGO_SETTINGS_MODULE": "config.settings.test", "LOG_LEVEL": "ERROR"},
            check=False,
        )
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
