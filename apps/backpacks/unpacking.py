"""Splits a ZIP or a pasted text into single badges, within limits that are checked before any work."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from apps.backpacks.exporting import FORMAT, MANIFEST
from apps.core.refused import Refused
from apps.credentials import jose, verbs, verifier

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")
_END = b"PK\x05\x06"
# Precedes the end of a ZIP64 archive and points to another end. Nobody imports archives that large.
_LONG_FORM = b"PK\x06\x07"
# The end of an archive, with the longest comment that may follow it.
_LONGEST_END = 22 + 0xFFFF
# For the list of names, which Python reads all at once.
MOST_OF_A_LIST = 512 * 1024
# Only for these methods does Python stop unpacking at the size it is asked for.
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LOCKED = 0x1
# Files that operating systems put into archives.
_LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
# Word and similar programs write archives too.
_PAPERS = {"[Content_Types].xml", "META-INF/manifest.xml"}
# What zipfile and zlib raise for a broken or hostile archive: RuntimeError if it is locked, the others if it lies.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError),
    *(struct.error, KeyError, IndexError, TypeError, AttributeError),
)
# The manifest of a backpack begins with its format.
_FIRST_WORDS = 1024


@dataclass(frozen=True)
class Part:
    """Something that was given: a file with its bytes, or `words` and `why` if it can't be one."""

    name: str
    data: bytes = b""
    words: str = ""
    why: str = ""


def is_zip(data: bytes) -> bool:
    return data.startswith(_BEGINNINGS)


def refuse_large(name: str, size: int) -> None:
    """Refuse an archive that is too large to be opened."""
    if size > verifier.MOST_BYTES:
        raise Refused(
            _(
                "“%(name)s” is larger than %(most)s, so it is not opened. Is it a whole backpack from another Satchel?"
                " Choose “Download without the work (ZIP)” there and bring that, or ask whoever runs this installation"
                " to take it in from its file. Bring the files of any other archive in several goes."
            )
            % {"name": name, "most": filesizeformat(verifier.MOST_BYTES)}
        )


def is_backpack(data: bytes) -> bool:
    """Whether this is a whole backpack from a Satchel, as `exporting.archive` writes it."""
    try:
        if not is_zip(data) or _length_of_list(data) > MOST_OF_A_LIST:
            return False
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.getinfo(MANIFEST).compress_type not in METHODS:
                return False
            with archive.open(MANIFEST) as told:
                return f'"{FORMAT}"'.encode() in told.read(_FIRST_WORDS)
    except BROKEN:
        return False


def unpacked(name: str, data: bytes) -> list[Part]:
    """The files in an archive; a part with only a sentence for each that can't be opened.

    Raises Refused if they are more, or together larger, than one import may be.
    """
    try:
        if _length_of_list(data) > MOST_OF_A_LIST:
            raise Refused(_too_many(name))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _parts(name, archive)
    except BROKEN:
        return [Part(name, words=_("This archive is broken, or is not a ZIP."), why="broken")]


def _parts(name: str, archive: zipfile.ZipFile) -> list[Part]:
    found = [one for one in archive.infolist() if not _is_litter(one)]
    if _PAPERS & {one.filename for one in found}:
        return [Part(name, words=_("That is a document, not a badge."), why="paper")]
    if len(found) > verbs.MOST_ITEMS:
        raise Refused(_too_many(name))
    if not found:
        return [Part(name, words=_("There is nothing in this archive."), why="empty")]
    parts, total = [], 0
    for one in found:
        part = _part(f"{name}: {verbs.clean_name(one.filename)}", archive, one)
        total += len(part.data)
        if total > verbs.MOST_BYTES_TOGETHER:
            raise Refused(
                _("“%(name)s” unpacks to more than %(most)s. Bring its files in several goes.")
                % {"name": name, "most": filesizeformat(verbs.MOST_BYTES_TOGETHER)}
            )
        parts.append(part)
    return parts


def _part(name: str, archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> Part:
    if one.flag_bits & _LOCKED:
        return Part(name, words=_("This file is locked with a password."), why="locked")
    if one.compress_type not in METHODS:
        return Part(name, words=_("This file is compressed in a way that cannot be opened here."), why="broken")
    data = b""
    if one.file_size <= verifier.MOST_BYTES:
        try:
            # The size given in its list may be a lie.
            with archive.open(one) as file:
                data = file.read(verifier.MOST_BYTES + 1)
        except BROKEN:
            return Part(name, words=_("This file in the archive is broken."), why="broken")
    if max(one.file_size, len(data)) > verifier.MOST_BYTES:
        return Part(name, words=_("This is larger than 20 MB: a badge is never so large."), why="large")
    if is_zip(data):
        return Part(name, words=_("This is an archive inside an archive, which is not opened."), why="nested")
    return Part(name, data)


def _is_litter(one: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(one.filename)
    return one.is_dir() or path.parts[:1] == ("__MACOSX",) or path.name in _LITTER


def _length_of_list(data: bytes) -> int:
    """The length of the list of names, as the archive's end gives it. Raises BadZipFile if there is no end."""
    start = data.rfind(_END, max(0, len(data) - _LONGEST_END))
    if start < 0 or len(data) < start + 22 or data[max(0, start - 20) :].startswith(_LONG_FORM):
        raise zipfile.BadZipFile
    return int(struct.unpack_from("<L", data, start + 12)[0])


def _too_many(name: str) -> str:
    return _("“%(name)s” holds more than %(most)d files. Bring them in several goes.") % {
        "name": name,
        "most": verbs.MOST_ITEMS,
    }


# --- pasted text ------------------------------------------------------------------------------------------------------
def pasted(text: str) -> list[str]:
    """The badges in a pasted text: tokens, one per line, or JSON objects one after another, each as it was written.

    Anything else is returned as one text.
    """
    text = text.strip(" \t\r\n")
    lines = text.split()
    if len(lines) > 1 and all(jose.is_compact(line) for line in lines):
        return lines
    try:
        objects = list(_objects(text))
    except (ValueError, RecursionError):
        return [text] if text else []
    return objects or ([text] if text else [])


def _objects(text: str) -> Iterator[str]:
    decoder, start = json.JSONDecoder(), 0
    while start < len(text):
        if text[start] != "{":
            raise ValueError(start)
        _value, end = decoder.raw_decode(text, start)
        yield text[start:end]
        start = end
        while start < len(text) and text[start] in " \t\r\n,":
            start += 1
