"""The steps of a submission: begin, write, hand in, freeze, answer, try again, withdraw."""

from apps.submissions.said import About
from apps.submissions.verbs.answering import STATE_AFTER, Told, answer, hand_back, try_again
from apps.submissions.verbs.arrived import forget_file
from apps.submissions.verbs.capturing import capture_again, capture_link, recheck_links
from apps.submissions.verbs.checking import check_file
from apps.submissions.verbs.coaching import hold_talk
from apps.submissions.verbs.common import named, with_reference
from apps.submissions.verbs.copying import make_copy, want_copies
from apps.submissions.verbs.evidence import (
    MOST_PIECES,
    add_evidence,
    edit_evidence,
    map_evidence,
    order_evidence,
    remove_evidence,
    replace_file,
)
from apps.submissions.verbs.handing_in import freeze, promised_date, submit, what_is_missing
from apps.submissions.verbs.holding import hold, lift_hold
from apps.submissions.verbs.journey import choose_route, lapse_drafts, reopen, withdraw
from apps.submissions.verbs.reviving import revive_waiting
from apps.submissions.verbs.thread import read_thread, write_message
from apps.submissions.verbs.uploads import (
    begin_upload,
    cancel_upload,
    complete_upload,
    find_part,
    lapse_uploads,
    receive_part,
    sign_part,
)
from apps.submissions.verbs.writing import change_version, lend_sample, save_draft, start

__all__ = [
    "MOST_PIECES",
    "STATE_AFTER",
    "About",
    "Told",
    "add_evidence",
    "answer",
    "begin_upload",
    "cancel_upload",
    "capture_again",
    "capture_link",
    "change_version",
    "check_file",
    "choose_route",
    "complete_upload",
    "edit_evidence",
    "find_part",
    "forget_file",
    "freeze",
    "hand_back",
    "hold",
    "hold_talk",
    "lapse_drafts",
    "lapse_uploads",
    "lend_sample",
    "lift_hold",
    "make_copy",
    "map_evidence",
    "named",
    "order_evidence",
    "promised_date",
    "read_thread",
    "receive_part",
    "recheck_links",
    "remove_evidence",
    "reopen",
    "replace_file",
    "revive_waiting",
    "save_draft",
    "sign_part",
    "start",
    "submit",
    "try_again",
    "want_copies",
    "what_is_missing",
    "with_reference",
    "withdraw",
    "write_message",
]
