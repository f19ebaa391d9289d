"""Badges checked in batches for anyone who asks: kept for a few days, and owned by nobody."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core import clock
from apps.core.ids import PublicIdField


class Verdict(models.TextChoices):
    """The overall result of a report."""

    VALID = "valid", pgettext_lazy("verdict", "Genuine and valid")
    INVALID = "invalid", pgettext_lazy("verdict", "Does not hold")
    UNDECIDED = "undecided", pgettext_lazy("verdict", "Could not check")
    NO_BADGE = "no_badge", pgettext_lazy("verdict", "Not a badge")


class BatchQuerySet(models.QuerySet["Batch"]):
    def open(self) -> BatchQuerySet:
        """Batches that can still be read."""
        return self.filter(deleted_at=None, ends_at__gt=clock.now())


class Batch(models.Model):
    """Files and URLs that someone submitted to be checked together. Anyone with its URL may read and delete it.

    The row outlives its items, so that the URL can still say that there was a batch.
    """

    public_id = PublicIdField()
    language = models.CharField(max_length=12, help_text=_("Of whoever asked: the reports are written in it"))
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, help_text=_("When the last of its items was checked"))
    ends_at = models.DateTimeField(help_text=_("When it is deleted"))
    deleted_at = models.DateTimeField(null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=("ends_at",), name="batch_ending"),)
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("created_at")), name="batch_ends_after_it_began"),
        )

    def __str__(self) -> str:
        return self.public_id

    def get_absolute_url(self) -> str:
        return reverse("credentials:batch", args=[self.public_id])

    @property
    def is_over(self) -> bool:
        return self.deleted_at is not None or self.ends_at <= clock.now()


class BatchItem(models.Model):
    """One file or URL of a batch. The file is kept until it is checked, the report until the batch ends."""

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        ADDRESS = "address", _("Address")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(help_text=_("From 1 on, in the order in which they were given"))
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=2000, help_text=_("What the file was called, or the address"))
    file = models.FileField(upload_to="batches/", max_length=200, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True, help_text=_("Empty while it waits"))
    refusal = models.TextField(blank=True, help_text=_("Why it is no badge at all"))
    report = models.JSONField(default=dict, help_text=_("Empty where it is no badge"))
    checked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("batch", "position")
        constraints = (
            models.UniqueConstraint(fields=("batch", "position"), name="one_batch_item_a_place"),
            models.CheckConstraint(
                condition=Q(verdict="", checked_at=None) | ~Q(verdict="") & Q(checked_at__isnull=False, file=""),
                name="batch_item_checked_keeps_no_file",
            ),
            models.CheckConstraint(
                condition=Q(verdict="no_badge") & ~Q(refusal="") | ~Q(verdict="no_badge") & Q(refusal=""),
                name="batch_item_no_badge_says_why",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("credentials:batch_item", args=[self.batch.public_id, self.position])

    @property
    def is_waiting(self) -> bool:
        return self.checked_at is None

    @property
    def standing(self) -> str:
        """Its state as a key of the pills."""
        return self.verdict or "waiting"

    @property
    def ruling(self) -> str:
        """The report's overall verdict as a key of the pills; if it waits or is no badge, that."""
        return str(self.report.get("verdict") or self.standing)

    @property
    def trouble(self) -> str:
        """What to know first: why it is no badge, or the check that decides its verdict; empty if all is well."""
        return self.refusal or str(self.report.get("trouble", ""))
