"""Uploads in numbered parts, put together when the last has arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.core.moves import Moving
from apps.issuers.models import Criterion
from apps.submissions.models.evidence import EvidenceItem
from apps.submissions.models.journey import Attempt

if TYPE_CHECKING:
    from apps.accounts.models import User


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: User) -> UploadQuerySet:
        """Only one's own."""
        return self.filter(learner=user)

    def locked(self, pk: int) -> Upload:
        return self.select_for_update(of=("self",)).get(pk=pk)


class Upload(Moving):
    """One file that a learner sends in parts, so that a lost connection costs a part and not the file."""

    class State(models.TextChoices):
        RECEIVING = "receiving", _("On its way")
        COMPLETE = "complete", _("Sent")
        KEPT = "kept", _("Kept")
        REFUSED = "refused", _("Refused")
        CANCELLED = "cancelled", _("Cancelled")
        LAPSED = "lapsed", _("Lapsed")

    MOVES: ClassVar = {
        State.RECEIVING: frozenset({State.COMPLETE, State.CANCELLED, State.LAPSED}),
        # Cancelled if its piece was removed before the file was checked.
        State.COMPLETE: frozenset({State.KEPT, State.REFUSED, State.CANCELLED}),
        State.KEPT: frozenset(),
        State.REFUSED: frozenset(),
        State.CANCELLED: frozenset(),
        State.LAPSED: frozenset(),
    }
    THING: ClassVar = _("file")

    public_id = PublicIdField()
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploads")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="uploads")
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVING)
    kind = models.CharField(max_length=12, choices=EvidenceItem.Kind)
    file_name = models.CharField(max_length=300)
    told_type = models.CharField(
        max_length=127, blank=True, help_text=_("As the browser called it; nobody relies on it")
    )
    size = models.PositiveBigIntegerField()
    part_size = models.PositiveIntegerField()
    # The bucket's id of the multipart upload.
    multipart = models.TextField(blank=True)
    title = models.CharField(max_length=300, blank=True)
    criteria: models.ManyToManyField[Criterion, models.Model] = models.ManyToManyField(
        Criterion, related_name="+", blank=True
    )
    piece = models.OneToOneField(EvidenceItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="sent_as")
    begun_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ("begun_at", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(size__gt=0, part_size__gt=0), name="upload_has_parts"),
            models.CheckConstraint(
                condition=Q(kind__in=("document", "image", "audio", "video", "data", "certificate")),
                name="only_files_are_uploaded",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("receiving", "complete"), ended_at=None)
                | Q(state__in=("kept", "refused", "cancelled", "lapsed"), ended_at__isnull=False),
                name="upload_ended_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("receiving", "lapsed")) | Q(piece=None), name="a_piece_once_it_is_sent"
            ),
        )
        indexes = (
            models.Index(fields=("learner",), condition=Q(state="receiving"), name="upload_under_way"),
            models.Index(fields=("touched_at",), condition=Q(state="receiving"), name="upload_untouched"),
        )

    def __str__(self) -> str:
        return self.file_name

    @property
    def count(self) -> int:
        """The number of its parts."""
        return -(-self.size // self.part_size)

    def size_of(self, number: int) -> int:
        """The size in bytes of the part with this number, counted from one."""
        return min(self.part_size, self.size - (number - 1) * self.part_size)

    @property
    def folder(self) -> str:
        return f"uploads/{self.public_id}"


class UploadPart(models.Model):
    """A part that has arrived in full."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ("upload", "number")
        constraints = (
            models.UniqueConstraint(fields=("upload", "number"), name="each_part_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, size__gt=0, sha256__regex=r"^[0-9a-f]{64}$"), name="part_is_whole"
            ),
        )

    def __str__(self) -> str:
        return f"{self.upload}, part {self.number}"
