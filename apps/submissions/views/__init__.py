"""The pages of submissions."""

from apps.submissions.views.hosted import evidence_file, viewer
from apps.submissions.views.journey import submission, submissions, submit, try_again
from apps.submissions.views.pieces import add_evidence, map_evidence, remove_evidence
from apps.submissions.views.serving import evidence, export, manifest
from apps.submissions.views.writing import change_version, save, start

__all__ = [
    "add_evidence",
    "change_version",
    "evidence",
    "evidence_file",
    "export",
    "manifest",
    "map_evidence",
    "remove_evidence",
    "save",
    "start",
    "submission",
    "submissions",
    "submit",
    "try_again",
    "viewer",
]
