"""A ZIP written while it is sent: no more than the current chunk is in memory.

Entries are stored uncompressed, since media don't get smaller. Sizes and checksums follow each entry and are in the
directory at the end (APPNOTE 4.4.4, bit 3), because what has been sent can't be changed.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from _typeshed import ReadableBuffer

# rw-r--r-- of a plain file, as unzip on Unix reads it.
_PLAIN_FILE = 0o100644 << 16


class Entry(NamedTuple):
    """A file to write: `size` decides, before its chunks are read, whether it needs the long form (ZIP64)."""

    name: str
    size: int
    chunks: Iterable[bytes]


def of_text(name: str, text: str) -> Entry:
    content = text.encode()
    return Entry(name, len(content), [content])


def as_json(body: Any) -> str:
    """A file that people may read too: indented, and with letters as they are."""
    return json.dumps(body, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False) + "\n"


def written(entries: Iterable[Entry], *, at: datetime) -> Iterator[bytes]:
    """The archive, chunk by chunk. Entries and their chunks are read one after the other, when needed."""
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
    """Buffers what is written until it is taken; it can't seek, so that `zipfile` writes in one pass."""

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
