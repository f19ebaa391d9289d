"""What is asked at the desk."""

from apps.reviews.forms.acts import (
    AgreeForm,
    AskAgainForm,
    GrantForm,
    PassBackForm,
    RecuseForm,
    ReturnForm,
    TalkForm,
)
from apps.reviews.forms.marking import BetweenForm, DeskForm, LeadForm

__all__ = [
    "AgreeForm",
    "AskAgainForm",
    "BetweenForm",
    "DeskForm",
    "GrantForm",
    "LeadForm",
    "PassBackForm",
    "RecuseForm",
    "ReturnForm",
    "TalkForm",
]
