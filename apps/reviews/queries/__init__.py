"""Reads of the desk that need a name."""

from apps.reviews.queries.conflicts import (
    barred_from,
    close_to,
    conflict_of,
    eligible_for,
    endorsed_by,
    is_eligible,
    played_by,
)
from apps.reviews.queries.decisions import appealable, decision_on, in_sample, line_of, marking_of
from apps.reviews.queries.turnaround import Turnaround, turnaround_of, working_days
from apps.reviews.queries.turns import (
    Held,
    counts_for,
    decided_by,
    free_for,
    holder_of,
    late,
    next_for,
    queue_for,
    today_at,
)

__all__ = [
    "Held",
    "Turnaround",
    "appealable",
    "barred_from",
    "close_to",
    "conflict_of",
    "counts_for",
    "decided_by",
    "decision_on",
    "eligible_for",
    "endorsed_by",
    "free_for",
    "holder_of",
    "in_sample",
    "is_eligible",
    "late",
    "line_of",
    "marking_of",
    "next_for",
    "played_by",
    "queue_for",
    "today_at",
    "turnaround_of",
    "working_days",
]
