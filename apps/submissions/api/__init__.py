"""Submissions for programs: a learner's own, from the first draft to the archive of what was handed in."""

from apps.submissions.api.attempts import AttemptDetail, AttemptExport, AttemptManifest
from apps.submissions.api.journey import ChooseRoute, Reopen, Thread, Withdraw
from apps.submissions.api.pieces import EvidenceCriteria, EvidenceList, EvidenceOrder, EvidencePiece
from apps.submissions.api.submissions import SubmissionDetail, Submissions, Submit, TryAgain

__all__ = [
    "AttemptDetail",
    "AttemptExport",
    "AttemptManifest",
    "ChooseRoute",
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
    "Withdraw",
]
