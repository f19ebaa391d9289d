"""How pages show a badge's picture."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core import pictures
from apps.issuers import thumbnails

register = template.Library()
_WHOLE = "/badge.png"
# How addresses end where somebody's own picture of a badge lies, whole and in the widths in which it is kept.
_OWN = "/picture"
# Shown so small, the smaller size is enough for fine screens too.
FITS_ONE = 140


@register.filter
def small(picture: str, width: int) -> SafeString:
    """For inside a `<picture>`, before its `<img>`: the same badge smaller, for where it is shown `width` pixels wide.
    Nothing where the picture is neither a badge of ours nor one that somebody keeps here.
    """
    if picture.startswith("/achievements/") and picture.endswith(_WHOLE):
        base = picture.removesuffix(".png")
        sizes = {size: f"{base}-{size}.webp" for size in thumbnails.SIZES}
    elif picture.endswith(_OWN):
        sizes = {size: f"{picture}?w={size}" for size in pictures.widths_of(".png")}
    else:
        return SafeString()
    if width <= FITS_ONE:  # a page may have fifty of these: each says as little as will do
        return format_html('<source type="image/webp" srcset="{}">', sizes[min(sizes)])
    told = ", ".join(f"{address} {size}w" for size, address in sizes.items())
    return format_html('<source type="image/webp" srcset="{}" sizes="{}px">', told, width)
