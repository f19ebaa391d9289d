"""How much a learner's files take up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from apps.submissions.models import Submission

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.submissions.models import EvidenceItem, Upload


def bytes_of(learner: User, *, without: EvidenceItem | None = None, beside: Upload | None = None) -> int:
    """How much a learner's files take up: each once, however many pieces share it, with what is on its way.

    What was judged to its end is kept for the issuer's sake and can't be taken out, so it takes up nothing of theirs. What
    was laid aside counts: it can be opened again, and nobody fills a disk by withdrawing. `without`: as if that piece
    weren't there; `beside`: nor that file on its way.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT COALESCE(sum(f.size), 0) FROM (
                        SELECT DISTINCT e.file, e.size FROM submissions_evidenceitem e
                        JOIN submissions_attempt a ON a.id = e.attempt_id
                        JOIN submissions_submission s ON s.id = a.submission_id
                        WHERE s.learner_id = %s AND s.state <> ALL(%s) AND e.id <> %s
                          AND e.file <> '' AND e.file_state <> 'blocked') f)
                 + (SELECT COALESCE(sum(u.size), 0) FROM submissions_upload u
                    WHERE u.learner_id = %s AND u.state = 'receiving' AND u.id <> %s)
            """,
            [
                learner.pk,
                list(Submission.ENDED),
                (without and without.pk) or 0,
                learner.pk,
                (beside and beside.pk) or 0,
            ],
        )
        return int(cursor.fetchone()[0])
