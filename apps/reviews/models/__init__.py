"""Reviews: turns that wait, who holds them, how they are marked, and the decisions and what follows from them."""

from apps.reviews.models.annotations import LONGEST_NOTE, MOST_NOTES, Annotation
from apps.reviews.models.assignments import Assignment
from apps.reviews.models.bank import LONGEST_COMMENT, BankComment, BankUse, banks_of
from apps.reviews.models.conflicts import Conflict
from apps.reviews.models.decisions import Appeal, Consequence, Decision, Moderation
from apps.reviews.models.marking import LONGEST_WORDS, Mark, Outcome, PieceCheck, Review
from apps.reviews.models.saved_views import LONGEST_NAME, SavedView
from apps.reviews.models.turns import APART, JUDGED_ANEW, LEADING, MARKING, Part, Tally, Turn, alike

__all__ = [
    "APART",
    "JUDGED_ANEW",
    "LEADING",
    "LONGEST_COMMENT",
    "LONGEST_NAME",
    "LONGEST_NOTE",
    "LONGEST_WORDS",
    "MARKING",
    "MOST_NOTES",
    "Annotation",
    "Appeal",
    "Assignment",
    "BankComment",
    "BankUse",
    "Conflict",
    "Consequence",
    "Decision",
    "Mark",
    "Moderation",
    "Outcome",
    "Part",
    "PieceCheck",
    "Review",
    "SavedView",
    "Tally",
    "Turn",
    "alike",
    "banks_of",
]
