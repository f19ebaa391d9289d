"""The kernel's tables: events, the blocks that seal them, and jobs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import LENGTH, PublicIdField


class EventBlock(models.Model):
    """A sealed run of events: the Merkle root of their digests, chained to the block before."""

    number = models.PositiveIntegerField(unique=True)
    events = models.PositiveIntegerField(help_text=_("How many events it seals"))
    merkle_root = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"block {self.number}"


class Event(models.Model):
    """A record of what happened, to what, and by whom. Appended, never changed: row triggers enforce that.

    It holds ids and codes; words stay in the domain's rows, and the event holds their digest.
    """

    public_id = PublicIdField()
    kind = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=LENGTH)
    actor_id = models.CharField(max_length=LENGTH, blank=True, help_text=_("Public id of the person; empty: Satchel"))
    data = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    block = models.ForeignKey(EventBlock, null=True, on_delete=models.PROTECT, related_name="sealed")

    class Meta:
        indexes = (
            models.Index(fields=("subject_id", "id"), name="event_by_subject"),
            models.Index(fields=("actor_id", "id"), name="event_by_actor"),
            models.Index(fields=("id",), name="event_unsealed", condition=Q(block=None)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class Job(models.Model):
    """One thing still to do, written in the same transaction as the change that made it necessary."""

    class Queue(models.TextChoices):
        NOW = "now", _("Now")
        BULK = "bulk", _("Bulk")
        MAIL = "mail", _("Mail")

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        DONE = "done", _("Done")
        DEAD = "dead", _("Given up")

    function = models.CharField(max_length=200)
    key = models.CharField(max_length=200, unique=True)
    queue = models.CharField(max_length=8, choices=Queue)
    # A database default, because code older than this version writes rows without it.
    bell = models.PositiveSmallIntegerField(db_default=6, help_text=_("The lower, the sooner a worker hears of it"))
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True, help_text=_("When a worker was last told"))
    last_error = models.TextField(blank=True)
    enqueued_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(queue__in=("now", "bulk", "mail")), name="job_queue_known"),
            models.CheckConstraint(condition=Q(bell__in=(0, 3, 6, 9)), name="job_bell_known"),
            models.CheckConstraint(condition=Q(state__in=("pending", "done", "dead")), name="job_state_known"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | ~Q(state="done") & Q(done_at=None),
                name="job_done_has_a_time",
            ),
        )
        indexes = (
            models.Index(fields=("queue", "bell", "next_at"), name="job_due_by_bell", condition=Q(state="pending")),
            models.Index(fields=("done_at",), name="job_done", condition=Q(state="done")),
        )

    def __str__(self) -> str:
        return self.key


class Forgetting(models.Model):
    """A record that old data of a class was forgotten on a day, and how many rows (see `config/retention.py`)."""

    public_id = PublicIdField()
    kind = models.CharField(max_length=40)
    before = models.DateTimeField(help_text=_("What was older was forgotten"))
    number = models.PositiveIntegerField()
    done_at = models.DateTimeField()

    class Meta:
        ordering = ("-done_at", "-pk")

    def __str__(self) -> str:
        return f"{self.kind}: {self.number}"


class Pulse(models.Model):
    """When a part last gave a sign of life."""

    name = models.CharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Installation(models.Model):
    """The one row about this installation: the origin that the first credential fixed for good."""

    one = models.BooleanField(primary_key=True, default=True)
    public_url = models.CharField(max_length=255)
    fixed_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(one=True), name="one_installation"),)

    def __str__(self) -> str:
        return self.public_url
