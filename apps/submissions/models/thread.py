"""Messages between a learner and their assessors about a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.submissions.models.journey import Submission

if TYPE_CHECKING:
    from apps.accounts.models import User

LONGEST_MESSAGE = 5_000


class MessageQuerySet(models.QuerySet["Message"]):
    def from_others(self, person: User) -> MessageQuerySet:
        return self.exclude(author=person)


class Message(models.Model):
    """One message of the thread. Never changed or deleted."""

    public_id = PublicIdField()
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    from_assessor = models.BooleanField(help_text=_("Else it is the learner's"))
    text = models.TextField(_("message"), max_length=LONGEST_MESSAGE)
    written_at = models.DateTimeField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ("submission", "written_at", "pk")
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="message_says_something"),)

    def __str__(self) -> str:
        return f"{self.submission}, {self.written_at:%Y-%m-%d %H:%M}"


class ThreadSeen(models.Model):
    """When a person last read a thread: later messages are new to them."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("submission", "person"), name="thread_seen_once_a_person"),)

    def __str__(self) -> str:
        return f"{self.person}: {self.seen_at:%Y-%m-%d %H:%M}"
