"""The assessor's queue and desk; and, for everybody, an achievement's page."""

from apps.reviews.views.achievements import achievement, preview_design
from apps.reviews.views.desk import desk
from apps.reviews.views.granting import grant, pass_back
from apps.reviews.views.leases import give_back, keep, take, take_next, take_over
from apps.reviews.views.marking import decide, return_unscored
from apps.reviews.views.moderating import agree, answer_appeal, ask_again, change_decision
from apps.reviews.views.queue import queue
from apps.reviews.views.recusing import recognise, recuse
from apps.reviews.views.story import story, story_csv, story_json
from apps.reviews.views.thread import hold_talk, write_message

__all__ = [
    "achievement",
    "agree",
    "answer_appeal",
    "ask_again",
    "change_decision",
    "decide",
    "desk",
    "give_back",
    "grant",
    "hold_talk",
    "keep",
    "pass_back",
    "preview_design",
    "queue",
    "recognise",
    "recuse",
    "return_unscored",
    "story",
    "story_csv",
    "story_json",
    "take",
    "take_next",
    "take_over",
    "write_message",
]
