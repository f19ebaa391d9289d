"""MP3: a sequence of frames. Only frames are copied, not the tags before, between and after (ID3, APE, Lyrics3)."""

from __future__ import annotations

from typing import IO

from apps.submissions.copying.common import Copy, NoCopy, Why

MOST_BYTES = 512 * 1024 * 1024
# Kilobits per second, by version and layer (ISO/IEC 11172-3, 2.4.2.3; 13818-3, 2.4.2.3).
_RATES = {
    (1, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLED = {0b11: (44_100, 48_000, 32_000), 0b10: (22_050, 24_000, 16_000), 0b00: (11_025, 12_000, 8_000)}
_FIRST = 0b11
_HEAD = 4
_SYNC = b"\xff"


def copy(original: IO[bytes], into: IO[bytes]) -> Copy:
    original.seek(0)
    data = original.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise NoCopy(Why.TOO_MUCH)
    at, kept = _past_tag(data, 0), 0
    while at >= 0:
        # A run of frames, up to the first non-frame.
        start = at
        while (length := _length(data, at)) and at + length <= len(data):
            at += length
        into.write(data[start:at])
        kept += at - start
        at = _next_frame(data, _past_tag(data, at))
    if not kept:
        raise NoCopy(Why.UNKNOWN)
    return Copy("audio/mpeg")


def _past_tag(data: bytes, at: int) -> int:
    """Where an ID3v2 tag ends. It may hold a picture that looks like audio."""
    while data[at : at + 3] == b"ID3" and len(data) >= at + 10:
        size = sum((byte & 0x7F) << shift for byte, shift in zip(data[at + 6 : at + 10], (21, 14, 7, 0), strict=True))
        at += 10 + size
    return at


def _next_frame(data: bytes, at: int) -> int:
    """Where the next frame begins that is followed by another or by the end; -1 if there is none."""
    at = data.find(_SYNC, at)
    while at >= 0:
        length = _length(data, at)
        if length and at + length <= len(data) and (at + length == len(data) or _length(data, at + length)):
            return at
        at = data.find(_SYNC, at + 1)
    return -1


def _length(data: bytes, at: int) -> int:
    """The length of the frame whose header is here; 0 if there is none or it doesn't say its length."""
    head = data[at : at + _HEAD]
    if len(head) < _HEAD or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - eleven set bits
        return 0
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    rate, sampled = head[2] >> 4, head[2] >> 2 & 3
    if version == 0b01 or layer == 4 or rate in {0, 15} or sampled == 3:  # noqa: PLR2004 - reserved
        return 0
    is_first = version == _FIRST
    bits = 1000 * _RATES[1 if is_first else 2, layer if is_first else min(layer, 2)][rate]
    hertz, padded = _SAMPLED[version][sampled], head[2] >> 1 & 1
    if layer == 1:
        return (12 * bits // hertz + padded) * 4
    return (144 if layer == 2 or is_first else 72) * bits // hertz + padded  # noqa: PLR2004 - by the standard
