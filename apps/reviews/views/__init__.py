"""The assessor's queue and desk; and, for everybody, an achievement's page."""

from apps.reviews.views.achievements import achievement, preview_design
from apps.reviews.views.desk import desk
from apps.reviews.views.handing_out import hand_out
from apps.reviews.views.leases import give_back, take, take_next
from apps.reviews.views.marking import decide, return_unscored
from apps.reviews.views.queue import forget_view, queue, queue_csv, save_view
from apps.reviews.views.thread import hold_talk, write_message
from apps.reviews.views.workload import workload, workload_csv

__all__ = [
    "achievement",
    "decide",
    "desk",
    "forget_view",
    "give_back",
    "hand_out",
    "hold_talk",
    "preview_design",
    "queue",
    "queue_csv",
    "return_unscored",
    "save_view",
    "take",
    "take_next",
    "workload",
    "workload_csv",
    "write_message",
]
