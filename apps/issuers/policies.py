"""Who may do what at an issuer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from apps.accounts.models import User
from apps.accounts.wording import SOMETHING, Worded
from apps.issuers.models import RUNNING, Achievement, Seat
from apps.issuers.models.achievements import DESIGNING

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.issuers.models import Issuer


def has_seat(user: User, issuer: Issuer, *roles: str) -> bool:
    """Whether they have one of these roles there or further up."""
    seats = Seat.objects.live().filter(person=user, role__in=roles, achievement=None)
    return seats.filter(issuer__descents_below__descendant=issuer).exists()


def can_design(user: User, issuer: Issuer) -> bool:
    return has_seat(user, issuer, *DESIGNING)


def designers_of(issuer: Issuer) -> QuerySet[User]:
    """People who look after an issuer's badges: designers, managers and owners, there or further up."""
    return _seated(issuer, *DESIGNING)


def publishers_of(issuer: Issuer) -> QuerySet[User]:
    """People who may approve and publish badges of this issuer."""
    return _seated(issuer, *RUNNING)


def recognisers_of(issuer: Issuer) -> QuerySet[User]:
    """People who answer requests for credit in this issuer's name."""
    return _seated(issuer, Seat.Role.RECOGNISER, *RUNNING)


def can_recognise(user: User, issuer: Issuer) -> bool:
    return has_seat(user, issuer, Seat.Role.RECOGNISER, *RUNNING)


def can_publish(user: User, issuer: Issuer) -> bool:
    return has_seat(user, issuer, *RUNNING)


def runs(user: User) -> bool:
    """Whether they own or manage any organisation."""
    return Seat.objects.live().filter(person=user, role__in=RUNNING, achievement=None).exists()


def asks_approval(issuer: Issuer) -> bool:
    """Whether this issuer, or one above it, requires a second person to approve a version."""
    return issuer.descents_above.filter(ancestor__asks_approval=True).exists()


# --- organisations and seats ------------------------------------------------------------------------------------------
def can_edit(user: User, issuer: Issuer) -> bool:
    """Whether they may edit profile, logo and approvals: those who run it."""
    return has_seat(user, issuer, *RUNNING)


def owns(user: User, issuer: Issuer) -> bool:
    return has_seat(user, issuer, Seat.Role.OWNER)


def can_see_people(user: User, issuer: Issuer) -> bool:
    return has_seat(user, issuer, *RUNNING)


def can_seat(user: User, issuer: Issuer, role: str) -> bool:
    """Whether they may give, change and end a role: owners any, managers any but an owner's. The operator may give an
    owner to an issuer that has none.
    """
    if role == Seat.Role.OWNER:
        return has_seat(user, issuer, Seat.Role.OWNER) or can_give_owner(user, issuer)
    return has_seat(user, issuer, *RUNNING)


def can_give_owner(user: User, issuer: Issuer) -> bool:
    """Whether they are an operator, and the issuer has no owner."""
    return user.is_operator and not has_owner(issuer)


def has_owner(issuer: Issuer) -> bool:
    """Whether it has its own owner: owners further up don't count."""
    return Seat.objects.live().filter(issuer=issuer, role=Seat.Role.OWNER).exists()


# --- judging ----------------------------------------------------------------------------------------------------------
def assesses(user: User) -> bool:
    """Whether they have an assessor's or moderator's seat anywhere."""
    return Seat.objects.live().filter(person=user, role__in=(Seat.Role.ASSESSOR, Seat.Role.MODERATOR)).exists()


def moderates(user: User) -> bool:
    """Whether they have a moderator's seat anywhere."""
    return Seat.objects.live().filter(person=user, role=Seat.Role.MODERATOR).exists()


def judges_of(achievement: Achievement) -> list[tuple[int, str]]:
    """People who may assess or moderate, with the role: at the issuer, further up, or for the achievement alone."""
    seats = Seat.objects.live().filter(
        Q(achievement=None) | Q(achievement=achievement),
        role__in=(Seat.Role.ASSESSOR, Seat.Role.MODERATOR),
        issuer__descents_below__descendant=achievement.issuer_id,
    )
    return list(seats.values_list("person", "role").distinct())


def can_assess(user: User, achievement: Achievement) -> bool:
    """Whether they have an assessor's or moderator's seat at the issuer, or for this achievement."""
    return bool(_ASSESSED.ask(user, achievement.pk))


def can_moderate(user: User, achievement: Achievement) -> bool:
    """Whether they have a moderator's seat at the issuer, or further up."""
    return bool(_MODERATED.ask(user, achievement.pk))


_ASSESSED = Worded(lambda user: Achievement.objects.assessable_by(user).filter(pk=SOMETHING).values("pk"))
_MODERATED = Worded(lambda user: Achievement.objects.moderated_by(user).filter(pk=SOMETHING).values("pk"))


def _seated(issuer: Issuer, *roles: str) -> QuerySet[User]:
    seats = Seat.objects.live().filter(role__in=roles, achievement=None, issuer__descents_below__descendant=issuer)
    return User.objects.filter(pk__in=seats.values("person"), is_active=True).order_by("pk")
