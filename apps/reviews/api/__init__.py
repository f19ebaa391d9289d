"""The desk for programs: what learners were told on their evidence, and the comment bank."""

from apps.reviews.api.bank import BankCommentDetail, BankComments
from apps.reviews.api.notes import AttemptNotes

__all__ = ["AttemptNotes", "BankCommentDetail", "BankComments"]
