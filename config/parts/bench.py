"""`make bench-<name>`: runs tests/load/bench_<name>.py on its own servers and prints the measurements.

`make chaos` runs tests/load/chaos.py, which kills its servers: nothing else uses them.
"""

from __future__ import annotations

import os
import subprocess
import sys

from config.parts import hold
from config.parts.bootstrap import ROOT


def main() -> None:
    name = sys.argv[1]
    module, parts = ("chaos", "chaos") if name == "chaos" else (f"bench_{name}", "bench")
    if not (ROOT / "tests" / "load" / f"{module}.py").exists():
        known = sorted(path.stem.removeprefix("bench_") for path in (ROOT / "tests" / "load").glob("bench_*.py"))
        sys.exit(f"There is no benchmark “{name}”. There is: {', '.join(known)}.")
    for given in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL"):
        os.environ.pop(given, None)
    with hold(ROOT / ".satchel" / parts, own_only=True) as told:
        done = subprocess.run(
            [sys.executable, "-m", f"tests.load.{module}", *sys.argv[2:]],
            cwd=ROOT,
            env=os.environ | told | {"DJANGO_SETTINGS_MODULE": "config.settings.test", "LOG_LEVEL": "ERROR"},
            check=False,
        )
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
