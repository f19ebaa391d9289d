"""Named queries of the reviews app."""

from apps.reviews.queries.appeals import Appeals, Group, appeals_where_leads
from apps.reviews.queries.audit import Asked as AuditAsked
from apps.reviews.queries.audit import Row, Told, Trail, decisions_in, rows_in
from apps.reviews.queries.conflicts import (
    Judge,
    at_desk,
    barred_from,
    barred_turns,
    conflict_of,
    eligible_for,
    is_eligible,
    judges_of,
    may_play,
    played_by,
    seated_at,
    why_barred,
    why_it_went,
)
from apps.reviews.queries.consequences import Compared, consequences_for, levels_compared
from apps.reviews.queries.decided import DECIDED, AskedDecided, Decided
from apps.reviews.queries.decisions import (
    appealable,
    decision_on,
    in_sample,
    is_judged_anew,
    last_day_to_appeal,
    line_of,
    marking_of,
    sides_of,
)
from apps.reviews.queries.done import DONE, AskedDone, Done, LeftBadge
from apps.reviews.queries.finding import VIEWS, Asked
from apps.reviews.queries.letters import AnswerLetter, letter_about
from apps.reviews.queries.mornings import late_for, mornings_due, waiting_for
from apps.reviews.queries.pages import MOST_FITTING, Page, Place
from apps.reviews.queries.people import LATELY, Load, led_by, workload_of
from apps.reviews.queries.reach import Badge, reach_of
from apps.reviews.queries.rows import locked_free
from apps.reviews.queries.turnaround import Turnaround, turnaround_of
from apps.reviews.queries.turns import (
    EVERYTHING,
    MOST_COUNTED,
    Held,
    Queue,
    counts_for,
    today_at,
    with_facts,
)

__all__ = [
    "DECIDED",
    "DONE",
    "EVERYTHING",
    "LATELY",
    "MOST_COUNTED",
    "MOST_FITTING",
    "VIEWS",
    "AnswerLetter",
    "Appeals",
    "Asked",
    "AskedDecided",
    "AskedDone",
    "AuditAsked",
    "Badge",
    "Compared",
    "Decided",
    "Done",
    "Group",
    "Held",
    "Judge",
    "LeftBadge",
    "Load",
    "Page",
    "Place",
    "Queue",
    "Row",
    "Told",
    "Trail",
    "Turnaround",
    "appealable",
    "appeals_where_leads",
    "at_desk",
    "barred_from",
    "barred_turns",
    "conflict_of",
    "consequences_for",
    "counts_for",
    "decision_on",
    "decisions_in",
    "eligible_for",
    "in_sample",
    "is_eligible",
    "is_judged_anew",
    "judges_of",
    "last_day_to_appeal",
    "late_for",
    "led_by",
    "letter_about",
    "levels_compared",
    "line_of",
    "locked_free",
    "marking_of",
    "may_play",
    "mornings_due",
    "played_by",
    "reach_of",
    "rows_in",
    "seated_at",
    "sides_of",
    "today_at",
    "turnaround_of",
    "waiting_for",
    "why_barred",
    "why_it_went",
    "with_facts",
    "workload_of",
]
