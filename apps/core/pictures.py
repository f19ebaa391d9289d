"""Pictures that people send: whatever came, this house draws it anew, so that nothing lies in the file but its dots."""

from __future__ import annotations

import hashlib
import struct
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from apps.core import keeping
from apps.core.refused import Refused

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 24_000_000
LEAST_SIDE = 32
# How many dots wide a kept picture lies beside itself, as WebP, by how it ends: one that stands as a badge, which pages
# show 240 wide at most, on fine screens too; and a cover, as wide as the page.
_WIDTHS = {"png": (240, 480), "jpg": (480, 960, 1600)}
# What a broken or hostile picture makes Pillow say.
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, struct.error)


def redrawn(upload: UploadedFile, *, most: tuple[int, int], form: Literal["PNG", "JPEG"] = "PNG") -> bytes:
    """The picture, no larger than `most` (width, height). Raises Refused in words; its size is looked at before it is
    decoded.
    """
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
        raise Refused(
            _("An SVG cannot be used here. Save it as a PNG first, %(wide)d pixels wide or more.") % {"wide": most[0]}
        )
    try:
        picture = _decoded(content, most)
        out = BytesIO()
        if form == "PNG":
            picture.save(out, "PNG", optimize=True)
        else:
            _on_white(picture).save(out, "JPEG", quality=85, optimize=True)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except UnidentifiedImageError:
        raise Refused(_("That is not a picture we can show. Send a PNG, JPEG or WebP.")) from None
    except _BROKEN:
        raise Refused(_("That picture is broken: it could not be read to its end.")) from None
    return out.getvalue()


def keep(upload: UploadedFile, folder: str, *, most: tuple[int, int], form: Literal["PNG", "JPEG"] = "PNG") -> str:
    """Draw a picture anew and keep it in `folder`, and in each of its widths beside it; the name under which it lies, which
    is made of its SHA-256.
    """
    data = redrawn(upload, most=most, form=form)
    name = f"{folder}/{_sum_of(data)}.{'png' if form == 'PNG' else 'jpg'}"
    for width in widths_of(name):
        smaller = _narrowed(data, width)
        keeping.keep(at_width(name, width), ContentFile(smaller), sha256=_sum_of(smaller))
    return keeping.keep(name, ContentFile(data), sha256=_sum_of(data))


def widths_of(name: str) -> tuple[int, ...]:
    """In which a kept picture lies beside itself. One that was kept before there were any has none of them."""
    return _WIDTHS[name.rpartition(".")[2]]


def at_width(name: str, width: int) -> str:
    """Under which name it lies in one of its widths."""
    return f"{name.rpartition('.')[0]}-{width}.webp"


def files_of(name: str) -> list[str]:
    """Every file of a kept picture; none of no picture."""
    return [name, *(at_width(name, width) for width in widths_of(name))] if name else []


def forget_later(name: str) -> None:
    """Delete a kept picture once the change that let go of it stands."""

    def forget() -> None:
        for one in files_of(name):
            default_storage.delete(one)

    if name:
        transaction.on_commit(forget, robust=True)


def _sum_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _narrowed(data: bytes, width: int) -> bytes:
    """The same as WebP, so many dots wide; as wide as it is where that is less."""
    with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as whole:
        narrow = whole.copy()
    narrow.thumbnail((width, MOST_PIXELS), Image.Resampling.LANCZOS)
    out = BytesIO()
    narrow.save(out, "WEBP", quality=85, alpha_quality=90, method=4)
    return out.getvalue()


def _decoded(content: bytes, most: tuple[int, int]) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        picture: Image.Image = Image.open(BytesIO(content), formats=FORMATS)
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_many_pixels()
    if min(picture.size) < LEAST_SIDE:
        raise Refused(_("That picture is too small to read: each side needs at least 32 pixels."))
    # A photograph says which way is up beside its dots; then nothing that came with it is kept.
    picture = ImageOps.exif_transpose(picture)
    picture.thumbnail(most)
    has_holes = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    plain = Image.new("RGBA" if has_holes else "RGB", picture.size)
    plain.paste(picture.convert(plain.mode))
    return plain


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _too_many_pixels() -> Refused:
    return Refused(_("That picture has more than 24 million pixels. Send a smaller one."))


def _is_svg(content: bytes) -> bool:
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--"))
