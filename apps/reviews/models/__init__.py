"""The desk: who holds an attempt, how they mark it, and what was decided."""

from apps.reviews.models.assignments import Assignment
from apps.reviews.models.decisions import Decision
from apps.reviews.models.marking import Mark, PieceCheck, Review

__all__ = ["Assignment", "Decision", "Mark", "PieceCheck", "Review"]
