"""What makers of recordings share: the bytes as they are, and some of them blanked where they stand."""

from __future__ import annotations

from shutil import copyfileobj
from typing import IO

from apps.submissions.copying.common import NoCopy, Why

_CHUNK = 1024 * 1024
# Parts that a recording is made of: more says that somebody means to keep us busy.
MOST_PARTS = 4_000_000


class Patched:
    """A whole copy of a file, patched in place: nothing in it moves, so that what points into it still does."""

    def __init__(self, original: IO[bytes], into: IO[bytes]) -> None:
        original.seek(0)
        copyfileobj(original, into, _CHUNK)
        self._file = into
        self.size = into.tell()
        self._parts = 0

    def read(self, at: int, length: int) -> bytes:
        """All of it. Raises NoCopy where the file ends before."""
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
        """One part more was read."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise NoCopy(Why.TOO_MUCH)
