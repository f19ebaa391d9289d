"""Badges in PNG: one uncompressed iTXt chunk directly after IHDR."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from apps.credentials.baking.kinds import MOST_BYTES, MOST_OF_BADGE, OB2, OB3, Baked, BakingError, NoBadgeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.credentials.baking.kinds import Version

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
_KEYWORDS: dict[Version, bytes] = {OB2: b"openbadges", OB3: KEYWORD}
_VERSIONS = {keyword: version for version, keyword in _KEYWORDS.items()}
_TEXT_CHUNKS = {b"iTXt", b"tEXt", b"zTXt"}
# How the chunk begins: keyword, NUL, compression flag 0, method 0, empty language tag, NUL, empty translated keyword,
# NUL; and the CRC up to there.
_BEGINS = {
    version: (begins := b"iTXt" + keyword + b"\x00\x00\x00\x00\x00", zlib.crc32(begins))
    for version, keyword in _KEYWORDS.items()
}
MOST_KEPT = 256 * 1024
# A picture of 20 MB in the smallest chunks that encoders write has five thousand.
MOST_CHUNKS = 10_000


class PreparedPng(NamedTuple):
    """A picture without any badges, split where one goes in."""

    head: bytes
    tail: bytes | memoryview

    def bake(self, text: str, *, version: Version = OB3) -> bytes:
        body = text.encode()
        begins, begun = _BEGINS[version]
        length = (len(begins) - 4 + len(body)).to_bytes(4, "big")
        return b"".join((self.head, length, begins, body, zlib.crc32(body, begun).to_bytes(4, "big"), self.tail))


def bake_png(png: bytes, text: str, *, version: Version = OB3) -> bytes:
    """Bake `text` into a picture, replacing any badge in it. Equal input gives equal bytes."""
    return prepare_png(png).bake(text, version=version)


def prepare_png(png: bytes) -> PreparedPng:
    """Prepare a picture for baking many badges. Raises BakingError. The last ones of usual size are cached."""
    return _kept(png) if len(png) <= MOST_KEPT else _prepared(png)


def _prepared(png: bytes) -> PreparedPng:
    found = [raw for kind, data, raw in chunks(png) if _version(kind, data) is None]
    head = SIGNATURE + found[0]
    if sum(map(len, found)) + len(SIGNATURE) == len(png):
        return PreparedPng(head, memoryview(png)[len(head) :])
    return PreparedPng(head, b"".join(found[1:]))


_kept = lru_cache(maxsize=32)(_prepared)


def read_png(png: bytes) -> Baked:
    """The badge of either version. Raises BakingError if there is none, more than one, or one that can't be read."""
    found = [(kind, data, version) for kind, data, _raw in chunks(png) if (version := _version(kind, data)) is not None]
    if not found:
        raise NoBadgeError("no badge inside")
    if len(found) > 1:
        raise BakingError("more than one badge inside")
    kind, data, version = found[0]
    if len(data) > MOST_OF_BADGE:
        raise BakingError("the badge is larger than 4 MB")
    # Before Open Badges 1.1 this held a URL.
    if kind == b"tEXt" and version == OB2:
        return Baked(version, data.split(b"\x00", 1)[1].decode("latin-1"))
    if kind != b"iTXt":
        raise BakingError(f"the badge stands in a {kind.decode()} chunk, not in iTXt")
    return Baked(version, _text_of(data))


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Each chunk as (kind, data, raw bytes), from IHDR to IEND, with CRCs checked."""
    if len(png) > MOST_BYTES:
        raise BakingError("larger than 20 MB")
    if not png.startswith(SIGNATURE):
        raise BakingError("not a PNG")
    place, pixels = len(SIGNATURE), False
    for _number in range(MOST_CHUNKS):
        kind, data, raw = _chunk_at(png, place)
        if (place == len(SIGNATURE)) != (kind == b"IHDR"):
            raise BakingError("IHDR is not where it must be")
        pixels = pixels or kind == b"IDAT"
        yield kind, data, raw
        place += len(raw)
        if kind == b"IEND":
            break
    else:
        raise BakingError(f"more than {MOST_CHUNKS} chunks")
    if not pixels:
        raise BakingError("there are no pixels in the picture")
    if place != len(png):
        raise BakingError("there is something after the end of the picture")


def _chunk_at(png: bytes, place: int) -> tuple[bytes, bytes, bytes]:
    if place + 12 > len(png):
        raise BakingError("the picture is cut off")
    length, kind = struct.unpack_from(">I4s", png, place)
    end = place + 12 + length
    if end > len(png):
        raise BakingError("the picture is cut off")
    raw = png[place:end]
    if zlib.crc32(memoryview(raw)[4:-4]) != struct.unpack(">I", raw[-4:])[0]:
        raise BakingError(f"the sum of chunk {kind!r} is wrong")
    return kind, raw[8:-4], raw


def _version(kind: bytes, data: bytes) -> Version | None:
    return _VERSIONS.get(data.split(b"\x00", 1)[0]) if kind in _TEXT_CHUNKS else None


def _text_of(data: bytes) -> str:
    try:
        _keyword, rest = data.split(b"\x00", 1)
        compressed, _method, rest = rest[0], rest[1], rest[2:]
        _language, _translated, text = rest.split(b"\x00", 2)
    except (ValueError, IndexError):
        raise BakingError("the badge chunk is malformed") from None
    if compressed:  # never unpacked: a few bytes could become gigabytes
        raise BakingError("the badge is compressed, which the specification forbids")
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise BakingError("the badge is not UTF-8") from None
