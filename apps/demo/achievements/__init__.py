"""The ten achievements that can be earned in the demo, in the order in which they were first published."""

from apps.demo.achievements.kowhai_ridge import CLIP, GEAR, SHEARING
from apps.demo.achievements.lantern_street import INTERPRETING, STREAM
from apps.demo.achievements.longwater_care import MEDICINES, MOVING, NOTICING
from apps.demo.achievements.longwater_digital import TABLE, WEB_PAGE

ACHIEVEMENTS = (GEAR, SHEARING, MOVING, STREAM, CLIP, MEDICINES, WEB_PAGE, TABLE, INTERPRETING, NOTICING)

__all__ = [
    "ACHIEVEMENTS",
    "CLIP",
    "GEAR",
    "INTERPRETING",
    "MEDICINES",
    "MOVING",
    "NOTICING",
    "SHEARING",
    "STREAM",
    "TABLE",
    "WEB_PAGE",
]
