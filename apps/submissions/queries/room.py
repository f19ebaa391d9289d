"""How much a learner's files take up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from apps.accounts.models import User


def bytes_of(learner: User) -> int:
    """How much a learner's files take up: each once, however many pieces share it, with what is on its way."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT COALESCE(sum(f.size), 0) FROM (
                        SELECT DISTINCT e.file, e.size FROM submissions_evidenceitem e
                        JOIN submissions_attempt a ON a.id = e.attempt_id
                        JOIN submissions_submission s ON s.id = a.submission_id
                        WHERE s.learner_id = %s AND e.file <> '' AND e.file_state <> 'blocked') f)
                 + (SELECT COALESCE(sum(u.size), 0) FROM submissions_upload u
                    WHERE u.learner_id = %s AND u.state = 'receiving')
            """,
            [learner.pk, learner.pk],
        )
        return int(cursor.fetchone()[0])
