"""Who may award, take back and replace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.issuers.models import RUNNING
from apps.issuers.policies import has_seat

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.issuers.models import Issuer


def can_award_directly(user: User, issuer: Issuer) -> bool:
    """Award without an assessment here: owners and managers, whom the award names as its basis."""
    return has_seat(user, issuer, *RUNNING)


def can_change_standing(user: User, issuer: Issuer) -> bool:
    """Pause, take back, replace, renew."""
    return has_seat(user, issuer, *RUNNING)


def can_turn_keys(user: User, issuer: Issuer) -> bool:
    """Change an issuer's keys, and say that one is in other hands: who runs it, or the operator."""
    return user.is_operator or has_seat(user, issuer, *RUNNING)
