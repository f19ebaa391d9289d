"""WebM and Matroska (RFC 9559): elements in elements. Tags, titles, chapters and attachments become empty space."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, NamedTuple

from apps.submissions.copying.common import Copy, NoCopy, Why
from apps.submissions.copying.patching import Patched

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD, _SEGMENT, _CLUSTER, _VOID = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0xEC
_SEEK, _INFO, _TRACKS, _CUES = 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1C53BB6B
_TRACK = 0xAE
_LEVEL_ONE = {_SEEK, _INFO, _TRACKS, _CUES, _CLUSTER, 0x1254C367, 0x1043A770, 0x1941A469}
# What is kept of the segment and its parts; anything else describes the recording and isn't needed to play it.
# Checksums of a part (CRC-32) would no longer match.
_KEPT_IN_SEGMENT = {_SEEK, _INFO, _TRACKS, _CUES, _CLUSTER}
_KEPT_IN_INFO = {0x2AD7B1, 0x4489, 0x73A4, 0x4D80, 0x5741}
_GONE_IN_TRACK = {0x536E, 0x258688, 0x3A9697, 0x3B4040, 0x26B240, 0x7446, 0xBF}
# The names of the writing programs are mandatory elements.
_PROGRAMS = {0x4D80, 0x5741}
_LONGEST_SIZE = 8
_SHORT_VOID = 0x7F


class Element(NamedTuple):
    """Where an element begins, where its content begins, and where it ends; None while it is being written."""

    kind: int
    at: int
    inside: int
    end: int | None


def copy(original: IO[bytes], into: IO[bytes]) -> Copy:
    file = Patched(original, into)
    at, kinds = 0, []
    while at < file.size:
        element = _element(file, at)
        kinds.append(element.kind)
        if element.kind == _SEGMENT:
            at = _segment(file, element)
            continue
        if element.end is None or element.end > file.size:
            raise NoCopy(Why.UNKNOWN)
        if element.kind != _HEAD:
            _void(file, element)
        at = element.end
    if _SEGMENT not in kinds:
        raise NoCopy(Why.BROKEN)
    return Copy("video/webm")


def _segment(file: Patched, segment: Element) -> int:
    """Blank what is not kept of the segment. Return where it ends."""
    at, end = segment.inside, min(file.size if segment.end is None else segment.end, file.size)
    while at < end:
        element = _element(file, at)
        if element.kind in {_HEAD, _SEGMENT} and segment.end is None:
            return at
        if element.end is None or element.end > end:
            # Live recordings don't give the length of a cluster, and the last one may be cut off.
            if element.kind != _CLUSTER:
                raise NoCopy(Why.UNKNOWN)
            at = _end_of_open(file, element, end)
            continue
        if element.kind not in _KEPT_IN_SEGMENT:
            _void(file, element)
        elif element.kind == _INFO:
            _info(file, element.inside, element.end)
        elif element.kind == _TRACKS:
            _tracks(file, element.inside, element.end)
        at = element.end
    return end


def _end_of_open(file: Patched, cluster: Element, end: int) -> int:
    at = cluster.inside
    while at < end:
        element = _element(file, at)
        if element.kind in _LEVEL_ONE or element.kind in {_HEAD, _SEGMENT}:
            return at
        if element.end is None:
            raise NoCopy(Why.UNKNOWN)
        at = element.end
    return end


def _info(file: Patched, at: int, end: int) -> None:
    for element in _elements(file, at, end):
        if element.kind in _PROGRAMS:
            file.blank(element.inside, element.end or end, b" ")
        elif element.kind not in _KEPT_IN_INFO:
            _void(file, element)


def _tracks(file: Patched, at: int, end: int) -> None:
    for track in _elements(file, at, end):
        if track.kind != _TRACK:
            _void(file, track)
            continue
        for element in _elements(file, track.inside, track.end or end):
            if element.kind in _GONE_IN_TRACK:
                _void(file, element)


def _elements(file: Patched, at: int, end: int) -> Iterator[Element]:
    while at < end:
        element = _element(file, at)
        if element.end is None or element.end > end:
            raise NoCopy(Why.UNKNOWN)
        yield element
        at = element.end


def _element(file: Patched, at: int) -> Element:
    file.count()
    kind, length = _number(file, at, keep_mark=True)
    size, told = _number(file, at + length, keep_mark=False)
    inside = at + length + told
    is_open = size == (1 << (7 * told)) - 1
    return Element(kind, at, inside, None if is_open else inside + size)


def _number(file: Patched, at: int, *, keep_mark: bool) -> tuple[int, int]:
    """A number whose first bits give its length in bytes (RFC 8794, 4), and that length."""
    first = file.read(at, 1)[0]
    length = 9 - first.bit_length()
    if length > (4 if keep_mark else _LONGEST_SIZE):
        raise NoCopy(Why.UNKNOWN)
    value = int.from_bytes(file.read(at, length), "big")
    return (value if keep_mark else value & ~(1 << (7 * length)), length)


def _void(file: Patched, element: Element) -> None:
    """Replace an element with an empty one of the same length."""
    end = element.end
    if end is None:
        raise NoCopy(Why.UNKNOWN)
    whole = end - element.at
    if whole - 2 < _SHORT_VOID:
        file.write(element.at, bytes([_VOID, 0x80 | (whole - 2)]))
        file.blank(element.at + 2, end)
        return
    file.write(element.at, bytes([_VOID, 0x01]) + (whole - 9).to_bytes(7, "big"))
    file.blank(element.at + 9, end)
