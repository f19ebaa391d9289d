"""Template tags for badge pictures."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core import pictures
from apps.issuers import thumbnails

register = template.Library()
_WHOLE = "/badge.png"
# The end of addresses of a person's own picture of a badge, whole and in the widths in which it is kept.
_OWN = "/picture"
# Up to this width, the smaller size is enough for high-resolution screens too.
FITS_ONE = 140


@register.filter
def small(picture: str, width: int) -> SafeString:
    """A `<source>` for a `<picture>`, before its `<img>`: the same badge for a display width of `width` pixels. Empty
    if the picture is neither a badge of ours nor one that a person keeps here.
    """
    if picture.startswith("/achievements/") and picture.endswith(_WHOLE):
        base = picture.removesuffix(".png")
        sizes = {size: f"{base}-{size}.webp" for size in thumbnails.SIZES}
    elif picture.endswith(_OWN):
        sizes = {size: f"{picture}?w={size}" for size in pictures.widths_of(".png")}
    else:
        return SafeString()
    if width <= FITS_ONE:  # a page may have fifty of these, so each is as short as possible
        return format_html('<source type="image/webp" srcset="{}">', sizes[min(sizes)])
    told = ", ".join(f"{address} {size}w" for size, address in sizes.items())
    return format_html('<source type="image/webp" srcset="{}" sizes="{}px">', told, width)
