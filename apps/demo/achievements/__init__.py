"""The sixteen achievements that can be earned in the demo, in the order in which they were first published."""

from apps.demo.achievements import facts, judged, whole
from apps.demo.achievements.judged import EXPLAINING, RUNNING, SHOWING
from apps.demo.achievements.kowhai_ridge import CLIP, GEAR, SHEARING
from apps.demo.achievements.lantern_street import INTERPRETING, STREAM
from apps.demo.achievements.longwater_care import MEDICINES, MOVING, NOTICING
from apps.demo.achievements.longwater_digital import TABLE, WEB_PAGE
from apps.demo.achievements.whole import LEADING, WOOL_ROOM, WOOLSHED

ACHIEVEMENTS = (
    *(GEAR, SHEARING, MOVING, STREAM, CLIP, MEDICINES, WEB_PAGE, TABLE, INTERPRETING),
    *(SHOWING, RUNNING, EXPLAINING, NOTICING, LEADING, WOOL_ROOM, WOOLSHED),
)
FACTS = {**facts.FACTS, **judged.FACTS, **whole.FACTS}

__all__ = [
    "ACHIEVEMENTS",
    "CLIP",
    "EXPLAINING",
    "FACTS",
    "GEAR",
    "INTERPRETING",
    "LEADING",
    "MEDICINES",
    "MOVING",
    "NOTICING",
    "RUNNING",
    "SHEARING",
    "SHOWING",
    "STREAM",
    "TABLE",
    "WEB_PAGE",
    "WOOLSHED",
    "WOOL_ROOM",
]
