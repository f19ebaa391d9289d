"""Ogg (RFC 3533): pages with a checksum each. The second packet of every stream holds its comments, which are
blanked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO

from apps.submissions.copying.common import Copy, NoCopy, Why
from apps.submissions.copying.patching import Patched

_HEAD = 27
_FIRST = 2
# How the first packet of a stream begins, and how many bytes precede the comments in its second.
_FLAC = b"\x7fFLAC"
_CODECS = {b"\x01vorbis": 7, b"OpusHead": 8, b"\x80theora": 7, b"Speex   ": 0, _FLAC: 4}
_LAST_AND_COMMENTS = 0x84
_LONGEST_COMMENT = 16 * 1024 * 1024
_POLYNOMIAL = 0x04C11DB7


@dataclass
class _Stream:
    """What is known about one stream: where its comments begin, and where the bytes of the current packet are."""

    before: int
    is_flac: bool
    number: int = 0
    where: list[tuple[int, int]] = field(default_factory=list)
    pages: set[int] = field(default_factory=set)


def copy(original: IO[bytes], into: IO[bytes]) -> Copy:
    file = Patched(original, into)
    streams: dict[bytes, _Stream] = {}
    at = 0
    while at < file.size:
        file.count()
        head = file.read(at, _HEAD)
        if head[:4] != b"OggS":
            raise NoCopy(Why.UNKNOWN)
        lengths = file.read(at + _HEAD, head[26])
        inside = at + _HEAD + len(lengths)
        serial = head[14:18]
        if head[5] & _FIRST:
            streams[serial] = _begun(file.read(inside, sum(lengths)))
        stream = streams.get(serial)
        if stream is None:
            raise NoCopy(Why.UNKNOWN)
        if stream.number <= 1:
            _take(file, stream, at, inside, lengths)
        at = inside + sum(lengths)
    if not streams or any(stream.number <= 1 for stream in streams.values()):
        raise NoCopy(Why.BROKEN)
    return Copy("audio/ogg")


def _begun(first: bytes) -> _Stream:
    codec = next((start for start in _CODECS if first.startswith(start)), None)
    if codec is None:
        raise NoCopy(Why.UNKNOWN)
    return _Stream(_CODECS[codec], is_flac=codec == _FLAC)


def _take(file: Patched, stream: _Stream, page: int, inside: int, lengths: bytes) -> None:
    """Follow the packets through a page; a segment shorter than 255 bytes ends one."""
    for length in lengths:
        if stream.number == 1:
            stream.where.append((inside, length))
            stream.pages.add(page)
        inside += length
        if length < 255:  # noqa: PLR2004 - RFC 3533, 6: lacing
            if stream.number == 1:
                _blank_comments(file, stream)
            stream.number += 1
    if sum(length for _at, length in stream.where) > _LONGEST_COMMENT:
        raise NoCopy(Why.TOO_MUCH)


def _blank_comments(file: Patched, stream: _Stream) -> None:
    packet = bytearray(b"".join(file.read(at, length) for at, length in stream.where))
    at = stream.before
    # FLAC may have more metadata after them, up to a block marked as the last (RFC 9639, 8.1).
    if stream.is_flac and packet[0] != _LAST_AND_COMMENTS:
        raise NoCopy(Why.UNKNOWN)
    at = _blank(packet, at)
    count = int.from_bytes(packet[at : at + 4], "little")
    at += 4
    for _number in range(count):
        file.count()
        at = _blank(packet, at, b"_=")
    # After the last one, some programs leave padding or more text.
    packet[at + 1 :] = bytes(len(packet) - at - 1) if at < len(packet) else b""
    start = 0
    for place, length in stream.where:
        file.write(place, bytes(packet[start : start + length]))
        start += length
    for page in stream.pages:
        _sum(file, page)


def _blank(packet: bytearray, at: int, fill: bytes = b"") -> int:
    """Blank a text that is preceded by its length. Return where it ends."""
    length = int.from_bytes(packet[at : at + 4], "little")
    start, end = at + 4, at + 4 + length
    if end > len(packet):
        raise NoCopy(Why.UNKNOWN)
    packet[start:end] = (fill + b" " * length)[:length]
    return end


def _sum(file: Patched, page: int) -> None:
    """Compute a page's checksum again."""
    lengths = file.read(page + _HEAD, file.read(page + 26, 1)[0])
    whole = bytearray(file.read(page, _HEAD + len(lengths) + sum(lengths)))
    whole[22:26] = bytes(4)
    value = 0
    for byte in whole:
        value = (value << 8 & 0xFFFFFFFF) ^ _TABLE[value >> 24 ^ byte]
    file.write(page + 22, value.to_bytes(4, "little"))


def _entry(byte: int) -> int:
    value = byte << 24
    for _bit in range(8):
        value = (value << 1 ^ (_POLYNOMIAL if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


_TABLE = [_entry(byte) for byte in range(256)]
