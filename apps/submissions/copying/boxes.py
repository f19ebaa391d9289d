"""MP4 and QuickTime (ISO/IEC 14496-12): boxes in boxes. What plays is kept; every other box becomes free space."""

from __future__ import annotations

import struct
from typing import IO, TYPE_CHECKING, NamedTuple

from apps.submissions.copying.common import Copy, NoCopy, Why
from apps.submissions.copying.patching import Patched

if TYPE_CHECKING:
    from collections.abc import Iterator

# What is kept in each container box. Anything else there (udta, meta, uuid, XMP, free space that was once a tag,
# additions by phone makers) describes the recording and isn't needed to play it.
_KEPT: dict[bytes, set[bytes]] = {
    b"": {b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"sidx", b"ssix", b"mfra"},
    b"moov": {b"mvhd", b"trak", b"mvex", b"iods"},
    b"mvex": {b"mehd", b"trex", b"leva"},
    b"trak": {b"tkhd", b"tref", b"edts", b"tapt", b"load", b"mdia"},
    b"edts": {b"elst"},
    b"mdia": {b"mdhd", b"hdlr", b"elng", b"minf"},
    b"minf": {b"vmhd", b"smhd", b"hmhd", b"nmhd", b"sthd", b"gmhd", b"hdlr", b"dinf", b"stbl"},
    b"dinf": {b"dref"},
    b"stbl": {
        *(b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stss", b"stsh", b"stps"),
        *(b"padb", b"stdp", b"sdtp", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio"),
    },
    b"moof": {b"mfhd", b"traf"},
    b"traf": {
        *(b"tfhd", b"trun", b"tfdt", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio", b"sdtp", b"senc"),
    },
}
# Tracks to see, hear or read. Others are measurements by the device, such as its location and direction.
_PLAYED = {b"vide", b"soun", b"text", b"sbtl", b"subt", b"clcp", b"tmcd"}
_TIMES = {b"mvhd", b"tkhd", b"mdhd"}
_DEEPEST = 8
_LONG, _HEAD, _LONG_HEAD = 1, 8, 16


class Box(NamedTuple):
    """Where a box begins, where its content begins, and where it ends."""

    kind: bytes
    at: int
    inside: int
    end: int


def copy(original: IO[bytes], into: IO[bytes]) -> Copy:
    file = Patched(original, into)
    try:
        found = _clean(file, b"", 0, file.size, 0)
    except struct.error:
        raise NoCopy(Why.UNKNOWN) from None
    if not found & {b"moov", b"moof"}:
        raise NoCopy(Why.BROKEN)
    return Copy("video/mp4")


def _clean(file: Patched, parent: bytes, at: int, end: int, depth: int) -> set[bytes]:
    """Blank what is not kept between two positions. Return the kinds that were kept."""
    if depth > _DEEPEST:
        raise NoCopy(Why.UNKNOWN)
    kept = set()
    for box in _boxes(file, at, end):
        if box.kind == b"trak" and _handler_of(file, box) not in _PLAYED:
            _forget_samples(file, box)
            _free(file, box)
            continue
        if box.kind not in _KEPT[parent]:
            _free(file, box)
            continue
        kept.add(box.kind)
        if box.kind == b"trak":
            _forget_coders(file, box)
        if box.kind in _KEPT:
            _clean(file, box.kind, box.inside, box.end, depth + 1)
        elif box.kind in _TIMES:
            wide = file.read(box.inside, 1) == b"\x01"
            file.blank(box.inside + 4, min(box.inside + (20 if wide else 12), box.end))
        elif box.kind == b"hdlr":
            # After the type come three empty fields, then a name, which some programs let people choose.
            file.blank(min(box.inside + 12, box.end), box.end)
        elif box.kind == b"dref":
            _forget_places(file, box)
    return kept


def _boxes(file: Patched, at: int, end: int) -> Iterator[Box]:
    while at < end:
        if end - at < _HEAD:
            # QuickTime ends a list with four zero bytes.
            file.blank(at, end)
            return
        file.count()
        length, kind = struct.unpack(">I4s", file.read(at, _HEAD))
        head = _HEAD
        if length == _LONG:
            (length,) = struct.unpack(">Q", file.read(at + _HEAD, 8))
            head = _LONG_HEAD
        length = length or end - at
        if length < head or at + length > end:
            raise NoCopy(Why.UNKNOWN)
        yield Box(kind, at, at + head, at + length)
        at += length


def _free(file: Patched, box: Box) -> None:
    file.write(box.at + 4, b"free")
    file.blank(box.inside, box.end)


def _inside(file: Patched, box: Box, *way: bytes) -> Box | None:
    for kind in way:
        found = next((one for one in _boxes(file, box.inside, box.end) if one.kind == kind), None)
        if found is None:
            return None
        box = found
    return box


def _handler_of(file: Patched, track: Box) -> bytes:
    handler = _inside(file, track, b"mdia", b"hdlr")
    return file.read(handler.inside + 8, 4) if handler else b""


def _forget_places(file: Patched, box: Box) -> None:
    """Say that the media are in this file. QuickTime also writes their path on the author's disk here."""
    for one in _boxes(file, box.inside + 8, box.end):
        file.write(min(one.inside + 3, one.end - 1), b"\x01")
        file.blank(min(one.inside + 4, one.end), one.end)


def _forget_coders(file: Patched, track: Box) -> None:
    """Blank the encoder's vendor and name in the sample descriptions, which may identify a device."""
    kind, table = _handler_of(file, track), _inside(file, track, b"mdia", b"minf", b"stbl", b"stsd")
    if table is None or kind not in {b"vide", b"soun"}:
        return
    for one in _boxes(file, min(table.inside + 8, table.end), table.end):
        file.blank(min(one.inside + 12, one.end), min(one.inside + 16, one.end))
        if kind == b"vide":
            file.blank(min(one.inside + 42, one.end), min(one.inside + 74, one.end))


def _forget_samples(file: Patched, track: Box) -> None:
    """Blank a dropped track's samples in the media data."""
    table = _inside(file, track, b"mdia", b"minf", b"stbl")
    if table is None:
        return
    boxes = {one.kind: one for one in _boxes(file, table.inside, table.end)}
    if b"stsz" not in boxes or b"stsc" not in boxes:
        return
    sizes = _sizes(file, boxes[b"stsz"])
    offsets = _numbers(file, boxes[b"co64"], ">Q") if b"co64" in boxes else _numbers(file, boxes.get(b"stco"), ">I")
    runs = _runs(file, boxes[b"stsc"])
    for number, offset in enumerate(offsets, start=1):
        per_chunk = next((many for first, many in reversed(runs) if first <= number), 0)
        length = sum(size for _n, size in zip(range(per_chunk), sizes, strict=False))
        file.blank(min(offset, file.size), min(offset + length, file.size))


def _sizes(file: Patched, box: Box) -> Iterator[int]:
    size, count = struct.unpack(">II", file.read(box.inside + 4, 8))
    for number in range(count):
        file.count()
        if size:
            yield size
        else:
            yield struct.unpack(">I", file.read(box.inside + 12 + 4 * number, 4))[0]


def _numbers(file: Patched, box: Box | None, form: str) -> list[int]:
    if box is None:
        return []
    (count,) = struct.unpack(">I", file.read(box.inside + 4, 4))
    data = file.read(box.inside + 8, min(count * struct.calcsize(form), box.end - box.inside - 8))
    return [number for (number,) in struct.iter_unpack(form, data)]


def _runs(file: Patched, box: Box) -> list[tuple[int, int]]:
    """Pairs of a first chunk and the number of samples in each chunk from there on."""
    data = file.read(box.inside + 8, box.end - box.inside - 8)
    return [(first, many) for first, many, _described in struct.iter_unpack(">III", data)]
