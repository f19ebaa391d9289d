"""Talks that some badges require before the next attempt."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.submissions.models.journey import Submission


class CoachTalk(models.Model):
    """A talk with the learner after so many attempts were answered, and what was agreed."""

    public_id = PublicIdField()
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="coach_talks")
    after_attempt = models.PositiveSmallIntegerField(help_text=_("How many attempts had been judged by then"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("what you agreed"))
    held_at = models.DateTimeField()

    class Meta:
        ordering = ("submission", "after_attempt")
        constraints = (
            models.UniqueConstraint(fields=("submission", "after_attempt"), name="one_talk_an_attempt"),
            models.CheckConstraint(condition=~Q(note="") & Q(after_attempt__gte=1), name="talk_says_what_was_agreed"),
        )

    def __str__(self) -> str:
        return f"{self.submission}, after attempt {self.after_attempt}"
