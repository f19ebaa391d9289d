"""Retry jobs that people wait for after they have failed."""

from __future__ import annotations

from apps.core import outbox

# People see “being checked” or “being made” until these are done.
WAITED_FOR = (
    "apps.submissions.tasks.check_file",
    "apps.submissions.tasks.freeze",
    "apps.submissions.tasks.make_copy",
)


def revive_waiting() -> int:
    """Retry the jobs that failed because a scanner or a bucket was down for too long. Return how many."""
    return outbox.try_dead(*WAITED_FOR)
