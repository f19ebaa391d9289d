"""Who may do what, where and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import PublicIdField
from apps.issuers.models.organisations import Issuer

if TYPE_CHECKING:
    from datetime import datetime


class SeatQuerySet(models.QuerySet["Seat"]):
    def live(self, moment: datetime | None = None) -> SeatQuerySet:
        """Those that count now: neither ended, nor suspended, nor run out."""
        return self.filter(Q(until=None) | Q(until__gt=moment or clock.now()), ended_at=None, suspended_at=None)

    def kept(self) -> SeatQuerySet:
        """Those that have not ended: suspended ones and those that ran out too."""
        return self.filter(ended_at=None)


class Seat(models.Model):
    """A person's part at an issuer and all below it; an assessor's may be for one achievement only."""

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
