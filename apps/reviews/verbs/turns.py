"""Open the turns in which attempts are judged, and drop those that no longer apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.urls import reverse

from apps.core import clock
from apps.core.events import record
from apps.issuers.models import AchievementVersion
from apps.notices import verbs as notices
from apps.reviews.models import Assignment, Part, Turn
from apps.reviews.verbs.common import close, end, locked, promised_now
from apps.submissions import verbs as submissions
from apps.submissions.models import Attempt

if TYPE_CHECKING:
    from datetime import date

    from apps.submissions.models import Submission

Policy = AchievementVersion.Policy


@transaction.atomic
def open_turns(attempt: Attempt) -> list[Turn]:
    """Open the turns of an attempt that is ready: one marking or two side by side, or its appeal. Does nothing if any
    is open.
    """
    attempt, submission = locked(attempt)
    if attempt.state != Attempt.State.ASSESSABLE:
        return []
    if submission.state == submission.State.UNDER_APPEAL:
        parts = [Part.APPEAL]
    elif submission.version.policy == Policy.DOUBLE_BLIND:
        parts = [Part.FIRST, Part.SECOND]
    else:
        parts = [Part.FIRST]
    if attempt.turns.open().exists():
        return []
    return [open_turn(attempt, part) for part in parts]


def open_turn(attempt: Attempt, part: str, *, due_on: date | None = None) -> Turn:
    """Open one turn. The caller holds the locks on the attempt and on its submission, which the attempt carries."""
    submission = attempt.submission
    turn = Turn.objects.create(
        attempt=attempt,
        part=part,
        achievement_id=submission.achievement_id,
        due_on=due_on or submission.answer_by or promised_now(submission),
        again=attempt.number > 1,
        opened_at=clock.now(),
    )
    record("turn.opened", submission, by=None, turn=turn.public_id, attempt=attempt.public_id, part=turn.part)
    return turn


def drop_turns(attempt: Attempt) -> list[Assignment]:
    """Drop all open turns, ending their leases and offers. Return those leases and offers.

    The caller holds the locks on the attempt and its submission.
    """
    freed = []
    for turn in attempt.turns.open().order_by("pk"):
        for assignment in turn.assignments.open().select_related("assessor", "turn"):
            end(assignment, Assignment.State.RELEASED)
            freed.append(assignment)
        close(Turn.objects.locked(turn.pk), Turn.State.DROPPED)
    return freed


def free_turns(attempt: Attempt, *, why: str, but: Assignment | None = None) -> None:
    """Drop all open turns because of what someone else did: record it, and write to each holder. `why` picks the
    sentence of the letter; `but` is the lease of the person who did it.
    """
    submission = attempt.submission
    for freed in drop_turns(attempt):
        if freed == but:
            continue
        record("assignment.released", submission, by=None, assignment=freed.public_id, attempt=attempt.public_id)
        if freed.taken_at is not None:
            notices.write(
                "taken_over",
                key=f"taken_over:{freed.public_id}",
                to=freed.assessor,
                address=reverse("reviews:queue"),
                facts={
                    **submissions.with_reference(submission),
                    "returned": False,
                    why: True,
                },
            )


@transaction.atomic
def free_withdrawn(attempt: Attempt) -> None:
    """Drop the turns of a withdrawn attempt, and tell whoever held them. Their marks are kept, as void."""
    attempt, submission = locked(attempt)
    if attempt.state != Attempt.State.WITHDRAWN:
        return
    for held in drop_turns(attempt):
        record("assignment.released", submission, by=None, assignment=held.public_id, attempt=attempt.public_id)
        if held.taken_at is not None:
            _tell_withdrawn(held, submission)


@transaction.atomic
def stop_judging(attempt: Attempt) -> None:
    """Drop the turns of an attempt whose learner is leaving and whose work will be erased. Nobody is told."""
    attempt, submission = locked(attempt)
    for held in drop_turns(attempt):
        record("assignment.released", submission, by=None, assignment=held.public_id, attempt=attempt.public_id)


def _tell_withdrawn(held: Assignment, submission: Submission) -> None:
    notices.write(
        "work_withdrawn",
        key=f"work_withdrawn:{held.public_id}",
        to=held.assessor,
        address=reverse("reviews:queue"),
        facts=submissions.with_reference(submission),
    )


@transaction.atomic
def add_up_tallies() -> int:
    """Merge the tally rows of waiting turns into one per kind. Return by how many rows the table shrank."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH gone AS (
                DELETE FROM reviews_tally WHERE id IN (SELECT id FROM reviews_tally FOR UPDATE SKIP LOCKED) RETURNING *),
            kept AS (
                INSERT INTO reviews_tally (achievement_id, part, due_on, n, free, again)
                SELECT achievement_id, part, due_on, sum(n), sum(free), sum(again) FROM gone
                GROUP BY 1, 2, 3 HAVING sum(n) <> 0 OR sum(free) <> 0 OR sum(again) <> 0 RETURNING 1)
            SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM kept)"""
        )
        return int(cursor.fetchone()[0])
