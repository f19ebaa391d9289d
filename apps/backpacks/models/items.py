"""The contents of a backpack: credentials earned here, credentials from elsewhere, and self-declared ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.credentials.models import Credential, ForeignCredential

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

LONGEST_TAG = 40


class DeclaredCredential(models.Model):
    """Something a person says they hold, such as a paper certificate. Nobody signed it, so it is never checked."""

    public_id = PublicIdField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="declared_credentials")
    name = models.CharField(_("name"), max_length=200)
    issuer_name = models.CharField(_("who gave it"), max_length=200)
    earned_on = models.DateField(_("when"))
    ends_on = models.DateField(_("runs out"), null=True)
    words = models.TextField(_("about it"), blank=True, help_text=_("In Markdown."))
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("earned_on")), name="declared_ends_after_it_began"
            ),
        )

    def __str__(self) -> str:
        return self.name


class BackpackItemQuerySet(models.QuerySet["BackpackItem"]):
    def visible_to(self, user: User | AnonymousUser | None) -> BackpackItemQuerySet:
        """The user's own. Collections and credentials decide what others see of it."""
        return self.filter(person=user) if user is not None and user.is_authenticated else self.none()

    def kept(self) -> BackpackItemQuerySet:
        """Without those that their holder gave up or that a newer one replaced."""
        return self.filter(Q(foreign=None) | Q(foreign__state=ForeignCredential.State.KEPT))

    def with_things(self) -> BackpackItemQuerySet:
        """With everything a card needs, whichever kind it is."""
        return self.select_related("credential__version__achievement", "credential__issuer", "foreign", "declared")

    def locked(self, pk: int) -> BackpackItem:
        return self.select_for_update(of=("self",)).get(pk=pk)


class BackpackItem(models.Model):
    """A credential in a person's backpack: earned here, from another issuer, or declared by its earner.

    Its name, issuer, date and skills are copied here when it is filed. None of that changes, and so one query
    searches all three kinds.
    """

    class Kind(models.TextChoices):
        EARNED = "earned", _("Earned here")
        ELSEWHERE = "elsewhere", _("From elsewhere")
        DECLARED = "declared", _("Added by hand")

    public_id = PublicIdField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="backpack_items")
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.EARNED)
    credential = models.OneToOneField(Credential, null=True, on_delete=models.PROTECT, related_name="backpack_item")
    foreign = models.OneToOneField(ForeignCredential, null=True, on_delete=models.PROTECT, related_name="backpack_item")
    declared = models.OneToOneField(
        DeclaredCredential, null=True, on_delete=models.PROTECT, related_name="backpack_item"
    )
    name = models.TextField(blank=True)
    issuer_name = models.TextField(blank=True)
    earned_on = models.DateField(null=True, help_text=_("In the issuer's time zone"))
    picture = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("Where a picture of it lies in the storage; an award of this house shows its badge"),
    )
    skills = ArrayField(models.TextField(), default=list)
    tags = ArrayField(models.CharField(max_length=LONGEST_TAG), default=list)
    note = models.TextField(_("note"), blank=True, help_text=_("Only you read it."))
    is_hidden = models.BooleanField(
        default=False, help_text=_("Hidden by its earner's own word: no collection shows it to others")
    )
    archived_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField()

    objects = BackpackItemQuerySet.as_manager()

    class Meta:
        ordering = ("-filed_at", "-pk")
        indexes = (models.Index(fields=("person", "-filed_at", "-id"), name="backpack_item_by_person"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="earned", credential__isnull=False, foreign=None, declared=None)
                | Q(kind="elsewhere", credential=None, foreign__isnull=False, declared=None)
                | Q(kind="declared", credential=None, foreign=None, declared__isnull=False),
                name="backpack_item_holds_one_thing",
            ),
        )

    def __str__(self) -> str:
        return self.name or str(self.credential or self.foreign or self.declared)

    def get_absolute_url(self) -> str:
        """The address where its holder reads it."""
        if self.credential is not None:
            return self.credential.get_absolute_url()
        return reverse("backpacks:item", args=[self.public_id])
