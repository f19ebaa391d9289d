"""What the evidence room forgets after a time (`config/retention.py`), submission by submission."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, F, Max, OuterRef, Q

from apps.accounts.models import LegalHold
from apps.core import clock, erasing
from apps.core.events import record
from apps.credentials.models import ShownEvidence
from apps.notices import verbs as notices
from apps.submissions.leaving import forget_pieces
from apps.submissions.models import EvidenceItem, Submission
from apps.submissions.verbs.common import named

if TYPE_CHECKING:
    from datetime import datetime

    from apps.submissions.models import SubmissionQuerySet


# So long before work that was laid aside is forgotten, its learner is told.
WARNED_BEFORE = timedelta(days=30)


def forget_drafts(before: datetime, limit: int) -> int:
    """Those that were withdrawn or have lapsed, that nobody has written in since, and whose learner was told in time."""
    now = clock.now()
    resting = Submission.objects.filter(state__in=Submission.RESTING).annotate(written_at=Max("attempts__saved_at"))
    # That a draft would lapse was told long before.
    told = Q(warned_at__gte=F("written_at") + (now - before - WARNED_BEFORE))
    _warn(resting.filter(written_at__lt=before + WARNED_BEFORE).exclude(told), limit)
    return _forget(resting.filter(told, written_at__lt=before, warned_at__lte=now - WARNED_BEFORE), limit)


def _warn(which: SubmissionQuerySet, limit: int) -> None:
    day = (clock.now() + WARNED_BEFORE).date()
    for pk in _free(which, limit):
        submission = Submission.objects.locked(pk)
        submission.warned_at = clock.now()
        submission.save(update_fields=["warned_at"])
        notices.write(
            "draft_forgotten",
            key=f"draft_forgotten:{submission.public_id}:{day}",
            to=submission.learner,
            address=submission.get_absolute_url(),
            facts={**named(submission), "day": day, "reference": submission.reference},
        )


def forget_evidence(before: datetime, limit: int) -> int:
    """Those that were decided, and whose decision stands."""
    return _forget(Submission.objects.filter(state__in=Submission.ANSWERED, decided_at__lt=before), limit)


def _forget(which: SubmissionQuerySet, limit: int) -> int:
    some = _free(which, limit)
    for pk in some:
        _forget_one(Submission.objects.locked(pk))
    return len(some)


def _free(which: SubmissionQuerySet, limit: int) -> list[int]:
    """Of these, what the law doesn't hold and nobody has forgotten yet."""
    holds = LegalHold.objects.standing().filter(person=OuterRef("learner"))
    held = Exists(holds.filter(Q(submission_id="") | Q(submission_id=OuterRef("public_id"))))
    free = which.filter(~held, forgotten_at=None, learner__erased_at=None)
    return list(free.order_by("pk").values_list("pk", flat=True)[:limit])


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
