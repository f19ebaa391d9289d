"""Strip metadata from pictures inside other files, without touching the pixels."""

from __future__ import annotations

import struct

_PNG = b"\x89PNG\r\n\x1a\n"
# Besides pixels and palette, what changes how they look. No text, times, places or profiles.
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"acTL", b"fcTL", b"fdAT"}
# APP0 is JFIF, APP14 gives the colour coding; all other APPn segments and comments are metadata.
_JPEG_GONE = {*range(0xE1, 0xEE), 0xEF, 0xFE}
_JPEG_NO_LENGTH = {0x01, *range(0xD0, 0xD8)}
_START_OF_SCAN, _END = 0xDA, 0xD9
_MARK = 0xFF


def bare(data: bytes) -> bytes:
    """A JPEG or PNG without metadata; any other or broken file unchanged."""
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data.startswith(_PNG):
            return _png(data)
    except (struct.error, IndexError):
        pass
    return data


def _jpeg(data: bytes) -> bytes:
    kept, at = [data[:2]], 2
    while True:
        if data[at] != _MARK:
            raise IndexError
        marker = data[at + 1]
        if marker == _MARK:
            at += 1
            continue
        if marker in _JPEG_NO_LENGTH:
            kept.append(data[at : at + 2])
            at += 2
            continue
        if marker == _START_OF_SCAN:
            # What follows the end of the picture isn't part of it.
            end = data.rfind(b"\xff\xd9", at)
            kept.append(data[at : end + 2] if end > 0 else data[at:])
            return b"".join(kept)
        if marker == _END:
            return data
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        if marker not in _JPEG_GONE:
            kept.append(data[at : at + 2 + length])
        at += 2 + length


def _png(data: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        end = at + 12 + length
        kind = data[at + 4 : at + 8]
        if kind in _PNG_KEPT:
            kept.append(data[at:end])
        if kind == b"IEND":
            break
        at = end
    return b"".join(kept)
