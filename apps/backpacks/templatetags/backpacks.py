"""Template tags for the backpack's pages."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from apps.backpacks.showing import FRAME
from apps.core import pictures

if TYPE_CHECKING:
    from apps.backpacks.models import BackpackItem
    from apps.backpacks.showing import Shown

register = template.Library()
_INDENT = re.compile(r"\n\s+")


@register.simple_tag
def drawn(part: Shown) -> SafeString:
    """A part of a collection's page. It looks the same on every page and to everyone in one language."""
    return _drawn(part, get_language() or "")


@lru_cache(maxsize=2048)
def _drawn(part: Shown, _language: str) -> SafeString:
    block = render_to_string("backpacks/_block.html", {"part": part})
    # Fifty of these make a page, so the template's indentation is stripped. In <pre>, spaces count.
    return block if "<pre" in block else SafeString(_INDENT.sub("\n", block))


@register.filter
def narrower(cover: str) -> SafeString:
    """A `<source>` for a `<picture>`, before its `<img>`: a cover as wide as the page."""
    told = ", ".join(f"{cover}?w={width} {width}w" for width in pictures.widths_of(cover))
    return format_html('<source type="image/webp" srcset="{}" sizes="(min-width: 74rem) 72rem, 100vw">', told)


@register.simple_tag
def picture_of(item: BackpackItem) -> str:
    """Where its holder finds its picture: for an award of ours the badge, else the item's own, else a frame."""
    if item.credential is not None:
        version = item.credential.version
        return reverse("issuers:picture", args=[version.achievement.slug, version.number])
    if item.picture:
        return reverse("backpacks:item_picture", args=[item.public_id])
    return static(FRAME)
