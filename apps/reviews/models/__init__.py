"""The desk: who holds an attempt, how they mark it, and what was decided."""

from apps.reviews.models.annotations import LONGEST_NOTE, Annotation
from apps.reviews.models.assignments import Assignment
from apps.reviews.models.bank import LONGEST_COMMENT, BankComment, BankUse, banks_of
from apps.reviews.models.decisions import Decision
from apps.reviews.models.marking import Mark, PieceCheck, Review

__all__ = [
    "LONGEST_COMMENT",
    "LONGEST_NOTE",
    "Annotation",
    "Assignment",
    "BankComment",
    "BankUse",
    "Decision",
    "Mark",
    "PieceCheck",
    "Review",
    "banks_of",
]
