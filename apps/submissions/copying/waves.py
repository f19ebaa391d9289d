"""WAV (RIFF): a sequence of chunks. Audio is kept; every other chunk becomes blank junk."""

from __future__ import annotations

from typing import IO

from apps.submissions.copying.common import Copy, NoCopy, Why
from apps.submissions.copying.patching import Patched

_KEPT = {b"fmt ", b"data", b"fact", b"ds64", b"smpl", b"inst", b"cue ", b"PEAK", b"slnt"}
_UNSAID = {0, 0xFFFFFFFF}
_HEAD = 8


def copy(original: IO[bytes], into: IO[bytes]) -> Copy:
    file = Patched(original, into)
    if file.read(0, 4) not in {b"RIFF", b"RF64"} or file.read(8, 4) != b"WAVE":
        raise NoCopy(Why.BROKEN)
    told = int.from_bytes(file.read(4, 4), "little")
    end = file.size if told in _UNSAID else min(told + _HEAD, file.size)
    at, long, found = 12, 0, set()
    while at + _HEAD <= end:
        file.count()
        kind, length = file.read(at, 4), int.from_bytes(file.read(at + 4, 4), "little")
        inside = at + _HEAD
        if kind == b"ds64":
            long = int.from_bytes(file.read(inside + 8, 8), "little")
        if kind == b"data" and length in _UNSAID:
            length = long or end - inside
        if inside + length > end and kind != b"data":
            raise NoCopy(Why.UNKNOWN)
        stop = min(inside + length + length % 2, end)
        if kind not in _KEPT:
            file.write(at, b"JUNK")
            file.blank(inside, stop)
        found.add(kind)
        at = stop
    # What follows the RIFF data isn't audio: some programs put tags there.
    file.blank(at, file.size)
    if b"data" not in found:
        raise NoCopy(Why.BROKEN)
    return Copy("audio/wav")
