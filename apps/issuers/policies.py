"""Who may do what at an issuer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.issuers.models import RUNNING, Achievement, Seat

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.issuers.models import Issuer


def has_seat(user: User, issuer: Issuer, *roles: str) -> bool:
    """Holds one of these seats there or further up."""
    seats = Seat.objects.live().filter(person=user, role__in=roles, achievement=None)
    return seats.filter(issuer__descents_below__descendant=issuer).exists()


def can_design(user: User, issuer: Issuer) -> bool:
    return has_seat(user, issuer, Seat.Role.OWNER, Seat.Role.MANAGER, Seat.Role.DESIGNER)


def can_publish(user: User, issuer: Issuer) -> bool:
    return has_seat(user, issuer, Seat.Role.OWNER, Seat.Role.MANAGER)


# --- organisations and seats ------------------------------------------------------------------------------------------
def can_edit(user: User, issuer: Issuer) -> bool:
    """Profile, logo and approvals are seen to by who runs it."""
    return has_seat(user, issuer, *RUNNING)


def can_see_people(user: User, issuer: Issuer) -> bool:
    return has_seat(user, issuer, *RUNNING)


def can_seat(user: User, issuer: Issuer, role: str) -> bool:
    """Give a part, change it and end it: owners every one, managers all but an owner's. The operator gives an issuer
    that has no owner one.
    """
    if role == Seat.Role.OWNER:
        return has_seat(user, issuer, Seat.Role.OWNER) or can_give_owner(user, issuer)
    return has_seat(user, issuer, *RUNNING)


def can_give_owner(user: User, issuer: Issuer) -> bool:
    """The operator's act, for an issuer that has none."""
    return user.is_operator and not has_owner(issuer)


def has_owner(issuer: Issuer) -> bool:
    """One of its own: owners further up don't count."""
    return Seat.objects.live().filter(issuer=issuer, role=Seat.Role.OWNER).exists()


# --- judging ----------------------------------------------------------------------------------------------------------
def assesses(user: User) -> bool:
    """Holds a seat to assess or to moderate anywhere."""
    return Seat.objects.live().filter(person=user, role__in=(Seat.Role.ASSESSOR, Seat.Role.MODERATOR)).exists()


def can_assess(user: User, achievement: Achievement) -> bool:
    """A seat to assess or to moderate at the issuer, or at this achievement."""
    return Achievement.objects.assessable_by(user).filter(pk=achievement.pk).exists()
