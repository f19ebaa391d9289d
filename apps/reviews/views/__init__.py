"""The assessor's queue and desk; and, for everybody, an achievement's page."""

from apps.reviews.views.achievements import achievement, preview_design
from apps.reviews.views.appeals import appeals, appeals_csv, lodge_appeal, withdraw_appeal
from apps.reviews.views.bank import (
    bank,
    bank_csv,
    comments,
    edit_comment,
    keep_comment,
    keep_from_desk,
    restore_comment,
    retire_comment,
    use_comment,
)
from apps.reviews.views.consequences import consequences, see_to
from apps.reviews.views.desk import desk, evidence
from apps.reviews.views.judges import set_assessor_badge
from apps.reviews.views.leases import give_back, take, take_next
from apps.reviews.views.marking import decide, return_unscored
from apps.reviews.views.notes import (
    annotate,
    edit_annotation,
    remove_annotation,
    reply,
    resolve,
    unresolve,
)
from apps.reviews.views.queue import queue
from apps.reviews.views.thread import hold_talk, write_message

__all__ = [
    "achievement",
    "annotate",
    "appeals",
    "appeals_csv",
    "bank",
    "bank_csv",
    "comments",
    "consequences",
    "decide",
    "desk",
    "edit_annotation",
    "edit_comment",
    "evidence",
    "give_back",
    "hold_talk",
    "keep_comment",
    "keep_from_desk",
    "lodge_appeal",
    "preview_design",
    "queue",
    "remove_annotation",
    "reply",
    "resolve",
    "restore_comment",
    "retire_comment",
    "return_unscored",
    "see_to",
    "set_assessor_badge",
    "take",
    "take_next",
    "unresolve",
    "use_comment",
    "withdraw_appeal",
    "write_message",
]
