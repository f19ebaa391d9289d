"""The assessor's queue and desk; and, for everybody, an achievement's page."""

from apps.reviews.views.achievements import achievement, preview_design
from apps.reviews.views.appeals import appeals, appeals_csv, lodge_appeal, withdraw_appeal
from apps.reviews.views.consequences import consequences, see_to
from apps.reviews.views.desk import desk
from apps.reviews.views.judges import set_assessor_badge
from apps.reviews.views.leases import give_back, take, take_next
from apps.reviews.views.marking import decide, return_unscored
from apps.reviews.views.queue import queue
from apps.reviews.views.thread import hold_talk, write_message

__all__ = [
    "achievement",
    "appeals",
    "appeals_csv",
    "consequences",
    "decide",
    "desk",
    "give_back",
    "hold_talk",
    "lodge_appeal",
    "preview_design",
    "queue",
    "return_unscored",
    "see_to",
    "set_assessor_badge",
    "take",
    "take_next",
    "withdraw_appeal",
    "write_message",
]
