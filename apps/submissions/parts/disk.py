"""Parts in a folder of the application's storage, each under its number. All of them pass through us."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from apps.core.ids import new_public_id
from apps.core.refused import Refused
from apps.submissions.parts.common import Spoilt, Whole, no_answer, room, take_in, take_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from apps.submissions.models import Upload, UploadPart
    from apps.submissions.parts.common import Address, Stream


def begin(_upload: Upload) -> str:
    return ""


def end(_upload: Upload, _called: str) -> None:
    """It has no id to discard."""


def write(upload: Upload, number: int, stream: Stream, *, sha256: str = "") -> tuple[str, str]:
    name = f"{upload.folder}/{number}.{new_public_id()}"
    path = _path(name)
    try:
        with room(away=no_answer()):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("xb", buffering=0)
        with file:
            return name, take_in(file.fileno(), stream, upload.size_of(number), sha256.lower())
    except BaseException:
        forget(name)
        raise


def settle(upload: Upload, number: int, name: str) -> None:
    with room(away=no_answer()):
        _path(name).replace(_path(f"{upload.folder}/{number}"))


def forget(name: str) -> None:
    """If the disk is unavailable, the part stays until its upload is dropped."""
    with suppress(OSError):
        _path(name).unlink(missing_ok=True)


def sign(_upload: Upload, _number: int, _sha256: str) -> Address:
    raise Refused(_("The parts of this file are sent here."))


def find(upload: Upload, number: int, sha256: str) -> None:
    sign(upload, number, sha256)


@contextmanager
def put_together(upload: Upload, parts: Iterable[UploadPart]) -> Iterator[Whole]:
    """Each call makes a file of its own; the parts stay until they are dropped."""
    folder, whole, listed = _path(upload.folder), hashlib.sha256(), list(parts)
    path = folder / f"whole.{new_public_id()}"
    try:
        try:
            with path.open("xb", buffering=0) as file:
                for part in listed:
                    with (folder / str(part.number)).open("rb", buffering=0) as source:
                        take_over(file.fileno(), source, part, whole)
        except FileNotFoundError:
            raise Spoilt(str(folder)) from None
        yield Whole(path, whole.hexdigest(), partial(_keep, path))
    finally:
        path.unlink(missing_ok=True)


def _keep(path: Path, name: str) -> None:
    place = _path(name)
    place.parent.mkdir(parents=True, exist_ok=True)
    path.replace(place)


def drop(upload: Upload) -> None:
    shutil.rmtree(_path(upload.folder), ignore_errors=True)


def hello() -> str:
    return "they come through the web server"


def _path(name: str) -> Path:
    return Path(default_storage.path(name))
