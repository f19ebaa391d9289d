"""Reads of the desk that need a name."""

from apps.reviews.queries.conflicts import (
    barred_from,
    barred_turns,
    close_to,
    conflict_of,
    eligible_for,
    endorsed_by,
    is_eligible,
    played_by,
)
from apps.reviews.queries.decisions import appealable, decision_on, in_sample, line_of, marking_of
from apps.reviews.queries.finding import VIEWS, Asked, Place
from apps.reviews.queries.people import LATELY, Load, leads_anywhere, led_by, workload_of
from apps.reviews.queries.reach import Badge, reach_of
from apps.reviews.queries.turnaround import Turnaround, turnaround_of, working_days
from apps.reviews.queries.turns import (
    Held,
    Page,
    Queue,
    counts_for,
    done_by,
    done_page,
    holder_of,
    today_at,
    with_facts,
)

__all__ = [
    "LATELY",
    "VIEWS",
    "Asked",
    "Badge",
    "Held",
    "Load",
    "Page",
    "Place",
    "Queue",
    "Turnaround",
    "appealable",
    "barred_from",
    "barred_turns",
    "close_to",
    "conflict_of",
    "counts_for",
    "decision_on",
    "done_by",
    "done_page",
    "eligible_for",
    "endorsed_by",
    "holder_of",
    "in_sample",
    "is_eligible",
    "leads_anywhere",
    "led_by",
    "line_of",
    "marking_of",
    "played_by",
    "reach_of",
    "today_at",
    "turnaround_of",
    "with_facts",
    "working_days",
    "workload_of",
]
