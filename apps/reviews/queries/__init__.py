"""Reads of the desk that need a name."""

from apps.reviews.queries.appeals import Appeals, Group, appeals_where_leads
from apps.reviews.queries.conflicts import (
    Judge,
    barred_from,
    close_to,
    conflict_of,
    eligible_for,
    endorsed_by,
    is_eligible,
    judges_of,
    played_by,
)
from apps.reviews.queries.consequences import Compared, consequences_for, levels_compared
from apps.reviews.queries.decisions import (
    appealable,
    decision_on,
    in_sample,
    last_day_to_appeal,
    line_of,
    marking_of,
)
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
    "Appeals",
    "Compared",
    "Group",
    "Held",
    "Judge",
    "Turnaround",
    "appealable",
    "appeals_where_leads",
    "barred_from",
    "close_to",
    "conflict_of",
    "consequences_for",
    "counts_for",
    "decided_by",
    "decision_on",
    "eligible_for",
    "endorsed_by",
    "free_for",
    "holder_of",
    "in_sample",
    "is_eligible",
    "judges_of",
    "last_day_to_appeal",
    "late",
    "levels_compared",
    "line_of",
    "marking_of",
    "next_for",
    "played_by",
    "queue_for",
    "today_at",
    "turnaround_of",
    "working_days",
]
