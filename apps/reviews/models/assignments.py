"""Who holds an attempt to mark it, and until when."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.submissions.models import Attempt


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def live(self) -> AssignmentQuerySet:
        """Leases that still hold, by the database's clock."""
        return self.filter(state=Assignment.State.TAKEN, until__gt=Now())

    def lapsed(self) -> AssignmentQuerySet:
        return self.filter(state=Assignment.State.TAKEN, until__lte=Now())


class Assignment(Moving):
    """Who marks an attempt, and until when: a lease. One person holds it at a time."""

    class State(models.TextChoices):
        TAKEN = "taken", _("Taken")
        DONE = "done", _("Done")
        RELEASED = "released", _("Given back")
        EXPIRED = "expired", _("Run out")

    MOVES: ClassVar = {
        State.TAKEN: frozenset({State.DONE, State.RELEASED, State.EXPIRED}),
        State.DONE: frozenset(),
        State.RELEASED: frozenset(),
        State.EXPIRED: frozenset(),
    }
    THING: ClassVar = _("assignment")

    public_id = PublicIdField()
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="assignments")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    state = models.CharField(max_length=12, choices=State, default=State.TAKEN)
    taken_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("attempt",), condition=Q(state="taken"), name="one_live_lease"),
            models.CheckConstraint(condition=Q(until__gt=F("taken_at")), name="lease_ends_after_it_begins"),
        )

    def __str__(self) -> str:
        return f"{self.assessor}: {self.attempt}"
