"""Check a learner's file, sum it, and store it under its sum."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.files.storage import default_storage
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from apps.core import keeping
from apps.core.refused import Refused
from apps.submissions import blind, contents, parts
from apps.submissions.contents import ENDINGS

if TYPE_CHECKING:
    from typing import IO

    from django.core.files.base import File
    from django.core.files.uploadedfile import UploadedFile

    from apps.credentials.models import ForeignCredential
    from apps.issuers.models import AchievementVersion
    from apps.submissions.models import EvidenceItem

__all__ = ["ENDINGS", "KeptFile", "badge_ending", "clean_name", "keep", "name_of", "opened", "refuse_size"]


@dataclass(frozen=True)
class KeptFile:
    name: str
    file_name: str
    media_type: str
    size: int
    sha256: str


def keep(upload: UploadedFile, *, kind: str, version: AchievementVersion) -> KeptFile:
    """Check an upload and store it under its SHA-256. `version` brings its issuer, who says which types it accepts.

    Raises Refused with a sentence if the file is empty, too large, broken, or not of a kind that can be assessed;
    NoRoom if the disk is full; Away if it can't be reached.
    """
    size = upload.size or 0
    refuse_size(size, settings.UPLOAD_LIMIT)
    file_name = clean_name(upload.name)
    media_type = contents.media_type_of(cast("IO[Any]", upload), name=file_name, size=size, kind=kind)
    contents.refuse_untaken(media_type, version.achievement.issuer.evidence_types)
    blind.refuse_unopened(media_type, version)
    upload.seek(0)
    total = hashlib.sha256()
    for chunk in upload.chunks():
        total.update(chunk)
    sha256 = total.hexdigest()
    keeping.hold(name_of(sha256))
    with parts.room(
        _("There is no room for that file just now. Add it again later, or tell the issuer."),
        away=_("Our storage doesn't answer just now, so that file was not taken. Add it again in a moment."),
    ):
        name = keeping.keep(name_of(sha256), upload, sha256=sha256)
    return KeptFile(name=name, file_name=file_name, media_type=media_type, size=size, sha256=sha256)


def refuse_size(size: int, most: int) -> None:
    if size <= 0:
        raise Refused(_("That file is empty."))
    if size > most:
        raise TooLarge(
            _("That file is %(size)s; the most is %(limit)s.")
            % {"size": filesizeformat(size), "limit": filesizeformat(most)}
        )


class TooLarge(Refused):
    """A file larger than allowed."""


def name_of(sha256: str) -> str:
    """The storage name of a file with this sum."""
    return f"evidence/{sha256[:2]}/{sha256}"


def opened(piece: EvidenceItem) -> File[bytes]:
    """Open a piece's bytes: its file, or those of the badge from elsewhere. Raises OSError."""
    return default_storage.open(piece.foreign.file, "rb") if piece.foreign else piece.file.open("rb")


def badge_ending(foreign: ForeignCredential) -> str:
    """The file ending for a badge's bytes."""
    if not foreign.is_picture:
        return ".json" if foreign.text.startswith("{") else ".jwt"
    try:
        with default_storage.open(foreign.file, "rb") as file:
            return ".png" if file.read(4) == b"\x89PNG" else ".svg"
    except OSError:
        return ".png"


def clean_name(name: str | None) -> str:
    """The last part of a path, without control and formatting characters."""
    last = PurePosixPath((name or "").replace("\\", "/")).name
    kept = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    return kept[-300:] or "file"
