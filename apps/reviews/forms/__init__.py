"""What is asked at the desk, and of what follows a decision."""

from apps.reviews.forms.following import AppealForm, AssessorBadgeForm, SeeToForm
from apps.reviews.forms.marking import DeskForm, ReturnForm, TalkForm

__all__ = ["AppealForm", "AssessorBadgeForm", "DeskForm", "ReturnForm", "SeeToForm", "TalkForm"]
