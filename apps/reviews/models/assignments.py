"""Who has a turn, and until when."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.reviews.models.turns import Turn
from apps.submissions.models import Attempt


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def live(self) -> AssignmentQuerySet:
        """Leases that have not run out, by the database's clock."""
        return self.filter(state=Assignment.State.TAKEN, until__gt=Now())

    def lapsed(self) -> AssignmentQuerySet:
        return self.filter(state=Assignment.State.TAKEN, until__lte=Now())

    def unanswered(self) -> AssignmentQuerySet:
        """Offers whose last day is over, by the application's clock: their days are the issuer's."""
        return self.filter(state=Assignment.State.OFFERED, until__lt=clock.now())

    def open(self) -> AssignmentQuerySet:
        """Offered or taken: nobody else can take the turn."""
        return self.filter(state__in=Assignment.OPEN)


class Assignment(Moving):
    """Who has a turn, and until when: a lease. One person holds it at a time; a lead may offer it to someone for some
    days.
    """

    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        TAKEN = "taken", _("Taken")
        DONE = "done", _("Done")
        RELEASED = "released", _("Given back")
        EXPIRED = "expired", _("Run out")
        REFUSED = "refused", _("Refused")

    MOVES: ClassVar = {
        State.OFFERED: frozenset({State.TAKEN, State.RELEASED, State.EXPIRED, State.REFUSED}),
        State.TAKEN: frozenset({State.DONE, State.RELEASED, State.EXPIRED, State.REFUSED}),
        State.DONE: frozenset(),
        State.RELEASED: frozenset(),
        State.EXPIRED: frozenset(),
        State.REFUSED: frozenset(),
    }
    OPEN: ClassVar = (State.OFFERED, State.TAKEN)
    THING: ClassVar = _("assignment")

    public_id = PublicIdField()
    turn = models.ForeignKey(Turn, on_delete=models.PROTECT, related_name="assignments")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="assignments")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text=_("The lead")
    )
    state = models.CharField(max_length=12, choices=State, default=State.TAKEN)
    taken_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    recognised_at = models.DateTimeField(
        null=True, help_text=_("When a blind assessor said that they know whose work it is")
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("turn",), condition=Q(state__in=("offered", "taken")), name="one_live_lease"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("taken_at")), name="lease_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(state__in=("taken", "done")) | Q(taken_at__isnull=False, until__isnull=False),
                name="what_is_taken_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(until__isnull=False), name="what_is_offered_has_an_end"
            ),
        )

        indexes = (
            models.Index(
                fields=("assessor", "ended_at", "id"), condition=Q(state="done"), name="assignment_by_its_end"
            ),
            models.Index(
                fields=("assessor", "state"), condition=Q(state__in=("offered", "taken")), name="assignment_in_hand"
            ),
            models.Index(
                fields=("ended_at",),
                condition=Q(state__in=("released", "expired", "refused")),
                name="assignment_given_up",
            ),
        )

    def __str__(self) -> str:
        return f"{self.assessor}: {self.attempt}"

    @property
    def is_unanswered(self) -> bool:
        """Whether this is an offer whose last day is over."""
        return self.state == self.State.OFFERED and self.until is not None and self.until < clock.now()

    @property
    def holds_still(self) -> bool:
        """Whether the lease still holds, by this machine's clock, for pages; verbs use the database's."""
        return self.state == self.State.TAKEN and self.until is not None and self.until > timezone.now()
