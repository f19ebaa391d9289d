"""Short codes, for paper."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from apps.backpacks.models.collections import Collection, ShareLink
from apps.core.ids import PublicIdField
from apps.credentials.models import Credential


class ShortCode(models.Model):
    """The code on paper for one credential, one share link, or a collection while it is public.

    It opens nothing by itself: it leads to an address that has its own checks. Only its keyed digest is stored.
    """

    public_id = PublicIdField()
    code_hash = models.CharField(max_length=64, unique=True)
    credential = models.OneToOneField(Credential, null=True, on_delete=models.CASCADE, related_name="short_code")
    link = models.OneToOneField(ShareLink, null=True, on_delete=models.CASCADE, related_name="short_code")
    collection = models.OneToOneField(Collection, null=True, on_delete=models.CASCADE, related_name="short_code")
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(credential__isnull=False, link=None, collection=None)
                | Q(credential=None, link__isnull=False, collection=None)
                | Q(credential=None, link=None, collection__isnull=False),
                name="short_code_names_one_thing",
            ),
        )

    def __str__(self) -> str:
        return self.public_id
