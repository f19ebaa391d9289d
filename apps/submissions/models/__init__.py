"""Submissions, their attempts, the evidence in each, and the answers."""

from apps.submissions.models.answers import Answer, Finding, FormerAnswer, NextStep, Returned
from apps.submissions.models.captures import Capture, CaptureQuerySet
from apps.submissions.models.coaching import CoachTalk
from apps.submissions.models.copies import ReviewCopy, ReviewCopyQuerySet
from apps.submissions.models.evidence import EvidenceItem, EvidenceQuerySet, Support
from apps.submissions.models.journey import (
    Attempt,
    AttemptQuerySet,
    Revision,
    Submission,
    SubmissionQuerySet,
)
from apps.submissions.models.thread import LONGEST_MESSAGE, Message, MessageQuerySet, ThreadSeen
from apps.submissions.models.uploads import Upload, UploadPart, UploadQuerySet

__all__ = [
    "LONGEST_MESSAGE",
    "Answer",
    "Attempt",
    "AttemptQuerySet",
    "Capture",
    "CaptureQuerySet",
    "CoachTalk",
    "EvidenceItem",
    "EvidenceQuerySet",
    "Finding",
    "FormerAnswer",
    "Message",
    "MessageQuerySet",
    "NextStep",
    "Returned",
    "ReviewCopy",
    "ReviewCopyQuerySet",
    "Revision",
    "Submission",
    "SubmissionQuerySet",
    "Support",
    "ThreadSeen",
    "Upload",
    "UploadPart",
    "UploadQuerySet",
]
