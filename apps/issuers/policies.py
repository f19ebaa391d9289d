"""Who may do what at an issuer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.models import User
from apps.issuers.models import Achievement, Seat
from apps.issuers.models.achievements import DESIGNING

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.issuers.models import Issuer


def has_seat(user: User, issuer: Issuer, *roles: str) -> bool:
    """Holds one of these seats there or further up."""
    seats = Seat.objects.live().filter(person=user, role__in=roles, achievement=None)
    return seats.filter(issuer__descents_below__descendant=issuer).exists()


def can_design(user: User, issuer: Issuer) -> bool:
    return has_seat(user, issuer, Seat.Role.OWNER, Seat.Role.MANAGER, Seat.Role.DESIGNER)


def designers_of(issuer: Issuer) -> QuerySet[User]:
    """Who looks after an issuer's badges: those who design, manage or own, there or further up."""
    return _seated(issuer, *DESIGNING)


def publishers_of(issuer: Issuer) -> QuerySet[User]:
    """Who may let a badge of this issuer pass."""
    return _seated(issuer, Seat.Role.OWNER, Seat.Role.MANAGER)


def can_publish(user: User, issuer: Issuer) -> bool:
    return has_seat(user, issuer, Seat.Role.OWNER, Seat.Role.MANAGER)


def asks_approval(issuer: Issuer) -> bool:
    """Whether this issuer, or one above it, wants a second person to let a version pass."""
    return issuer.descents_above.filter(ancestor__asks_approval=True).exists()


def can_seat(user: User, issuer: Issuer) -> bool:
    return has_seat(user, issuer, Seat.Role.OWNER, Seat.Role.MANAGER)


def assesses(user: User) -> bool:
    """Holds a seat to assess or to moderate anywhere."""
    return Seat.objects.live().filter(person=user, role__in=(Seat.Role.ASSESSOR, Seat.Role.MODERATOR)).exists()


def can_assess(user: User, achievement: Achievement) -> bool:
    """A seat to assess or to moderate at the issuer, or at this achievement."""
    return Achievement.objects.assessable_by(user).filter(pk=achievement.pk).exists()


def _seated(issuer: Issuer, *roles: str) -> QuerySet[User]:
    seats = Seat.objects.live().filter(role__in=roles, achievement=None, issuer__descents_below__descendant=issuer)
    return User.objects.filter(pk__in=seats.values("person"), is_active=True).order_by("pk")
