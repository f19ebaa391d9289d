"""Evidence and its journey: submissions, their attempts, the pieces in each, and what came back."""

from apps.submissions.models.answers import Answer, Finding
from apps.submissions.models.evidence import EvidenceItem, EvidenceQuerySet, Support
from apps.submissions.models.journey import (
    Attempt,
    AttemptQuerySet,
    Revision,
    Submission,
    SubmissionQuerySet,
)
from apps.submissions.models.uploads import Upload, UploadPart, UploadQuerySet

__all__ = [
    "Answer",
    "Attempt",
    "AttemptQuerySet",
    "EvidenceItem",
    "EvidenceQuerySet",
    "Finding",
    "Revision",
    "Submission",
    "SubmissionQuerySet",
    "Support",
    "Upload",
    "UploadPart",
    "UploadQuerySet",
]
