"""The API for a learner's own submissions, from the first draft to the archive of what was handed in."""

from apps.submissions.api.attempts import AttemptChanges, AttemptDetail, AttemptExport, AttemptManifest
from apps.submissions.api.captures import CaptureAgain, EvidenceCaptures
from apps.submissions.api.pieces import EvidenceCriteria, EvidenceFile, EvidenceList, EvidenceOrder, EvidencePiece
from apps.submissions.api.submissions import (
    ChangeVersion,
    LendSample,
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
    "AttemptChanges",
    "AttemptDetail",
    "AttemptExport",
    "AttemptManifest",
    "AttemptUploads",
    "CaptureAgain",
    "ChangeVersion",
    "CompleteUpload",
    "EvidenceCaptures",
    "EvidenceCriteria",
    "EvidenceFile",
    "EvidenceList",
    "EvidenceOrder",
    "EvidencePiece",
    "LendSample",
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
