"""A copy stored as its differences from the original: a film loses some hundred bytes, and a whole copy would double
its space.

Only bytes of the copy are stored; laid over the original, block by block, they give the copy.
"""

from __future__ import annotations

import io
import struct
import zlib
from bisect import bisect_right
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer

ENDING = ".laid"
# If more differs, the copy is stored whole: a reader holds these bytes in memory.
MOST = 16 * 1024 * 1024
_BLOCK = 4096
_CHUNK = 256 * _BLOCK
_HEAD = struct.Struct(">QI")


def write(original: IO[bytes], copy: IO[bytes], into: IO[bytes]) -> bool:
    """Write the differences of `copy`. Return False if the lengths differ, or too much of the content."""
    for file in (original, copy):
        file.seek(0)
    packer, total = zlib.compressobj(), 0
    for at, block in _differing(original, copy):
        total += len(block)
        if not block or total > MOST:
            return False
        into.write(packer.compress(_HEAD.pack(at, len(block)) + block))
    into.write(packer.flush())
    return True


def _differing(original: IO[bytes], copy: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield where they differ, with the copy's bytes there; empty bytes if one ends before the other."""
    at = 0
    while True:
        before, after = _read(original, _CHUNK), _read(copy, _CHUNK)
        if len(before) != len(after):
            yield at, b""
            return
        if not after:
            return
        if before != after:
            for start in range(0, len(after), _BLOCK):
                block = after[start : start + _BLOCK]
                if block != before[start : start + _BLOCK]:
                    yield at + start, block
        at += len(after)


def _read(file: IO[bytes], length: int) -> bytes:
    """Read `length` bytes, fewer only at the end."""
    data = file.read(length)
    while len(data) < length and (more := file.read(length - len(data))):
        data += more
    return data


class Laid(io.RawIOBase):
    """The copy, read from its original and the stored differences."""

    def __init__(self, original: IO[bytes], kept: bytes) -> None:
        self._original = original
        self._at = 0
        self._starts: list[int] = []
        self._blocks: list[bytes] = []
        data, at = memoryview(zlib.decompress(kept)), 0
        while at < len(data):
            start, length = _HEAD.unpack_from(data, at)
            at += _HEAD.size
            self._starts.append(start)
            self._blocks.append(bytes(data[at : at + length]))
            at += length

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_CUR:
            offset += self._at
        elif whence == io.SEEK_END:
            offset += self._original.seek(0, io.SEEK_END)
        self._at = max(offset, 0)
        return self._at

    def readinto(self, into: WriteableBuffer, /) -> int:
        target = memoryview(into).cast("B")
        self._original.seek(self._at)
        data = bytearray(self._original.read(len(target)))
        end = self._at + len(data)
        number = max(bisect_right(self._starts, self._at) - 1, 0)
        while number < len(self._starts) and self._starts[number] < end:
            self._lay(data, self._starts[number] - self._at, self._blocks[number])
            number += 1
        target[: len(data)] = data
        self._at = end
        return len(data)

    @staticmethod
    def _lay(data: bytearray, at: int, block: bytes) -> None:
        """Copy in the part of a block that lies within these bytes."""
        first, last = max(at, 0), min(at + len(block), len(data))
        if first < last:
            data[first:last] = block[first - at : last - at]

    def close(self) -> None:
        self._original.close()
        super().close()
