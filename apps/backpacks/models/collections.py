"""Collections: pages that earners make of what they keep, and the links that show them."""

from __future__ import annotations

from copy import copy
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.backpacks.models.items import BackpackItem
from apps.core import clock
from apps.core.ids import LENGTH, PublicIdField
from apps.core.refused import Refused
from apps.credentials.models import Credential

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


class CollectionQuerySet(models.QuerySet["Collection"]):
    def visible_to(self, user: User | AnonymousUser | None) -> CollectionQuerySet:
        """The user's own. What others see is found by a link, or is `public`."""
        return self.filter(person=user) if user is not None and user.is_authenticated else self.none()

    def shared(self) -> CollectionQuerySet:
        return self.exclude(visibility=Collection.Visibility.PRIVATE)

    def public(self) -> CollectionQuerySet:
        return self.filter(visibility=Collection.Visibility.PUBLIC)

    def with_sizes(self) -> CollectionQuerySet:
        """Annotate each with `size`, the number of badges in it."""
        return self.annotate(size=Count("blocks", filter=Q(blocks__item__isnull=False)))

    def locked(self, pk: int) -> Collection:
        """The row under its lock. Raises Refused if it was deleted meanwhile."""
        found = self.select_related("person").select_for_update(of=("self",)).filter(pk=pk).first()
        if found is None:
            raise Refused(_("This collection is gone: it was removed in another window."))
        return found


class Collection(models.Model):
    """A person's own page: credentials and texts in an order of their choosing."""

    class Visibility(models.TextChoices):
        PRIVATE = "private", _("Only you")
        LINK = "link", _("Who has the link")
        PUBLIC = "public", _("Everybody")

    class Layout(models.TextChoices):
        POCKETS = "pockets", _("Cards side by side")
        LEDGER = "ledger", _("One below the other")

    public_id = PublicIdField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collections")
    title = models.CharField(_("title"), max_length=200)
    story = models.TextField(_("story"), blank=True, help_text=_("What ties these together. In Markdown."))
    cover = models.CharField(max_length=200, blank=True, help_text=_("Where its picture lies in the storage"))
    cover_alt = models.CharField(_("what the picture shows"), max_length=300, blank=True)
    layout = models.CharField(max_length=8, choices=Layout, default=Layout.POCKETS)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.PRIVATE)
    shows_name = models.BooleanField(
        default=True,
        db_default=True,
        help_text=_("Whether others read whose it is; if not, no badge on it says it either"),
    )
    may_be_found = models.BooleanField(default=False, help_text=_("Whether search engines may list it"))
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    # False on a copy that `through` returns for a link that hides the evidence.
    shows_evidence = True

    objects = CollectionQuerySet.as_manager()

    class Meta:
        ordering = ("-changed_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(may_be_found=False) | Q(visibility="public"), name="only_public_collections_are_found"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("backpacks:collection", args=[self.public_id])

    @property
    def is_shared(self) -> bool:
        return self.visibility != self.Visibility.PRIVATE

    @property
    def owner_name(self) -> str:
        """The owner's name as others read it; empty if it is not shown."""
        return self.person.name if self.shows_name else ""

    @property
    def keeps_back(self) -> bool:
        """Whether something of every badge in it is hidden, whatever the badge's own switches say."""
        return not (self.shows_name and self.shows_evidence)

    def through(self, link: ShareLink) -> Collection:
        """A copy of the collection as people with this link see it: what the link hides is hidden, nothing else changes.
        It can't be saved.
        """
        seen = copy(self)
        seen.shows_name = self.shows_name and not link.hides_name
        seen.shows_evidence = self.shows_evidence and not link.hides_evidence
        seen.__dict__["save"] = _never
        return seen


def _never(*_args: object, **_kwargs: object) -> None:
    message = "This collection is as a link shows it: fetch it again to change it."
    raise RuntimeError(message)


class BlockQuerySet(models.QuerySet["Block"]):
    def lifting(self) -> BlockQuerySet:
        """Blocks whose credential may be opened by itself: they hide nothing of it, and its earner keeps it."""
        wanted = self.exclude(item__credential__state=Credential.State.DECLINED).filter(item__is_hidden=False)
        return wanted.filter(collection__shows_name=True, shows_name=True, shows_result=True, shows_evidence=True)


class _Part(models.Model):
    """What a part of a collection's page says and hides."""

    class Kind(models.TextChoices):
        LARGE = "large", _("A badge, large")
        SMALL = "small", _("A badge, as a card")
        TEXT = "text", _("Text")
        HEADING = "heading", _("Heading")

    WORDS: ClassVar = frozenset({Kind.TEXT, Kind.HEADING})

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.SMALL)
    words = models.TextField(blank=True, help_text=_("The text or heading; of a badge, its caption. In Markdown."))
    shows_name = models.BooleanField(default=True, help_text=_("Whether the earner's name stands on it"))
    shows_result = models.BooleanField(default=True, help_text=_("Whether the rubric result stands with it"))
    shows_evidence = models.BooleanField(
        default=True, help_text=_("Whether the evidence stands with it that its earner shows to others at all")
    )
    position = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True


class Block(_Part):
    """A part of a collection's page. Its switches hide things of its credential in this collection only."""

    public_id = PublicIdField()
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="blocks")
    item = models.ForeignKey(BackpackItem, null=True, on_delete=models.CASCADE, related_name="blocks")

    objects = BlockQuerySet.as_manager()

    class Meta:
        ordering = ("collection", "position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("collection", "item"), name="once_in_a_collection"),
            models.CheckConstraint(
                condition=Q(kind__in=("large", "small"), item__isnull=False)
                | Q(kind__in=("text", "heading"), item=None) & ~Q(words=""),
                name="block_holds_a_badge_or_words",
            ),
        )

    def __str__(self) -> str:
        return f"{self.position}. {self.item or self.words[:60]}"

    @property
    def hides(self) -> bool:
        """Whether it hides something that the credential's own page or file would show."""
        return self.collection.keeps_back or not (self.shows_name and self.shows_result and self.shows_evidence)


# How long a part taken out of a collection can be put back.
PUT_BACK_WITHIN = timedelta(days=1)


class TakenOutQuerySet(models.QuerySet["TakenOut"]):
    def may_be_put_back(self) -> TakenOutQuerySet:
        return self.filter(taken_at__gt=clock.now() - PUT_BACK_WITHIN)


class TakenOut(_Part):
    """The part last taken out of a collection, as it was, so that it can be put back. It is kept apart from the
    parts, so that nothing that reads or shows those can find it.
    """

    collection = models.OneToOneField(Collection, on_delete=models.CASCADE, related_name="taken_out")
    block_id = models.CharField(max_length=LENGTH, help_text=_("Public id that the part had, and has again"))
    item = models.ForeignKey(BackpackItem, null=True, on_delete=models.CASCADE, related_name="+")
    taken_at = models.DateTimeField(db_index=True)

    objects = TakenOutQuerySet.as_manager()

    def __str__(self) -> str:
        return self.block_id


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def live(self, now: datetime | None = None) -> ShareLinkQuerySet:
        now = now or clock.now()
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)

    def whole(self) -> ShareLinkQuerySet:
        """Links that hide nothing."""
        return self.filter(hides_name=False, hides_evidence=False)


class ShareLink(models.Model):
    """A link that shows a collection to anyone who has it, until it ends or is revoked. It may hide part of what the
    collection shows, and never shows more. What it hides never changes: make another link instead.

    The token is derived from the public id under SHARE_LINK_KEY; only its SHA-256 is stored.
    """

    public_id = PublicIdField()
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="share_links")
    name = models.CharField(_("name"), max_length=100, blank=True, help_text=_("For whom it is. Only you read it."))
    token_hash = models.CharField(max_length=64, unique=True)
    hides_name = models.BooleanField(
        default=False, db_default=False, help_text=_("Whether the earner’s name is kept back from whoever comes by it")
    )
    hides_evidence = models.BooleanField(
        default=False, db_default=False, help_text=_("Whether all evidence is kept back from whoever comes by it")
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ("made_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("made_at")), name="share_link_ends_after_it_began"
            ),
        )
        indexes = (
            models.Index(
                fields=("expires_at",),
                condition=Q(revoked_at=None, expires_at__isnull=False),
                name="share_link_to_expire",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.public_id

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > clock.now())


class Lift(models.Model):
    """A credential that a collection made visible. It is hidden again once no live collection needs it."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="lifts")
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="lifts")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("collection", "credential"), name="lifted_once"),)

    def __str__(self) -> str:
        return f"{self.collection_id} {self.credential_id}"
