"""From drawings to a film. A lossy WebP picture is one VP8 frame, so a WebM of them is a film. The numbers below are
named in Matroska's tables.
"""

from __future__ import annotations

import struct
from functools import cache
from typing import TYPE_CHECKING

from apps.demo.evidence import canvas

if TYPE_CHECKING:
    from collections.abc import Sequence

A_SECOND = 4
_EVERY = 1000 // A_SECOND
_VP8_AT = 20  # after RIFF's header and that of its first chunk
_SIDES_AT = _VP8_AT + 6
_ALONE = 0x80  # a key frame, which needs no other


@cache
def as_film(drawings: tuple[str, ...]) -> bytes:
    """WebM, four frames per second, without sound."""
    # Repeated frames are drawn only once.
    painted = {one: _frame(canvas.as_frame(one)) for one in dict.fromkeys(drawings)}
    frames = [painted[one] for one in drawings]
    width, height = struct.unpack_from("<HH", frames[0], _SIDES_AT - _VP8_AT)
    head = _element(
        0x1A45DFA3,
        *(_number(0x4286, 1), _number(0x42F7, 1), _number(0x42F2, 4), _number(0x42F3, 8)),
        *(_element(0x4282, b"webm"), _number(0x4287, 2), _number(0x4285, 2)),
    )
    about = _element(
        0x1549A966,
        _number(0x2AD7B1, 1_000_000),
        _element(0x4489, struct.pack(">d", len(frames) * _EVERY)),
        *(_element(0x4D80, b"Satchel"), _element(0x5741, b"Satchel")),
    )
    picture = _element(0xE0, _number(0xB0, width), _number(0xBA, height))
    track = _element(
        0xAE,
        *(_number(0xD7, 1), _number(0x73C5, 1), _number(0x83, 1), _number(0x9C, 0)),
        *(_element(0x86, b"V_VP8"), picture),
    )
    seconds = [_second(first, frames[first : first + A_SECOND]) for first in range(0, len(frames), A_SECOND)]
    return head + _element(0x18538067, about, _element(0x1654AE6B, track), *seconds)


def _frame(webp: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", webp, _VP8_AT - 4)
    return webp[_VP8_AT : _VP8_AT + size]


def _second(first: int, frames: Sequence[bytes]) -> bytes:
    blocks = (
        _element(0xA3, struct.pack(">BhB", 0x81, number * _EVERY, _ALONE), frame) for number, frame in enumerate(frames)
    )
    return _element(0x1F43B675, _number(0xE7, first * _EVERY), *blocks)


def _element(name: int, *content: bytes) -> bytes:
    whole = b"".join(content)
    return name.to_bytes((name.bit_length() + 7) // 8) + (1 << 56 | len(whole)).to_bytes(8) + whole


def _number(name: int, value: int) -> bytes:
    return _element(name, value.to_bytes(4))
