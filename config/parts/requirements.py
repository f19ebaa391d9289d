"""`make requirements`: compile the requirements, for every platform and with hashes."""

import subprocess

from config.parts.bootstrap import ROOT, VENV

OPTIONS = [
    "--universal",
    "--generate-hashes",
    "--python-version",
    "3.11",
    "--no-emit-index-url",
    "--quiet",
    "--upgrade",
]

if __name__ == "__main__":
    for name in ("tools", "node", "base", "embedded", "dev"):
        subprocess.run(
            [
                *(
                    str(VENV / "bin" / "uv"),
                    "pip",
                    "compile",
                    *OPTIONS,
                    "--custom-compile-command",
                    "make requirements",
                ),
                *(f"requirements/{name}.in", "-o", f"requirements/{name}.txt"),
            ],
            cwd=ROOT,
            check=True,
        )
