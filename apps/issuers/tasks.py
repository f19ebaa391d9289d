"""Jobs of the issuers app."""

from __future__ import annotations

from apps.core.outbox import job
from apps.issuers import verbs


@job(queue="bulk")
def remind_reviews() -> None:
    verbs.remind_reviews()
