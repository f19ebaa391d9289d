"""Where the parts of a file lie until it is whole. Two places know how: a folder, and a bucket, which takes parts itself:
ours, and those that a browser sends to an address that we have signed.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from django.conf import settings

from apps.submissions.parts.common import Address, Away, BadPart, NoRoom, Spoilt, Stream, Whole, room

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from apps.submissions.models import Upload, UploadPart

__all__ = ["STATUS", "Address", "Away", "BadPart", "NoRoom", "Place", "Spoilt", "Stream", "Whole", "place", "room"]

# How pages and programs are told of a place that takes nothing just now.
STATUS = {NoRoom: HTTPStatus.INSUFFICIENT_STORAGE, Away: HTTPStatus.SERVICE_UNAVAILABLE}


class Place(Protocol):
    """What the modules `disk` and `bucket` both are."""

    def begin(self, upload: Upload, /) -> str:
        """Make ready for the first part. What the place calls the file; nothing, where it has no name for it."""

    def end(self, upload: Upload, called: str, /) -> None:
        """Forget what was begun under that name."""

    def write(self, upload: Upload, number: int, stream: Stream, /, *, sha256: str = "") -> tuple[str, str]:
        """Take one part in under a name of its own: (that name, its SHA-256). `sha256`: what it should come to, if known.

        Whatever breaks off leaves nothing behind.
        """

    def settle(self, upload: Upload, number: int, name: str, /) -> None:
        """Give a part that has arrived whole its number."""

    def forget(self, name: str, /) -> None:
        """Let go of a part that was not settled."""

    def sign(self, upload: Upload, number: int, sha256: str, /) -> Address:
        """Where a browser may send this part, with this sum and no other, for some minutes."""

    def find(self, upload: Upload, number: int, sha256: str, /) -> None:
        """See that a part which a browser has sent lies there. Raises BadPart."""

    def put_together(self, upload: Upload, parts: Iterable[UploadPart], /) -> AbstractContextManager[Whole]:
        """The whole file, read and summed once in order. Raises Spoilt. Asked twice, it is the same."""

    def drop(self, upload: Upload, /) -> None:
        """Forget every part. Asked twice, there is nothing left to do."""

    def hello(self) -> str:
        """How parts come here, for doctor. Raises OSError where they would not."""


def place() -> Place:
    # Imported where it is in use: the description of S3 takes memory that a folder has no need of.
    if settings.BUCKET_ORIGIN:
        from apps.submissions.parts import bucket

        return bucket
    from apps.submissions.parts import disk

    return disk
