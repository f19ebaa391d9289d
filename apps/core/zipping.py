"""A ZIP written while it is sent: no more of it lies in memory than the chunk at hand.

Entries are stored as they are, since media don't get smaller. Sizes and sums stand behind each entry and in the
directory at the end (APPNOTE 4.4.4, bit 3), because nothing that was sent can be gone back to.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from _typeshed import ReadableBuffer

# rw-r--r-- of a plain file, as unzip on Unix reads it.
_PLAIN_FILE = 0o100644 << 16


class Entry(NamedTuple):
    """A file to be: `size` decides, before its chunks are read, whether it needs the long form (ZIP64)."""

    name: str
    size: int
    chunks: Iterable[bytes]


def written(entries: Iterable[Entry], *, at: datetime) -> Iterator[bytes]:
    """The archive, chunk by chunk. Entries and their chunks are asked for one after the other, each when it is due."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            with archive.open(_head(entry, at), "w") as file:
                for chunk in entry.chunks:
                    file.write(chunk)
                    yield sink.taken()
    yield sink.taken()


def _head(entry: Entry, at: datetime) -> zipfile.ZipInfo:
    head = zipfile.ZipInfo(entry.name, at.timetuple()[:6])
    head.external_attr = _PLAIN_FILE
    head.file_size = entry.size
    return head


class _Sink(io.RawIOBase):
    """Takes what is written until it is fetched; knows no way back, so that `zipfile` writes in one go."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer) -> int:
        part = bytes(data)
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
