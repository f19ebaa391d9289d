"""What happens at an issuer: it is founded, people are seated, achievements are drafted and published."""

from apps.issuers.verbs.designs import draft, draft_next
from apps.issuers.verbs.organisations import (
    add_approval,
    change_approval,
    edit_issuer,
    found,
    place,
    remove_approval,
    remove_logo,
    set_logo,
    unverify,
    verify,
)
from apps.issuers.verbs.publishing import publish
from apps.issuers.verbs.seats import (
    accept_invitation,
    decline_invitation,
    end_seat,
    invite,
    leave,
    resend,
    resume,
    seat,
    suspend,
    withdraw_invitation,
)

__all__ = [
    "accept_invitation",
    "add_approval",
    "change_approval",
    "decline_invitation",
    "draft",
    "draft_next",
    "edit_issuer",
    "end_seat",
    "found",
    "invite",
    "leave",
    "place",
    "publish",
    "remove_approval",
    "remove_logo",
    "resend",
    "resume",
    "seat",
    "set_logo",
    "suspend",
    "unverify",
    "verify",
    "withdraw_invitation",
]
