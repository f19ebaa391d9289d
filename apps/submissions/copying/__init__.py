"""Make copies of files to view: without their author's name, place and device, and without active content.

Each type of file has a module with a function that reads one open file and writes another. It raises `NoCopy` if no
safe copy can be made. `apart` runs it in a separate process. Nothing here knows about the database or Django, and
nothing here writes to the original.
"""

from apps.submissions.copying.apart import copy
from apps.submissions.copying.common import Copy, NoCopy, Why
from apps.submissions.copying.makers import KINDS, MAKERS, RECORDINGS

__all__ = ["KINDS", "MAKERS", "RECORDINGS", "Copy", "NoCopy", "Why", "copy"]
