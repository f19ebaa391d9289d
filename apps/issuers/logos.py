"""An issuer's logo: whatever picture came, kept as a small PNG that this house has drawn itself."""

from __future__ import annotations

import struct
import warnings
from io import BytesIO
from typing import TYPE_CHECKING

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from apps.core.refused import Refused

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 24_000_000
LEAST_SIDE = 32
SIDE = 512
# What a broken or hostile picture makes Pillow say.
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, struct.error)


def as_png(upload: UploadedFile) -> bytes:
    """The picture as a PNG of at most SIDE pixels a side. Raises Refused in words; looks at its size before decoding it."""
    size = upload.size or 0
    if size == 0:
        raise Refused(_("That file is empty."))
    if size > MOST_BYTES:
        raise Refused(
            _("That file is %(size)s; the most is %(limit)s.")
            % {"size": filesizeformat(size), "limit": filesizeformat(MOST_BYTES)}
        )
    upload.seek(0)
    content = upload.read()
    if _is_svg(content):
        raise Refused(_("A logo is a picture made of dots. Save the SVG as a PNG first, 512 pixels wide or more."))
    try:
        picture = _decoded(content)
        out = BytesIO()
        picture.save(out, "PNG", optimize=True)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except UnidentifiedImageError:
        raise Refused(_("That is not a picture we can show. Send a PNG, JPEG or WebP.")) from None
    except _BROKEN:
        raise Refused(_("That picture is broken: it could not be read to its end.")) from None
    return out.getvalue()


def _decoded(content: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        picture: Image.Image = Image.open(BytesIO(content), formats=FORMATS)
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_many_pixels()
    if min(picture.size) < LEAST_SIDE:
        raise Refused(_("That picture is too small to be read: 32 pixels a side are the least."))
    # A photograph says which way is up beside its dots; then nothing that came with it is kept.
    picture = ImageOps.exif_transpose(picture)
    picture.thumbnail((SIDE, SIDE))
    has_holes = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    plain = Image.new("RGBA" if has_holes else "RGB", picture.size)
    plain.paste(picture.convert(plain.mode))
    return plain


def _too_many_pixels() -> Refused:
    return Refused(_("That picture has more than 24 million pixels. Send a smaller one."))


def _is_svg(content: bytes) -> bool:
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--"))
