"""The assessor's queue and review page; and the public page of an achievement."""

from apps.reviews.views.achievements import achievement, preview_design
from apps.reviews.views.appeals import appeals, appeals_csv, lodge_appeal, withdraw_appeal
from apps.reviews.views.audit import audit_trail, audit_trail_zip
from apps.reviews.views.bank import (
    bank,
    bank_csv,
    edit_comment,
    keep_comment,
    restore_comment,
    retire_comment,
)
from apps.reviews.views.comments import comments, keep_from_desk, use_comment
from apps.reviews.views.consequences import consequences, see_to
from apps.reviews.views.desk import desk, evidence
from apps.reviews.views.granting import grant, pass_back
from apps.reviews.views.handing_out import hand_out
from apps.reviews.views.judges import set_assessor_badge
from apps.reviews.views.leases import give_back, keep, take, take_next, take_over
from apps.reviews.views.letters import send_again
from apps.reviews.views.marking import decide, return_unscored
from apps.reviews.views.moderating import agree, answer_appeal, ask_again, change_decision
from apps.reviews.views.notes import annotate, edit_annotation, remove_annotation, reply, resolve, unresolve
from apps.reviews.views.queue import forget_view, queue, queue_csv, save_view
from apps.reviews.views.recusing import recognise, recuse
from apps.reviews.views.story import story, story_csv, story_json
from apps.reviews.views.thread import hold_talk, read_thread, write_message
from apps.reviews.views.workload import workload, workload_csv

__all__ = [
    "achievement",
    "agree",
    "annotate",
    "answer_appeal",
    "appeals",
    "appeals_csv",
    "ask_again",
    "audit_trail",
    "audit_trail_zip",
    "bank",
    "bank_csv",
    "change_decision",
    "comments",
    "consequences",
    "decide",
    "desk",
    "edit_annotation",
    "edit_comment",
    "evidence",
    "forget_view",
    "give_back",
    "grant",
    "hand_out",
    "hold_talk",
    "keep",
    "keep_comment",
    "keep_from_desk",
    "lodge_appeal",
    "pass_back",
    "preview_design",
    "queue",
    "queue_csv",
    "read_thread",
    "recognise",
    "recuse",
    "remove_annotation",
    "reply",
    "resolve",
    "restore_comment",
    "retire_comment",
    "return_unscored",
    "save_view",
    "see_to",
    "send_again",
    "set_assessor_badge",
    "story",
    "story_csv",
    "story_json",
    "take",
    "take_next",
    "take_over",
    "unresolve",
    "use_comment",
    "withdraw_appeal",
    "workload",
    "workload_csv",
    "write_message",
]
