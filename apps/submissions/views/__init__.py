"""The pages of submissions."""

from apps.submissions.views.journey import submission, submissions, submit, try_again
from apps.submissions.views.pieces import add_evidence, map_evidence, remove_evidence
from apps.submissions.views.serving import evidence, evidence_file, export, manifest
from apps.submissions.views.uploads import begin_upload, complete_upload, receive_part, upload
from apps.submissions.views.writing import change_version, save, start

__all__ = [
    "add_evidence",
    "begin_upload",
    "change_version",
    "complete_upload",
    "evidence",
    "evidence_file",
    "export",
    "manifest",
    "map_evidence",
    "receive_part",
    "remove_evidence",
    "save",
    "start",
    "submission",
    "submissions",
    "submit",
    "try_again",
    "upload",
]
