"""Forms of the review page, and of what follows a decision."""

from apps.reviews.forms.acts import (
    AgreeForm,
    AskAgainForm,
    GrantForm,
    PassBackForm,
    RecuseForm,
    ReturnForm,
    TalkForm,
)
from apps.reviews.forms.audit import AuditForm
from apps.reviews.forms.following import AppealForm, AssessorBadgeForm, SeeToForm
from apps.reviews.forms.marking import BetweenForm, DeskForm, LeadForm
from apps.reviews.forms.queue import DecidedForm, DoneForm, QueueForm, from_view, place_in, queue_at, view_in

__all__ = [
    "AgreeForm",
    "AppealForm",
    "AskAgainForm",
    "AssessorBadgeForm",
    "AuditForm",
    "BetweenForm",
    "DecidedForm",
    "DeskForm",
    "DoneForm",
    "GrantForm",
    "LeadForm",
    "PassBackForm",
    "QueueForm",
    "RecuseForm",
    "ReturnForm",
    "SeeToForm",
    "TalkForm",
    "from_view",
    "place_in",
    "queue_at",
    "view_in",
]
