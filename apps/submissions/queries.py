"""Reads of submissions that need a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext as _

from apps.core.shown import Moment
from apps.submissions import manifest
from apps.submissions.models import EvidenceItem, Submission

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.accounts.models import User
    from apps.submissions.models import Attempt

# A file that is larger is not read to its end while somebody waits for a page.
MOST_READ = 64 * 1024 * 1024
_WAITING = {Submission.State.SUBMITTED, Submission.State.UNDER_ASSESSMENT}


def story_of(submission: Submission, attempts: Iterable[Attempt]) -> list[Moment]:
    """What happened to it, the oldest first, and what is still to come. `attempts` bring their `answer`."""
    story = [Moment(_("Begun"), submission.started_at)]
    for attempt in sorted(attempts, key=lambda one: one.number):
        if attempt.submitted_at:
            words = _("Handed in") if attempt.number == 1 else _("Attempt %(n)d handed in") % {"n": attempt.number}
            story.append(Moment(words, attempt.submitted_at))
        answer = getattr(attempt, "answer", None)
        if answer is not None:
            met = Moment(_("Awarded"), answer.given_at)
            story.append(met if answer.met else Moment(_("Not yet"), answer.given_at, "back"))
    if submission.state in _WAITING:
        judged = submission.state == Submission.State.UNDER_ASSESSMENT
        story.append(Moment(_("Being judged") if judged else _("Waiting for an assessor"), tone="now"))
        story.append(Moment(_("You hear by this day"), submission.answer_by, "later"))
    return story


def as_they_are(sums: dict[str, str]) -> dict[str, bool | None]:
    """Of pieces by their public id, with the SHA-256 that was signed: whether what is kept still has it.

    None where the piece or its file is gone, or there is too much to read just now.
    """
    found: dict[str, bool | None] = dict.fromkeys(sums)
    left = MOST_READ
    for piece in EvidenceItem.objects.filter(public_id__in=sums).order_by("size"):
        left -= piece.size
        if left < 0:
            break
        now = manifest.sum_now(piece)
        found[piece.public_id] = None if now is None else now == sums[piece.public_id]
    return found


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
