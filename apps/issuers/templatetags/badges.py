"""How pages show a badge's picture."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.issuers import thumbnails

register = template.Library()
_WHOLE = "/badge.png"
# Shown so small, the smaller size is enough for fine screens too.
FITS_ONE = 140


@register.filter
def small(picture: str, width: int) -> SafeString:
    """For inside a `<picture>`, before its `<img>`: the same badge smaller, for where it is shown `width` pixels wide.
    Nothing where the picture is no badge of ours, whose owner may hide it.
    """
    if not (picture.startswith("/achievements/") and picture.endswith(_WHOLE)):
        return SafeString()
    base = picture.removesuffix(".png")
    if width <= FITS_ONE:  # a page may have fifty of these: each says as little as will do
        return format_html('<source type="image/webp" srcset="{}-{}.webp">', base, thumbnails.SIZES[0])
    sizes = ", ".join(f"{base}-{size}.webp {size}w" for size in thumbnails.SIZES)
    return format_html('<source type="image/webp" srcset="{}" sizes="{}px">', sizes, width)
