"""Open the next attempt of a submission with everything from the last."""

from __future__ import annotations

from apps.core import clock
from apps.submissions.models import Answer, Attempt, EvidenceItem, Submission, Support


def open_next(submission: Submission) -> Attempt:
    """Open the attempt after the newest. “What changed” is carried over too if the last attempt wasn't answered,
    since it refers to the last answered one. The caller holds the submission's lock.
    """
    last = submission.attempts.latest("number")
    carried = Attempt.CARRIED if Answer.objects.filter(attempt=last).exists() else (*Attempt.CARRIED, "what_changed")
    words = {name: getattr(last, name) for name in carried}
    attempt = Attempt.objects.create(submission=submission, number=last.number + 1, saved_at=clock.now(), **words)
    for piece in last.evidence.prefetch_related("supports"):
        held = {name: getattr(piece, name) for name in EvidenceItem.CARRIED}
        again = EvidenceItem.objects.create(attempt=attempt, **held)
        Support.objects.bulk_create(
            Support(
                evidence=again,
                criterion_id=one.criterion_id,
                page=one.page,
                seconds=one.seconds,
                quote=one.quote,
            )
            for one in piece.supports.all()
        )
    return attempt
