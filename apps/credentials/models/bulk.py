"""Many awards from one table: the uploaded table, the result of checking each row, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core import clock, turns
from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.credentials.models.awards import Credential
from apps.issuers.models import AchievementVersion, Issuer

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User

# How long after the last award all of them can be revoked at once.
UNDONE_WITHIN = timedelta(hours=1)


class BulkAwardQuerySet(models.QuerySet["BulkAward"]):
    def visible_to(self, user: User) -> BulkAwardQuerySet:
        """The bulk awards of issuers that `user` runs."""
        return self.filter(issuer__in=Issuer.objects.run_by(user))

    def locked(self, pk: int, *, nowait: bool = False) -> BulkAward:
        """Lock a bulk award; waits for jobs that award from it now, but not for later ones."""
        if not nowait:
            turns.take(BulkAward.turn(pk))
        found = self.select_related("version__achievement", "issuer", "by")
        return found.select_for_update(of=("self",), nowait=nowait).get(pk=pk)


class BulkAward(Moving):
    """A table of people who are to be awarded one version of an achievement directly.

    `columns` is its first row, with the first values below each: [{"name", "first"}]. `mapping` says which of them holds
    what: {field of `apps.credentials.mapping.FIELDS`: number of the column from 0}, of evidence a list of numbers.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", pgettext_lazy("bulk award", "Checked")
        AWARDING = "awarding", _("Being awarded")
        DONE = "done", pgettext_lazy("bulk award", "Awarded")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")

    MOVES: ClassVar = {
        State.DRAFT: frozenset({State.CHECKING}),
        # A table that turns out unreadable goes back to draft, so that another can be uploaded.
        State.CHECKING: frozenset({State.CHECKED, State.DRAFT}),
        State.CHECKED: frozenset({State.CHECKING, State.DRAFT, State.AWARDING}),
        State.AWARDING: frozenset({State.DONE, State.UNDOING}),
        State.DONE: frozenset({State.UNDOING}),
        State.UNDOING: frozenset({State.UNDONE}),
        State.UNDONE: frozenset(),
    }
    THING: ClassVar = _("bulk award")
    # Nothing has been awarded from it yet.
    OPEN: ClassVar = frozenset({State.DRAFT, State.CHECKING, State.CHECKED})

    public_id = PublicIdField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="bulk_awards")
    version = models.ForeignKey(AchievementVersion, on_delete=models.PROTECT, related_name="bulk_awards")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bulk_awards")
    why = models.TextField(_("why"), help_text=_("What the awards rest on. Only the issuer reads it."))
    file = models.FileField(upload_to="bulk/", max_length=200, blank=True)
    file_name = models.CharField(max_length=255, help_text=_("What the file was called"))
    letters_guessed = models.BooleanField(
        default=False, help_text=_("The file does not say how its letters are written")
    )
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    trouble = models.TextField(blank=True, help_text=_("Why its rows could not be read"))
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, help_text=_("When awarding began"))
    finished_at = models.DateTimeField(null=True, help_text=_("When the last row was dealt with"))
    undone_at = models.DateTimeField(null=True, help_text=_("When somebody took all of it back"))
    undo_reason = models.CharField(max_length=12, choices=Credential.Reason, blank=True)
    undo_note = models.TextField(_("note"), blank=True, help_text=_("Shown on each credential's page."))

    objects = BulkAwardQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("draft", "checking", "checked", "awarding", "done", "undoing", "undone")),
                name="bulk_award_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "checking", "checked"), started_at=None)
                | Q(state__in=("awarding", "done", "undoing", "undone"), started_at__isnull=False),
                name="bulk_award_begins_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("undoing", "undone"), undone_at__isnull=False) & ~Q(undo_reason="")
                | ~Q(state__in=("undoing", "undone")) & Q(undone_at=None, undo_reason=""),
                name="bulk_award_undone_with_a_reason",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="bulk_award_says_why"),
        )

    def __str__(self) -> str:
        return f"{self.version} · {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("credentials:bulk_award", args=[self.issuer.slug, self.public_id])

    @staticmethod
    def turn(pk: int) -> str:
        """The name of its lock in `apps.core.turns`."""
        return f"bulk award {pk}"

    @property
    def undone_until(self) -> datetime | None:
        """Until when all of it can be undone; None before it is finished."""
        return self.finished_at + UNDONE_WITHIN if self.finished_at else None

    @property
    def can_be_undone(self) -> bool:
        if self.state == self.State.AWARDING:
            return True
        return self.state == self.State.DONE and self.undone_until is not None and clock.now() < self.undone_until


class BulkRowQuerySet(models.QuerySet["BulkRow"]):
    def over_at(self, moment: datetime) -> BulkRowQuerySet:
        """Rows that were ready but whose validity ends by then: nobody is awarded an expired badge."""
        return self.filter(state=BulkRow.State.READY, valid_until__lte=moment)


class BulkRow(models.Model):
    """One row of the table, as written and as read.

    `problem` is a key of `apps.credentials.rows.PROBLEMS`; its sentence is completed with `told` when read.
    """

    class State(models.TextChoices):
        READY = "ready", pgettext_lazy("row", "Ready")
        PROBLEM = "problem", pgettext_lazy("row", "To be corrected")
        AWARDED = "awarded", pgettext_lazy("row", "Awarded")
        FAILED = "failed", pgettext_lazy("row", "Not awarded")
        UNDONE = "undone", pgettext_lazy("row", "Taken back")

    bulk = models.ForeignKey(BulkAward, on_delete=models.CASCADE, db_index=False, related_name="rows")
    number = models.PositiveIntegerField(help_text=_("Its line in the table, whose first line names the columns"))
    cells = models.JSONField(default=list)
    address = models.CharField(max_length=254, blank=True, help_text=_("In lower case"))
    name = models.CharField(max_length=300, blank=True)
    narrative = models.TextField(blank=True)
    evidence = models.JSONField(default=list, help_text=_("Addresses"))
    valid_until = models.DateTimeField(null=True)
    language = models.CharField(max_length=10, blank=True)
    is_new = models.BooleanField(default=False, help_text=_("Nobody has this address yet: the award is an invitation"))
    state = models.CharField(max_length=8, choices=State)
    problem = models.CharField(max_length=24, blank=True)
    told = models.JSONField(default=dict)
    credential = models.OneToOneField(Credential, null=True, on_delete=models.PROTECT, related_name="bulk_row")

    objects = BulkRowQuerySet.as_manager()

    class Meta:
        ordering = ("bulk", "number")
        constraints = (
            models.UniqueConstraint(fields=("bulk", "number"), name="one_bulk_row_a_line"),
            models.UniqueConstraint(
                fields=("bulk", "address"),
                condition=Q(state__in=("ready", "awarded", "undone")),
                name="nobody_twice_in_a_table",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("problem", "failed")) & ~Q(problem="")
                | Q(state__in=("ready", "awarded", "undone"), problem=""),
                name="bulk_row_says_what_is_wrong",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("awarded", "undone"), credential__isnull=False)
                | Q(state__in=("ready", "problem", "failed"), credential=None),
                name="bulk_row_awarded_has_its_credential",
            ),
        )
        indexes = (models.Index(fields=("bulk", "state", "number"), name="bulk_row_by_state"),)

    def __str__(self) -> str:
        return f"{self.number}: {self.address}"
