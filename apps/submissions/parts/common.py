"""What every place for parts takes, gives and raises."""

from __future__ import annotations

import errno
import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from django.utils.translation import gettext as _

from apps.core.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from apps.submissions.models import UploadPart

# As much is in memory of one part at a time, however large it is.
CHUNK = 1024 * 1024


class Stream(Protocol):
    """A request, as far as a part is concerned."""

    def read(self, size: int, /) -> bytes: ...


class Address(NamedTuple):
    """Where a browser may send one part by itself, and with which headers."""

    url: str
    headers: dict[str, str]


class Whole(NamedTuple):
    """A file put together: where it can be read while somebody looks at it, its SHA-256, and how it comes to stay."""

    path: Path
    sha256: str
    keep: Callable[[str], None]


class BadPart(Refused):
    """Not the part that was announced: to be sent again."""


class NoRoom(Refused):
    """The disk is full: what arrived before stays."""


class Away(Refused):
    """The place can't be reached: to be tried again."""


class Spoilt(Exception):
    """What lies there is not what arrived."""


@contextmanager
def room(words: str = "", *, away: str = "") -> Iterator[None]:
    """What is written here may find no room: `words` say so to whoever sent it, where it is no part of a file. With
    `away`, which says that, every other failing of a disk or a bucket is that it is away.
    """
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            said = _("There is no room for more just now. What has arrived is kept: go on later, or tell the issuer.")
            raise NoRoom(words or said) from error
        if away:
            raise Away(away) from error
        raise


def no_answer() -> str:
    return _("Our storage doesn't answer just now. What has arrived is kept: go on in a moment.")


def take_in(descriptor: int, stream: Stream, left: int, sha256: str) -> str:
    """Write down one part that is arriving: its SHA-256. Raises BadPart."""
    total = hashlib.sha256()
    while left and (chunk := stream.read(min(left, CHUNK))):
        total.update(chunk)
        # A line that breaks off while it is read fails in the same way as a disk, and is another matter.
        with room(away=no_answer()):
            _write_all(descriptor, chunk)
        left -= len(chunk)
    if left or stream.read(1):
        raise BadPart(_("That part is not as long as it should be. Send it again."))
    if sha256 and sha256 != total.hexdigest():
        raise BadPart(_("That part changed on its way. Send it again."))
    return total.hexdigest()


def take_over(descriptor: int, source: Stream, part: UploadPart, whole: hashlib._Hash) -> None:
    """Write a part behind those before it, and sum it with them. Raises Spoilt."""
    own, left = hashlib.sha256(), part.size
    while left and (chunk := source.read(min(left, CHUNK))):
        own.update(chunk)
        whole.update(chunk)
        _write_all(descriptor, chunk)
        left -= len(chunk)
    if left or own.hexdigest() != part.sha256:
        message = f"part {part.number} of {part.upload_id} has changed since it arrived"
        raise Spoilt(message)


def _write_all(descriptor: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(descriptor, view) :]
