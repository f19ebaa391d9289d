"""Submissions for programs: a learner's own, from the first draft to the archive of what was handed in."""

from apps.submissions.api.attempts import AttemptDetail, AttemptExport, AttemptManifest
from apps.submissions.api.pieces import EvidenceCriteria, EvidenceList, EvidenceOrder, EvidencePiece
from apps.submissions.api.submissions import (
    Reopen,
    SubmissionDetail,
    Submissions,
    Submit,
    TryAgain,
    Withdraw,
)
from apps.submissions.api.thread import Thread
from apps.submissions.api.uploads import AttemptUploads, CompleteUpload, UploadDetail, UploadParts

__all__ = [
    "AttemptDetail",
    "AttemptExport",
    "AttemptManifest",
    "AttemptUploads",
    "CompleteUpload",
    "EvidenceCriteria",
    "EvidenceList",
    "EvidenceOrder",
    "EvidencePiece",
    "Reopen",
    "SubmissionDetail",
    "Submissions",
    "Submit",
    "Thread",
    "TryAgain",
    "UploadDetail",
    "UploadParts",
    "Withdraw",
]
