"""What the pages of the backpack ask of templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.templatetags.static import static
from django.urls import reverse

from apps.backpacks.showing import FRAME

if TYPE_CHECKING:
    from apps.backpacks.models import BackpackItem

register = template.Library()


@register.simple_tag
def picture_of(item: BackpackItem) -> str:
    """Where its holder finds a picture of it: of an award of this house the badge, else what was put there, else a frame."""
    if item.credential is not None:
        version = item.credential.version
        return reverse("issuers:picture", args=[version.achievement.slug, version.number])
    if item.picture:
        return reverse("backpacks:item_picture", args=[item.public_id])
    return static(FRAME)
