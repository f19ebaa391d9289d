"""Jobs of the accounts app."""

from __future__ import annotations

from apps.accounts import verbs
from apps.core.outbox import job


@job(queue="bulk")
def erase_leavers() -> None:
    """Enqueue a job for each person who is due to leave."""
    verbs.spread_erasures()


@job(queue="bulk")
def forget_sessions() -> None:
    verbs.forget_sessions()


@job(queue="bulk")
def erase_person(*, person_id: int) -> None:
    verbs.erase(person_id)
