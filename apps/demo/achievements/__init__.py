"""The thirteen achievements that can be earned in the demo, in the order in which they were first published."""

from apps.demo.achievements import facts, judged
from apps.demo.achievements.judged import EXPLAINING, RUNNING, SHOWING
from apps.demo.achievements.kowhai_ridge import CLIP, GEAR, SHEARING
from apps.demo.achievements.lantern_street import INTERPRETING, STREAM
from apps.demo.achievements.longwater_care import MEDICINES, MOVING, NOTICING
from apps.demo.achievements.longwater_digital import TABLE, WEB_PAGE

ACHIEVEMENTS = (
    *(GEAR, SHEARING, MOVING, STREAM, CLIP, MEDICINES, WEB_PAGE, TABLE, INTERPRETING),
    *(SHOWING, RUNNING, EXPLAINING, NOTICING),
)
FACTS = {**facts.FACTS, **judged.FACTS}

__all__ = [
    "ACHIEVEMENTS",
    "CLIP",
    "EXPLAINING",
    "FACTS",
    "GEAR",
    "INTERPRETING",
    "MEDICINES",
    "MOVING",
    "NOTICING",
    "RUNNING",
    "SHEARING",
    "SHOWING",
    "STREAM",
    "TABLE",
    "WEB_PAGE",
]
