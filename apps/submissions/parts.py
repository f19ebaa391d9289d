"""Where the parts of a file lie until it is whole: in a folder of the house's storage, each under its number.

The one place that knows how: storage elsewhere, which takes parts itself, would stand behind the same four functions.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from apps.core.ids import new_public_id
from apps.core.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.submissions.models import Upload, UploadPart

# As much is in memory of one part at a time, however large it is.
_CHUNK = 1024 * 1024


class Stream(Protocol):
    """A request, as far as a part is concerned."""

    def read(self, size: int, /) -> bytes: ...


class BadPart(Refused):
    """Not the part that was announced: to be sent again."""


class NoRoom(Refused):
    """The disk is full: what arrived before stays."""


class Spoilt(Exception):
    """What lies there is not what arrived."""


def write(upload: Upload, number: int, stream: Stream, *, sha256: str = "") -> tuple[str, str]:
    """Take one part in under a name of its own: (that name, its SHA-256). `sha256`: what it should come to, if known.

    Whatever breaks off leaves nothing behind.
    """
    name = f"{upload.folder}/{number}.{new_public_id()}"
    path = _path(name)
    try:
        found = _take_in(path, stream, upload.size_of(number), sha256.lower())
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoRoom(
                _("There is no room for more just now. What has arrived is kept: go on later, or tell the issuer.")
            ) from error
        raise
    return name, found


def _take_in(path: Path, stream: Stream, left: int, sha256: str) -> str:
    total = hashlib.sha256()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb", buffering=0) as file:
        while left and (chunk := stream.read(min(left, _CHUNK))):
            total.update(chunk)
            _write_all(file.fileno(), chunk)
            left -= len(chunk)
    if left or stream.read(1):
        raise BadPart(_("That part is not as long as it should be. Send it again."))
    if sha256 and sha256 != total.hexdigest():
        raise BadPart(_("That part changed on its way. Send it again."))
    return total.hexdigest()


def settle(upload: Upload, number: int, name: str) -> None:
    """Give a part that has arrived whole its number."""
    _path(name).replace(_path(f"{upload.folder}/{number}"))


def forget(name: str) -> None:
    _path(name).unlink(missing_ok=True)


def put_together(upload: Upload, parts: Iterable[UploadPart]) -> tuple[Path, str]:
    """The whole file, read and summed once in order: (where it lies, its SHA-256). Raises Spoilt.

    Asked twice, each makes one of its own; the parts stay until they are dropped.
    """
    folder, whole, listed = _path(upload.folder), hashlib.sha256(), list(parts)
    path = folder / f"whole.{new_public_id()}"
    try:
        with path.open("xb", buffering=0) as file:
            for part in listed:
                own = hashlib.sha256()
                with (folder / str(part.number)).open("rb", buffering=0) as source:
                    while chunk := source.read(_CHUNK):
                        own.update(chunk)
                        whole.update(chunk)
                        _write_all(file.fileno(), chunk)
                _compare(own.hexdigest(), part)
    except FileNotFoundError:
        path.unlink(missing_ok=True)
        raise Spoilt(str(folder)) from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, whole.hexdigest()


def keep(path: Path, name: str) -> None:
    """Move a whole file to where it stays."""
    place = _path(name)
    place.parent.mkdir(parents=True, exist_ok=True)
    path.replace(place)


def drop(upload: Upload) -> None:
    """Forget every part. Asked twice, there is nothing left to do."""
    shutil.rmtree(_path(upload.folder), ignore_errors=True)


def _compare(found: str, part: UploadPart) -> None:
    if found != part.sha256:
        message = f"part {part.number} of {part.upload_id} has changed since it arrived"
        raise Spoilt(message)


def _write_all(descriptor: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(descriptor, view) :]


def _path(name: str) -> Path:
    return Path(default_storage.path(name))
