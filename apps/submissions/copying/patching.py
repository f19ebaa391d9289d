"""What the makers of recordings share: the original's bytes, some of them blanked in place."""

from __future__ import annotations

from shutil import copyfileobj
from typing import IO

from apps.submissions.copying.common import NoCopy, Why

_CHUNK = 1024 * 1024
# Limit of a recording's parts: with more, someone means to keep us busy.
MOST_PARTS = 4_000_000


class Patched:
    """A whole copy of a file, patched in place: nothing moves, so offsets into it stay valid."""

    def __init__(self, original: IO[bytes], into: IO[bytes]) -> None:
        original.seek(0)
        copyfileobj(original, into, _CHUNK)
        self._file = into
        self.size = into.tell()
        self._parts = 0

    def read(self, at: int, length: int) -> bytes:
        """Exactly `length` bytes. Raises NoCopy if the file ends before that."""
        self._file.seek(at)
        data = self._file.read(length)
        if len(data) != length:
            raise NoCopy(Why.BROKEN)
        return data

    def write(self, at: int, data: bytes) -> None:
        self._file.seek(at)
        self._file.write(data)

    def blank(self, at: int, end: int, fill: bytes = b"\x00") -> None:
        self._file.seek(at)
        for start in range(at, end, _CHUNK):
            self._file.write(fill * min(_CHUNK, end - start))

    def count(self) -> None:
        """Count one more part. Raises NoCopy if there are too many."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise NoCopy(Why.TOO_MUCH)
