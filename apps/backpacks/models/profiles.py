"""A person's public page."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

HANDLE = r"^[a-z0-9]([a-z0-9-]{1,38})[a-z0-9]$"


class Profile(models.Model):
    """The page at `/p/<handle>` once its person turns it on: a few words and their public collections."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="public_profile", primary_key=True
    )
    handle = models.CharField(_("handle"), max_length=40, help_text=_("The end of its address."))
    headline = models.CharField(_("headline"), max_length=200, blank=True)
    about = models.TextField(_("about you"), blank=True, help_text=_("In Markdown."))
    is_on = models.BooleanField(_("on"), default=False)
    shows_skills = models.BooleanField(_("show your skills"), default=False)
    may_be_found = models.BooleanField(default=False, help_text=_("Whether search engines may list it"))
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("handle"), name="one_profile_a_handle"),
            models.CheckConstraint(condition=Q(handle__regex=HANDLE), name="handle_is_plain"),
            models.CheckConstraint(condition=Q(may_be_found=False) | Q(is_on=True), name="only_what_is_on_is_found"),
        )

    def __str__(self) -> str:
        return self.handle

    def get_absolute_url(self) -> str:
        return reverse("backpacks:profile", args=[self.handle])


class LeftHandle(models.Model):
    """The handle of someone who has left: its address answers that it is gone, and nobody can take it over.

    Only a keyed digest is kept, since the handle may have been the person's name.
    """

    handle_hash = models.CharField(max_length=64, unique=True)
    left_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.handle_hash


class LeftCollection(models.Model):
    """The public collection of someone who has left: its address answers that it is gone.

    Only a keyed digest of its public id is kept.
    """

    id_hash = models.CharField(max_length=64, unique=True)
    left_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.id_hash


class FormerHandle(models.Model):
    """An earlier address of someone's public page, or that of an account merged into theirs. It leads to their
    present page, and nobody else can use it.
    """

    handle = models.CharField(max_length=40)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="former_handles")

    class Meta:
        constraints = (models.UniqueConstraint(Lower("handle"), name="one_former_handle"),)

    def __str__(self) -> str:
        return self.handle
