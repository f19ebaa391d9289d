"""What every storage for parts takes, returns and raises."""

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

# How much of a part is in memory at a time, however large it is.
CHUNK = 1024 * 1024


class Stream(Protocol):
    """A request body to read from."""

    def read(self, size: int, /) -> bytes: ...


class Address(NamedTuple):
    """Where a browser may send one part directly, with these headers."""

    url: str
    headers: dict[str, str]


class Whole(NamedTuple):
    """An assembled file: a path to read it while it is checked, its SHA-256, and how to keep it."""

    path: Path
    sha256: str
    keep: Callable[[str], None]


class BadPart(Refused):
    """Not the part that was announced: send it again."""


class NoRoom(Refused):
    """The disk is full; what arrived before stays."""


class Away(Refused):
    """The storage can't be reached: try again."""


class Spoilt(Exception):
    """What is stored is not what arrived."""


@contextmanager
def room(words: str = "", *, away: str = "") -> Iterator[None]:
    """Raise NoRoom if the storage is full, with `words` instead of the sentence about parts. With the sentence
    `away`, any other error of the storage raises Away.
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
    """Write one part as it arrives, and return its SHA-256. Raises BadPart."""
    total = hashlib.sha256()
    while left and (chunk := stream.read(min(left, CHUNK))):
        total.update(chunk)
        # A connection that fails while reading raises OSError like a disk, but is another matter.
        with room(away=no_answer()):
            _write_all(descriptor, chunk)
        left -= len(chunk)
    if left or stream.read(1):
        raise BadPart(_("That part is not as long as it should be. Send it again."))
    if sha256 and sha256 != total.hexdigest():
        raise BadPart(_("That part changed on its way. Send it again."))
    return total.hexdigest()


def take_over(descriptor: int, source: Stream, part: UploadPart, whole: hashlib._Hash) -> None:
    """Append a part to those before it, and add it to their sum. Raises Spoilt."""
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
