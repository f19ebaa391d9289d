"""The pages of submissions."""

from apps.submissions.views.changes import changes
from apps.submissions.views.holding import holds, lift_hold
from apps.submissions.views.hosted import evidence_file, viewer
from apps.submissions.views.journey import submission, submissions, submit, try_again
from apps.submissions.views.pathways import leave, list_pathways, move_on, pathway
from apps.submissions.views.pieces import (
    add_evidence,
    capture_again,
    edit_evidence,
    order_evidence,
    remove_evidence,
    replace_file,
)
from apps.submissions.views.resting import reopen, withdraw
from apps.submissions.views.serving import evidence, export, manifest
from apps.submissions.views.thread import read_thread, thread
from apps.submissions.views.uploads import begin_upload, complete_upload, find_part, receive_part, sign_part, upload
from apps.submissions.views.writing import change_version, lend_sample, save, start

__all__ = [
    "add_evidence",
    "begin_upload",
    "capture_again",
    "change_version",
    "changes",
    "complete_upload",
    "edit_evidence",
    "evidence",
    "evidence_file",
    "export",
    "find_part",
    "holds",
    "leave",
    "lend_sample",
    "lift_hold",
    "list_pathways",
    "manifest",
    "move_on",
    "order_evidence",
    "pathway",
    "read_thread",
    "receive_part",
    "remove_evidence",
    "reopen",
    "replace_file",
    "save",
    "sign_part",
    "start",
    "submission",
    "submissions",
    "submit",
    "thread",
    "try_again",
    "upload",
    "viewer",
    "withdraw",
]
