"""What earners keep and how they show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.ids import PublicIdField
from apps.credentials.models import Credential

if TYPE_CHECKING:
    from apps.accounts.models import User


class BackpackItemQuerySet(models.QuerySet["BackpackItem"]):
    def visible_to(self, user: User) -> BackpackItemQuerySet:
        return self.filter(person=user)


class BackpackItem(models.Model):
    """A credential in a person's backpack. It lies there from the moment it is offered."""

    public_id = PublicIdField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="backpack_items")
    credential = models.OneToOneField(Credential, on_delete=models.PROTECT, related_name="backpack_item")
    filed_at = models.DateTimeField()

    objects = BackpackItemQuerySet.as_manager()

    class Meta:
        ordering = ("-filed_at", "-pk")

    def __str__(self) -> str:
        return str(self.credential)


class CollectionQuerySet(models.QuerySet["Collection"]):
    def visible_to(self, user: User) -> CollectionQuerySet:
        return self.filter(person=user)


class Collection(models.Model):
    """Credentials in an order of the earner's choosing, with a story, shown by link or not at all."""

    public_id = PublicIdField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collections")
    title = models.CharField(_("title"), max_length=200)
    story = models.TextField(_("story"), blank=True, help_text=_("What ties these together. In Markdown."))
    items: ClassVar = models.ManyToManyField(BackpackItem, through="CollectionItem", related_name="collections")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = CollectionQuerySet.as_manager()

    class Meta:
        ordering = ("-changed_at",)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("backpacks:collection", args=[self.public_id])

    @property
    def is_shared(self) -> bool:
        return any(link.revoked_at is None for link in self.share_links.all())


class CollectionItem(models.Model):
    """One credential's place in a collection."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="places")
    item = models.ForeignKey(BackpackItem, on_delete=models.CASCADE, related_name="places")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("collection", "position", "pk")
        constraints = (models.UniqueConstraint(fields=("collection", "item"), name="once_in_a_collection"),)

    def __str__(self) -> str:
        return f"{self.position}. {self.item}"


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def live(self) -> ShareLinkQuerySet:
        return self.filter(revoked_at=None)


class ShareLink(models.Model):
    """A link that shows a collection to whoever holds it, until it is taken back.

    The token is derived from the public id under SHARE_LINK_KEY; only its SHA-256 is stored.
    """

    public_id = PublicIdField()
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="share_links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    lifted = models.ManyToManyField(
        Credential, related_name="lifted_by", help_text=_("Credentials that this link made visible")
    )

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("collection",), condition=Q(revoked_at=None), name="one_live_link_a_collection"
            ),
        )

    def __str__(self) -> str:
        return self.public_id
