"""What the evidence room forgets after a time (`config/retention.py`), submission by submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, Max, OuterRef, Q

from apps.accounts.models import LegalHold
from apps.core import clock, erasing
from apps.core.events import record
from apps.credentials.models import ShownEvidence
from apps.submissions.leaving import forget_pieces
from apps.submissions.models import EvidenceItem, Submission

if TYPE_CHECKING:
    from datetime import datetime

    from apps.submissions.models import SubmissionQuerySet


def forget_drafts(before: datetime, limit: int) -> int:
    """Those that were withdrawn or have lapsed, and that nobody has written in since."""
    resting = Submission.objects.filter(state__in=Submission.RESTING).annotate(written_at=Max("attempts__saved_at"))
    return _forget(resting.filter(written_at__lt=before), limit)


def forget_evidence(before: datetime, limit: int) -> int:
    """Those that were decided, and whose decision stands."""
    return _forget(Submission.objects.filter(state__in=Submission.ANSWERED, decided_at__lt=before), limit)


def _forget(which: SubmissionQuerySet, limit: int) -> int:
    holds = LegalHold.objects.standing().filter(person=OuterRef("learner"))
    held = Exists(holds.filter(Q(submission_id="") | Q(submission_id=OuterRef("public_id"))))
    some = list(which.filter(~held, forgotten_at=None, learner__erased_at=None).order_by("pk").values("pk")[:limit])
    for one in some:
        _forget_one(Submission.objects.locked(one["pk"]))
    return len(some)


def _forget_one(submission: Submission) -> None:
    pieces = EvidenceItem.objects.filter(attempt__submission=submission)
    # Nothing is left to be shown beside the badge.
    ShownEvidence.objects.filter(evidence_id__in=pieces.values("public_id")).delete()
    erasing.give_way(submission.learner_id)
    forget_pieces(Q(submission=submission))
    erasing.close()
    submission.forgotten_at = clock.now()
    submission.save(update_fields=["forgotten_at"])
    record("submission.forgotten", submission, by=None)
