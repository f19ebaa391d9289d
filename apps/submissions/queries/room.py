"""How much space a learner's files take up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from apps.submissions.models import Submission

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.submissions.models import EvidenceItem, Upload


def bytes_of(learner: User, *, without: EvidenceItem | None = None, beside: Upload | None = None) -> int:
    """The size of a learner's files in bytes, including uploads on their way; files that pieces share count once.

    Finished work doesn't count: it is kept for the issuer's sake and can't be removed. Withdrawn and lapsed work
    counts: it can be reopened, and nobody should fill a disk by withdrawing. `without`: a piece to leave out;
    `beside`: an upload to leave out.
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
