"""What people wait for, after its job was given up."""

from __future__ import annotations

from apps.core import outbox

# Somebody reads “being checked” or “being made” until these are done.
WAITED_FOR = (
    "apps.submissions.tasks.check_file",
    "apps.submissions.tasks.freeze",
    "apps.submissions.tasks.make_copy",
)


def revive_waiting() -> int:
    """Try once more what an outage of a scanner or a bucket outlasted. Says how many jobs those are."""
    return outbox.try_dead(*WAITED_FOR)
