"""Where the parts of a file are stored until it is complete: in a folder, or in a bucket, which accepts parts from us
and from browsers, at addresses that we sign.
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

# The HTTP status for storage that accepts nothing just now.
STATUS = {NoRoom: HTTPStatus.INSUFFICIENT_STORAGE, Away: HTTPStatus.SERVICE_UNAVAILABLE}


class Place(Protocol):
    """The interface of the modules `disk` and `bucket`."""

    def begin(self, upload: Upload, /) -> str:
        """Prepare for the first part. Return the storage's id for the upload, or empty if it has none."""

    def end(self, upload: Upload, called: str, /) -> None:
        """Discard what was begun under that id."""

    def write(self, upload: Upload, number: int, stream: Stream, /, *, sha256: str = "") -> tuple[str, str]:
        """Store one part under a temporary name: (that name, its SHA-256). `sha256`: the expected sum, if known.

        If it is interrupted, nothing is left behind.
        """

    def settle(self, upload: Upload, number: int, name: str, /) -> None:
        """Give a completely stored part its number."""

    def forget(self, name: str, /) -> None:
        """Discard a part that was not settled."""

    def sign(self, upload: Upload, number: int, sha256: str, /) -> Address:
        """The address where a browser may send exactly this part, with this sum, for some minutes."""

    def find(self, upload: Upload, number: int, sha256: str, /) -> None:
        """Check that a part which a browser sent is there. Raises BadPart."""

    def put_together(self, upload: Upload, parts: Iterable[UploadPart], /) -> AbstractContextManager[Whole]:
        """The whole file, read in order and summed once. Raises Spoilt. Can be called again."""

    def drop(self, upload: Upload, /) -> None:
        """Discard every part. Safe to call twice."""

    def hello(self) -> str:
        """How parts arrive here, for doctor. Raises OSError if they couldn't."""


def place() -> Place:
    # Imported only when used: the description of S3 takes memory that a folder doesn't need.
    if settings.BUCKET_ORIGIN:
        from apps.submissions.parts import bucket

        return bucket
    from apps.submissions.parts import disk

    return disk
