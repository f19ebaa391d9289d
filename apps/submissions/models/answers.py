"""What a learner is told of an attempt once it is decided."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.issuers.models import Criterion
from apps.submissions.models.journey import Attempt


class Finding(models.Model):
    """What the learner was told about one criterion of an attempt, released with the decision."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="findings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="findings")
    level = models.PositiveSmallIntegerField(help_text=_("Position of the level reached"))
    met = models.BooleanField()
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ("attempt", "criterion__position")
        constraints = (models.UniqueConstraint(fields=("attempt", "criterion"), name="one_finding_a_criterion"),)

    def __str__(self) -> str:
        return f"{self.criterion}: {self.level}"


class Answer(models.Model):
    """The decision on an attempt as the learner reads it: the outcome and a note to them."""

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="answer")
    met = models.BooleanField()
    note = models.TextField(blank=True)
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.attempt}: {'met' if self.met else 'not yet'}"
