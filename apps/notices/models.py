"""Letters and what became of them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.moves import Moving


class Letter(Moving):
    """One message to one address, written with the change it tells of, delivered by the outbox.

    `attachments`: [{name, media_type, cid, function, arguments}], where `function` is the dotted path of something that
    makes the bytes when the letter leaves; a baked badge is never stored.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES: ClassVar = {
        State.QUEUED: frozenset({State.SENT, State.CANCELLED}),
        State.SENT: frozenset(),
        State.CANCELLED: frozenset(),
    }
    THING: ClassVar = _("letter")

    public_id = PublicIdField()
    dedupe_key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=64)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="letters")
    to = models.EmailField()
    subject = models.CharField(max_length=998)
    text = models.TextField()
    html = models.TextField(blank=True)
    attachments = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-queued_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at=None),
                name="letter_sent_has_a_time",
            ),
        )

    def __str__(self) -> str:
        return self.subject
