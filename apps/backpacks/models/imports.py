"""Badges from elsewhere as people handed them in: many at once, each with its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.backpacks.models.items import BackpackItem
from apps.core.ids import PublicIdField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User | AnonymousUser | None) -> ImportQuerySet:
        """The user's own."""
        return self.filter(person=user) if user is not None and user.is_authenticated else self.none()

    def with_counts(self) -> ImportQuerySet:
        """Annotate with `total`, how many were given, and `sick`, how many of them need the doctor."""
        sick = Q(items__outcome=ImportedItem.Outcome.SICK)
        return self.annotate(total=Count("items"), sick=Count("items", filter=sick))


class Import(models.Model):
    """Files, addresses and texts handed in at once. It is deleted some weeks later; what was kept stays."""

    public_id = PublicIdField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="imports")
    language = models.CharField(max_length=12, help_text=_("Of whoever asked: what was found is told in it"))
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, help_text=_("When the last of its items was looked at"))
    ends_at = models.DateTimeField(help_text=_("When it is forgotten"))

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")
        indexes = (models.Index(fields=("ends_at",), name="import_ending"),)
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("made_at")), name="import_ends_after_it_began"),
        )

    def __str__(self) -> str:
        return self.public_id

    def get_absolute_url(self) -> str:
        return reverse("backpacks:imported", args=[self.public_id])


class ImportedItemQuerySet(models.QuerySet["ImportedItem"]):
    def visible_to(self, user: User | AnonymousUser | None) -> ImportedItemQuerySet:
        """The user's own."""
        return self.filter(within__person=user) if user is not None and user.is_authenticated else self.none()

    def open(self) -> ImportedItemQuerySet:
        """Items that wait or need something from their holder: their files are still stored."""
        return self.filter(outcome__in=("", ImportedItem.Outcome.SICK))

    def locked(self, pk: int) -> ImportedItem:
        return self.select_related("within__person").select_for_update(of=("self",)).get(pk=pk)


class ImportedItem(models.Model):
    """One file, address or text of an import. The file is stored until it is kept in the backpack or deleted."""

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        ADDRESS = "address", _("Address")
        TEXT = "text", _("Text")

    class Outcome(models.TextChoices):
        KEPT = "kept", pgettext_lazy("import", "In your backpack")
        UNSURE = "unsure", pgettext_lazy("import", "Kept, not checked")
        OVER = "over", pgettext_lazy("import", "Kept, does not count")
        NEWER = "newer", pgettext_lazy("import", "In the place of an older one")
        THERE = "there", pgettext_lazy("import", "There already")
        OURS = "ours", pgettext_lazy("import", "Awarded here")
        TOLD = "told", pgettext_lazy("import", "Kept as told by you")
        SICK = "sick", pgettext_lazy("import", "Needs the doctor")

    public_id = PublicIdField()
    within = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(help_text=_("From 1 on, in the order in which they were given"))
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=2000, help_text=_("What the file was called, or the address"))
    file = models.FileField(upload_to="imports/", max_length=200, blank=True)
    size = models.PositiveIntegerField(default=0, help_text=_("Of the file, in bytes"))
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True, help_text=_("Empty while it waits"))
    words = models.TextField(blank=True, help_text=_("Why it was not kept, or is there already"))
    why = models.CharField(max_length=12, blank=True, help_text=_("Of what is no badge: in a word, what it is instead"))
    report = models.JSONField(default=dict, help_text=_("What the checks found of one that was not kept"))
    item = models.ForeignKey(BackpackItem, null=True, on_delete=models.SET_NULL, related_name="imported")
    tries = models.PositiveSmallIntegerField(default=1)
    looked_at = models.DateTimeField(null=True)

    objects = ImportedItemQuerySet.as_manager()

    class Meta:
        ordering = ("within", "position")
        constraints = (
            models.UniqueConstraint(fields=("within", "position"), name="one_imported_item_a_place"),
            models.CheckConstraint(
                condition=Q(outcome="", looked_at=None) | ~Q(outcome="") & Q(looked_at__isnull=False),
                name="imported_item_has_come_to_something",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=("", "sick")) | Q(file=""), name="imported_item_kept_lies_in_the_backpack"
            ),
            models.CheckConstraint(condition=~Q(outcome="sick") | ~Q(words=""), name="imported_item_sick_says_why"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def standing(self) -> str:
        """The outcome as the pills name it."""
        return self.outcome or "waiting"

    @property
    def is_sick(self) -> bool:
        return self.outcome == self.Outcome.SICK

    @property
    def can_be_tried_again(self) -> bool:
        """Whether what was given is still here; nothing is stored of what was never a badge's file."""
        return self.is_sick and (bool(self.file) or self.kind == self.Kind.ADDRESS)
