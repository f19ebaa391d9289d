"""What a learner hands over as a file: looked at, summed, and kept by its sum."""

from __future__ import annotations

import hashlib
import unicodedata
import warnings
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import puremagic
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from apps.core import keeping
from apps.core.refused import Refused

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

IMAGE_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
# A JPEG with a smaller one behind it, as many telephones make them. It is opened as a JPEG, and then says this of itself.
_ALSO_JPEG = "MPO"
FILE_TYPES = {
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "text/markdown": ".md",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/zip": ".zip",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
}
IMAGE_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif"}
ENDINGS = FILE_TYPES | IMAGE_ENDINGS
MOST_PIXELS = 50_000_000


@dataclass(frozen=True)
class KeptFile:
    name: str
    file_name: str
    media_type: str
    size: int
    sha256: str


def keep(upload: UploadedFile, *, image: bool) -> KeptFile:
    """Check an upload and store it under its SHA-256.

    Raises Refused with a sentence for what is empty, too large, broken, or not of a kind that can be assessed.
    """
    size = upload.size or 0
    if size == 0:
        raise Refused(_("That file is empty."))
    if size > settings.UPLOAD_LIMIT:
        raise Refused(
            _("That file is %(size)s; the most is %(limit)s.")
            % {"size": filesizeformat(size), "limit": filesizeformat(settings.UPLOAD_LIMIT)}
        )
    media_type = _image_type(upload) if image else _file_type(upload)
    upload.seek(0)
    total = hashlib.sha256()
    for chunk in upload.chunks():
        total.update(chunk)
    sha256 = total.hexdigest()
    name = keeping.keep(f"evidence/{sha256[:2]}/{sha256}", upload, sha256=sha256)
    return KeptFile(name=name, file_name=clean_name(upload.name), media_type=media_type, size=size, sha256=sha256)


def clean_name(name: str | None) -> str:
    """The last part of a path, without characters that steer the eye or the disk."""
    last = PurePosixPath((name or "").replace("\\", "/")).name
    kept = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    return kept[-300:] or "file"


def _image_type(upload: UploadedFile) -> str:
    """By decoding it, which is what a browser will do."""
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(upload, formats=tuple(IMAGE_TYPES))
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused(_("That picture has more than 50 million pixels. Send a smaller one."))
        media_type = IMAGE_TYPES["JPEG" if picture.format == _ALSO_JPEG else str(picture.format)]
        picture.load()
    except UnidentifiedImageError:
        raise Refused(_("That is not a picture we can show. Send a PNG, JPEG, WebP or GIF.")) from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Refused(_("That picture is broken: it could not be read to its end.")) from None
    return media_type


def _file_type(upload: UploadedFile) -> str:
    """By content; by its ending only among kinds of plain text, which have no mark of their own."""
    upload.seek(0)
    head = upload.read(64 * 1024)
    ending = PurePosixPath(clean_name(upload.name).lower()).suffix
    try:
        found = [
            match.mime_type for match in puremagic.magic_string(head, filename=f"x{ending}") if match.confidence > 0
        ]
    except (puremagic.PureError, ValueError):
        found = []
    for media_type in found:
        if media_type in FILE_TYPES and not media_type.startswith("text/"):
            return str(media_type)
        if media_type in IMAGE_TYPES.values():
            return _image_type(upload)
    by_ending = {end: media_type for media_type, end in FILE_TYPES.items()}.get(ending, "")
    if by_ending.startswith("text/") and _is_text(head):
        return by_ending
    raise Refused(
        _("We can't take that kind of file. Send a PDF, a picture, text, an office document, audio, video or a zip.")
    )


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # the cut may fall inside a character
    return True
