"""Programs that give way to others."""

import subprocess
import sys
from pathlib import Path

from config.parts.aside import aside

GROUP = Path("/proc/self/autogroup")
ASKED = f"""
import os, pathlib
group = pathlib.Path("{GROUP}")
print(os.nice(0), *(group.read_text().split() if group.exists() else ()))
"""


def told_of(prefix, **how):
    """The niceness of a process, then that of its session's group: `7 /autogroup-12 nice 7`."""
    done = subprocess.run([*prefix, sys.executable, "-c", ASKED], capture_output=True, text=True, check=True, **how)
    own, *group = done.stdout.split()
    return [own, *group[1:]]


def test_what_leads_a_session_gives_way_to_other_sessions_too():
    of_group = ["nice", "7"] if GROUP.exists() else []

    assert told_of(aside("7"), start_new_session=True) == ["7", *of_group]


def test_what_shares_a_session_leaves_the_others_in_it_as_they_were():
    _own, *of_group = told_of([])

    assert told_of(aside("7")) == ["7", *of_group]
