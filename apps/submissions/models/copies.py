"""Copies that assessors open instead of files: they look the same, but don't identify their author."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable


class ReviewCopyQuerySet(models.QuerySet["ReviewCopy"]):
    def by_sum(self, sums: Iterable[str]) -> dict[str, ReviewCopy]:
        return {copy.original_sha256: copy for copy in self.filter(original_sha256__in=sums)}


class ReviewCopy(models.Model):
    """The copy of a file, made once for all pieces with these bytes. The original stays unchanged."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being made")
        MADE = "made", _("Made")
        NONE = "none", _("Can't be made")

    class Reason(models.TextChoices):
        """Why there is none, as shown to someone who would open it."""

        LOCKED = "locked", _("It is locked with a password.")
        BROKEN = "broken", _("It is damaged, or not what it seems to be.")
        TOO_MUCH = "too_much", _("It holds more than can be looked through.")
        UNKNOWN = "unknown", _("It is built in a way that can't be read to its end.")

    original_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    file = models.FileField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    media_type = models.CharField(max_length=127, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    pages = models.PositiveIntegerField(null=True)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)

    objects = ReviewCopyQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state="made", size__gt=0, reason="", made_at__isnull=False)
                & ~Q(file="")
                & ~Q(media_type="")
                & Q(sha256__regex=r"^[0-9a-f]{64}$")
                | ~Q(state="made") & Q(file="", size=0, sha256="", media_type=""),
                name="made_copy_is_a_file",
            ),
            models.CheckConstraint(
                condition=Q(state="none") & ~Q(reason="") | ~Q(state="none") & Q(reason=""),
                name="missing_copy_says_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.original_sha256[:8]}: {self.state}"
