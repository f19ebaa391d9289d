"""Pictures from elsewhere: checked before they are decoded, and converted once into the PNG that is baked."""

from __future__ import annotations

import io
import re
import warnings
from typing import NamedTuple

import puremagic
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from apps.core.refused import Refused
from apps.issuers.art import cleaning, raster

MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000
LEAST, MOST = 400, 1200
# A photograph is scaled down until it can be sent by mail.
SIDES = (MOST, 900, 600, LEAST)
LIGHT_ENOUGH = 1024 * 1024

_RASTERS = {"image/png": "PNG", "image/jpeg": "JPEG"}
_SVG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?svg[\s/>]")


class Taken(NamedTuple):
    """`svg` is empty for a raster picture."""

    png: bytes
    svg: str


def take(data: bytes) -> Taken:
    """The picture, converted. Raises Refused with a sentence for anything that can't be a badge."""
    if not data:
        raise Refused(_("That file is empty."))
    if len(data) > MOST_BYTES:
        raise Refused(
            _("That file is %(size)s; the most is %(limit)s.")
            % {"size": filesizeformat(len(data)), "limit": filesizeformat(MOST_BYTES)}
        )
    media_type = _media_type(data)
    if media_type == "image/svg+xml":
        svg = cleaning.clean(data)
        png = raster.png_of_stranger(svg)
        with Image.open(io.BytesIO(png)) as drawn:
            _refuse_blank(drawn.convert("RGBA"))
        return Taken(png, svg)
    return Taken(_encoded(_decoded(data, _RASTERS[media_type])), "")


def _media_type(data: bytes) -> str:
    """The media type by content, whatever the name says."""
    head = data[: 64 * 1024]
    try:
        found = [match.mime_type for match in puremagic.magic_string(head) if match.confidence > 0]
    except (puremagic.PureError, ValueError):
        found = []
    for media_type in found:
        if media_type in _RASTERS:
            return str(media_type)
    if b"\x00" not in head and _SVG.search(head):
        return "image/svg+xml"
    raise Refused(_("A badge picture is a PNG, a JPEG or an SVG. That file is none of them."))


def _decoded(data: bytes, form: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture: Image.Image = Image.open(io.BytesIO(data), formats=(form,))
        _refuse_size(*picture.size)
        picture.load()
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith(("I", "F")):  # sixteen bits of grey
            picture = picture.convert("I").point(lambda value: value / 257).convert("L")
        return picture.convert("RGBA")
    except Refused:
        raise
    except Image.DecompressionBombError:
        raise Refused(_too_many_pixels()) from None
    except Exception:  # noqa: BLE001 - a reader may raise anything for a broken picture
        raise Refused(_("That picture is broken: it could not be read to its end.")) from None


def _refuse_size(wide: int, high: int) -> None:
    if wide * high > MOST_PIXELS:
        raise Refused(_too_many_pixels())
    if max(wide, high) < LEAST:
        raise Refused(
            _("That picture is %(wide)d by %(high)d pixels. A badge needs %(least)d at least.")
            % {"wide": wide, "high": high, "least": LEAST}
        )
    cleaning.refuse_long(wide, high)


def _too_many_pixels() -> str:
    return _("That picture has more than 16 million pixels. Send a smaller one.")


def _refuse_blank(picture: Image.Image) -> None:
    if picture.getchannel("A").getbbox() is None:
        raise Refused(_("There is nothing to be seen in that picture."))


def _encoded(picture: Image.Image) -> bytes:
    """The PNG, on a transparent square and without any metadata."""
    _refuse_blank(picture)
    side = max(picture.size)
    square = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    if square.getchannel("A").getextrema() == (255, 255):
        square = square.convert("RGB")
    png = b""
    for most in SIDES:
        smaller = min(side, most)
        made = io.BytesIO()
        shown = square if smaller == side else square.resize((smaller, smaller), Image.Resampling.LANCZOS)
        shown.save(made, "PNG", optimize=True)
        png = made.getvalue()
        if len(png) <= LIGHT_ENOUGH:
            break
    return png
