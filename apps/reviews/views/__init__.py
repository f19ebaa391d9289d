"""The assessor's queue and desk; and, for everybody, an achievement's page."""

from apps.reviews.views.achievements import achievement, preview_design
from apps.reviews.views.desk import desk, evidence
from apps.reviews.views.leases import give_back, take, take_next
from apps.reviews.views.marking import decide, return_unscored
from apps.reviews.views.queue import queue
from apps.reviews.views.thread import hold_talk, write_message

__all__ = [
    "achievement",
    "decide",
    "desk",
    "evidence",
    "give_back",
    "hold_talk",
    "preview_design",
    "queue",
    "return_unscored",
    "take",
    "take_next",
    "write_message",
]
