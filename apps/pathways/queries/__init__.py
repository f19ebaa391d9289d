"""Reads about pathways that need a name."""

from apps.pathways.queries.drafts import findings_of, touched_by, walkers_of, whole_draft
from apps.pathways.queries.holding import held_by
from apps.pathways.queries.trees import (
    Asked,
    asked,
    beneath,
    draws_on_any,
    equals_for,
    graph_without,
    names_for,
    offers_among,
    offers_for,
    tree_of,
    trees_of,
)
from apps.pathways.queries.walking import (
    AtRisk,
    about_version,
    at_risk_in_words,
    excused_of,
    held_for,
    leading_through,
    listed,
    stack_in_words,
    standing_of,
    why_capstone_is_closed,
)

__all__ = [
    "Asked",
    "AtRisk",
    "about_version",
    "asked",
    "at_risk_in_words",
    "beneath",
    "draws_on_any",
    "equals_for",
    "excused_of",
    "findings_of",
    "graph_without",
    "held_by",
    "held_for",
    "leading_through",
    "listed",
    "names_for",
    "offers_among",
    "offers_for",
    "stack_in_words",
    "standing_of",
    "touched_by",
    "tree_of",
    "trees_of",
    "walkers_of",
    "whole_draft",
    "why_capstone_is_closed",
]
