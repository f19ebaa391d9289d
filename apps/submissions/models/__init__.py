"""Evidence and its journey: submissions, their attempts, the pieces in each, and what came back."""

from apps.submissions.models.answers import Answer, Finding
from apps.submissions.models.copies import ReviewCopy, ReviewCopyQuerySet
from apps.submissions.models.evidence import EvidenceItem, EvidenceQuerySet, Support
from apps.submissions.models.journey import (
    Attempt,
    AttemptQuerySet,
    Revision,
    Submission,
    SubmissionQuerySet,
)

__all__ = [
    "Answer",
    "Attempt",
    "AttemptQuerySet",
    "EvidenceItem",
    "EvidenceQuerySet",
    "Finding",
    "ReviewCopy",
    "ReviewCopyQuerySet",
    "Revision",
    "Submission",
    "SubmissionQuerySet",
    "Support",
]
