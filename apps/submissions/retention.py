"""Erase old work of this app when its time is over (`config/retention.py`), submission by submission."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q

from apps.core import clock, erasing
from apps.core.events import record
from apps.credentials.models import ShownEvidence
from apps.notices import verbs as notices
from apps.submissions import queries
from apps.submissions.leaving import forget_pieces
from apps.submissions.models import Attempt, EvidenceItem, Submission
from apps.submissions.verbs.common import with_reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet


# How long before withdrawn or lapsed work is erased its learner is told.
WARNED_BEFORE = timedelta(days=30)


def forget_drafts(before: datetime, limit: int) -> int:
    """Erase withdrawn and lapsed work that nobody has touched since, and whose learner was told in time.

    If an earlier attempt was decided, the work is kept for as long as decided work.
    """
    now = clock.now()
    decided = now - erasing.kept_for("evidence")
    resting = queries.touched(Submission.objects.filter(state__in=Submission.RESTING))
    # The warning that a draft would lapse came long before.
    told = Q(warned_at__gte=F("touched_at") + (now - before - WARNED_BEFORE))

    def over(after: timedelta) -> Q:
        """Submissions whose time will be over after this long."""
        return Q(touched_at__lt=before + after) & (Q(decided_at=None) | Q(decided_at__lt=decided + after))

    _warn(resting.filter(over(WARNED_BEFORE)).exclude(told), limit)
    return _forget(resting.filter(told, over(timedelta()), warned_at__lte=now - WARNED_BEFORE), limit)


def _warn(which: QuerySet[Submission], limit: int) -> None:
    day = (clock.now() + WARNED_BEFORE).date()
    for submission in _free(which, limit):
        submission.warned_at = clock.now()
        submission.save(update_fields=["warned_at"])
        notices.write(
            "draft_forgotten",
            key=f"draft_forgotten:{submission.public_id}:{day}",
            to=submission.learner,
            address=submission.get_absolute_url(),
            facts={**with_reference(submission), "day": day},
        )


def forget_evidence(before: datetime, limit: int) -> int:
    """Erase work whose decision stands."""
    return _forget(Submission.objects.filter(state__in=Submission.ANSWERED, decided_at__lt=before), limit)


def _forget(which: QuerySet[Submission], limit: int) -> int:
    forgotten = 0
    for submission in _free(which, limit):
        _forget_one(submission)
        forgotten += 1
    return forgotten


def _free(which: QuerySet[Submission], limit: int) -> Iterator[Submission]:
    """Of these, the ones without a legal hold and not yet erased; each locked, with its newest attempt."""
    free = queries.without_hold(which).filter(forgotten_at=None, learner__erased_at=None)
    for pk in list(free.order_by("pk").values_list("pk", flat=True)[:limit]):
        Attempt.objects.filter(submission=pk).locked_newest()
        submission = Submission.objects.locked(pk)
        if free.filter(pk=pk).exists():  # someone may have reopened it meanwhile
            yield submission


def _forget_one(submission: Submission) -> None:
    pieces = EvidenceItem.objects.filter(attempt__submission=submission)
    # Nothing is left to show beside the badge.
    ShownEvidence.objects.filter(evidence_id__in=pieces.values("public_id")).delete()
    erasing.give_way(submission.learner_id)
    forget_pieces(Q(submission=submission))
    erasing.close()
    submission.forgotten_at = clock.now()
    submission.save(update_fields=["forgotten_at"])
    record("submission.forgotten", submission, by=None)
