"""Read hostile files in a separate process with little memory and time, so that the worker survives them."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import IO, TYPE_CHECKING

from apps.submissions.copying.common import Copy, NoCopy, Why
from apps.submissions.copying.makers import RECORDINGS, maker_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_MEMORY = 2 * 1024 * 1024 * 1024
MOST_SECONDS = 120
# On a busy machine, more wall-clock time passes than CPU time.
LONGEST_WAIT = 4 * MOST_SECONDS
MOST_WRITTEN = 500 * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[3]
# It reads only its own code and the two files it is given: no settings, no keys.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def copy(media_type: str, original: IO[bytes], into: IO[bytes]) -> Copy:
    """Copy `original`, which may be in any storage, into a local file."""
    with _here(original) as here:
        ends = here.fileno(), into.fileno()
        command = [sys.executable, "-m", "apps.submissions.copying", media_type, *map(str, ends)]
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                command,
                cwd=_ROOT,
                env=_ENVIRONMENT,
                pass_fds=ends,
                capture_output=True,
                timeout=LONGEST_WAIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NoCopy(Why.TOO_MUCH) from None
    if done.returncode < 0:
        # It exceeded its limits, or crashed on what it read.
        raise NoCopy(Why.TOO_MUCH)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    told = json.loads(done.stdout)
    if "why" in told:
        raise NoCopy(Why(told["why"]))
    return Copy(**told)


@contextmanager
def _here(original: IO[bytes]) -> Iterator[IO[bytes]]:
    """The bytes in a local file. A local original is opened again instead of copied: films are long."""
    with ExitStack() as stack:
        try:
            here: IO[bytes] = stack.enter_context(open(f"/proc/self/fd/{original.fileno()}", "rb"))
        except (AttributeError, OSError):
            here = stack.enter_context(tempfile.TemporaryFile())
            copyfileobj(original, here)
            here.flush()
        yield here


def main() -> None:
    """The child process: sets its own limits before it opens anything."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    media_type, source, target = sys.argv[1:]
    # The copy of a film is as long as the original.
    written = max(MOST_WRITTEN, os.fstat(int(source)).st_size) if media_type in RECORDINGS else MOST_WRITTEN
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    try:
        with open(int(source), "rb") as original, open(int(target), "w+b", closefd=False) as into:
            original.seek(0)
            told = vars(maker_of(media_type)(original, into))
    except NoCopy as answer:
        told = {"why": answer.why}
    except (MemoryError, RecursionError):
        told = {"why": Why.TOO_MUCH}
    print(json.dumps(told))  # noqa: T201 - to the parent process
