"""Jobs of the accounts' room."""

from __future__ import annotations

from apps.accounts import verbs
from apps.core.outbox import job


@job(queue="bulk")
def erase_leavers() -> None:
    """A job for each person whose time to stay is over."""
    verbs.spread_erasures()


@job(queue="bulk")
def forget_sessions() -> None:
    verbs.forget_sessions()


@job(queue="bulk")
def erase_person(*, person_id: int) -> None:
    verbs.erase(person_id)
