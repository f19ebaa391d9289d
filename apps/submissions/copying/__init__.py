"""Copies of files for who looks at them: without their maker's name, place and device, and without what could act.

Each sort of file has a module, with one function: it reads an open file and writes into another. It raises `NoCopy` where
none can be made safely. `apart` runs it in a process of its own. Nothing here knows of rows, or of Django, and nothing
here writes to the original.
"""

from apps.submissions.copying.apart import copy
from apps.submissions.copying.common import Copy, NoCopy, Why
from apps.submissions.copying.makers import KINDS, MAKERS, RECORDINGS

__all__ = ["KINDS", "MAKERS", "RECORDINGS", "Copy", "NoCopy", "Why", "copy"]
