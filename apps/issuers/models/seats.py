"""Who may do what, where and until when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import PublicIdField
from apps.issuers.models.organisations import Issuer

if TYPE_CHECKING:
    from datetime import date, datetime

    from apps.accounts.models import User


class SeatQuerySet(models.QuerySet["Seat"]):
    def live(self, moment: datetime | None = None) -> SeatQuerySet:
        """Seats that count now: not ended, suspended or expired."""
        return self.filter(Q(until=None) | Q(until__gt=moment or clock.now()), ended_at=None, suspended_at=None)

    def kept(self) -> SeatQuerySet:
        """Seats that have not ended, including suspended and expired ones."""
        return self.filter(ended_at=None)

    def visible_to(self, user: User) -> SeatQuerySet:
        """The user's own seats, and those at issuers that they run."""
        return self.filter(Q(person=user) | Q(issuer__in=Issuer.objects.run_by(user)))


class Seat(models.Model):
    """A person's role at an issuer and everything below it; an assessor's may be for one achievement only."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")
        DESIGNER = "designer", _("Designer")
        ASSESSOR = "assessor", _("Assessor")
        MODERATOR = "moderator", _("Moderator")
        RECOGNISER = "recogniser", _("Recogniser")
        VIEWER = "viewer", _("Viewer")

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="seats")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(max_length=12, choices=Role)
    achievement = models.ForeignKey("issuers.Achievement", null=True, on_delete=models.PROTECT, related_name="seats")
    until = models.DateTimeField(null=True)
    given_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("issuer", "person", "role", "achievement"),
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="one_live_seat_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(achievement=None) | Q(role="assessor"), name="only_assessors_sit_at_one_achievement"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.person}"

    @property
    def last_day(self) -> date | None:
        """The last day on which it counts, in the issuer's zone."""
        return _day_before(self.until, self.issuer)

    @property
    def standing(self) -> str:
        """live, suspended, run_out or ended."""
        if self.ended_at is not None:
            return "ended"
        if self.until is not None and self.until <= clock.now():
            return "run_out"
        return "live" if self.suspended_at is None else "suspended"


# The roles that run an issuer: they look after its people and its profile.
RUNNING = (Seat.Role.OWNER, Seat.Role.MANAGER)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        """Invitations neither answered nor withdrawn, including expired ones."""
        return self.filter(seat=None, declined_at=None, withdrawn_at=None)

    def visible_to(self, user: User) -> InvitationQuerySet:
        """Invitations of issuers that `user` runs; for the operator, also those for an issuer's first owner."""
        theirs = Q(issuer__in=Issuer.objects.run_by(user))
        if user.is_operator:
            owned = Seat.objects.live().filter(issuer=models.OuterRef("issuer"), role=Seat.Role.OWNER)
            theirs |= Q(~models.Exists(owned), role=Seat.Role.OWNER)
        return self.filter(theirs)


class Invitation(models.Model):
    """A seat offered by letter. The letter holds a signed link; the address need not have an account yet."""

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("part"), max_length=12, choices=Seat.Role)
    achievement = models.ForeignKey("issuers.Achievement", null=True, on_delete=models.CASCADE, related_name="+")
    seat_until = models.DateTimeField(null=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    seat = models.OneToOneField(Seat, null=True, on_delete=models.PROTECT, related_name="invitation")
    declined_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-invited_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("issuer", "email", "role", "achievement"),
                condition=Q(seat=None, declined_at=None, withdrawn_at=None),
                nulls_distinct=False,
                name="one_open_invitation_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(achievement=None) | Q(role="assessor"), name="only_assessors_are_invited_to_one_achievement"
            ),
            models.CheckConstraint(
                condition=Q(seat=None) | Q(declined_at=None, withdrawn_at=None), name="invitation_answered_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.email}: {self.get_role_display()}"

    @property
    def last_day(self) -> date | None:
        """The last day on which the seat would count, in the issuer's zone."""
        return _day_before(self.seat_until, self.issuer)

    @property
    def standing(self) -> str:
        """open, run_out, accepted, declined or withdrawn."""
        if self.seat_id is not None:
            return "accepted"
        if self.declined_at is not None:
            return "declined"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "open" if self.expires_at > clock.now() else "run_out"


def _day_before(moment: datetime | None, issuer: Issuer) -> date | None:
    """The last day before an end, which is stored as the first moment that no longer counts."""
    if moment is None:
        return None
    return (moment - timedelta(microseconds=1)).astimezone(clock.zone(issuer.time_zone)).date()
