"""Office documents, packed again without names: whose they are, who changed what, and what they fetch from elsewhere."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import IO

from apps.submissions.copying.chunks import bare
from apps.submissions.copying.common import Copy, NoCopy, Why

_OOXML = "application/vnd.openxmlformats-officedocument."
_MAIN_PARTS = {
    f"{_OOXML}wordprocessingml.document": "word/document.xml",
    f"{_OOXML}spreadsheetml.sheet": "xl/workbook.xml",
    f"{_OOXML}presentationml.presentation": "ppt/presentation.xml",
    "application/vnd.oasis.opendocument.text": "content.xml",
    "application/vnd.oasis.opendocument.spreadsheet": "content.xml",
}
MOST_ENTRIES = 5000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_OF_ONE = 100 * 1024 * 1024

_CORE = b"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_EXTENDED = b"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
_CUSTOM = b"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_ODF = b"urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# What tells of the document itself is written anew, empty.
_EMPTY = {
    "docprops/core.xml": _HEAD + b'<cp:coreProperties xmlns:cp="' + _CORE + b'"/>',
    "docprops/app.xml": _HEAD + b'<Properties xmlns="' + _EXTENDED + b'"/>',
    "docprops/custom.xml": _HEAD + b'<Properties xmlns="' + _CUSTOM + b'"/>',
    "meta.xml": _HEAD + b'<office:document-meta xmlns:office="' + _ODF + b'" office:version="1.2"><office:meta/>'
    b"</office:document-meta>",
}
# Who changed or said something, in texts, tables and slides; where the file lay on its maker's disk.
_NAMED = re.compile(
    rb"""(?<=\s)((?:[\w.-]+:)?(?:author|initials|userId|userName|lastModifiedBy)\s*=\s*)("[^"]*"|'[^']*')"""
)
# A table of figures has a displayName too, and needs it.
_PERSON = re.compile(rb"""(?<=\s)(displayName\s*=\s*)("[^"]*"|'[^']*')""")
_NAMES = re.compile(
    rb"<((?:[\w.-]+:)?(?:author|creator|creator-initials|initial-creator))(\s[^<>]*)?>[^<]*</\1\s*>", re.IGNORECASE
)
_DISK = re.compile(rb"""<(?:[\w.-]+:)?absPath\s[^<>]*/>""")
_NAMED_AUTHOR = re.compile(rb"""(<(?:[\w.-]+:)?(?:cmAuthor|author)\s[^<>]*?\bname\s*=\s*)("[^"]*"|'[^']*')""")
_FROM_ELSEWHERE = re.compile(rb"<(?:[\w.-]+:)?Relationship\s[^<>]*>")
_TARGET = re.compile(rb"""(\bTarget\s*=\s*)("[^"]*"|'[^']*')""")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.-]+)["']""")
# What zipfile and zlib say of entries that are broken, locked, or packed in a way that they do not know.
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError, KeyError, RuntimeError)


def copy(original: IO[bytes], into: IO[bytes]) -> Copy:
    try:
        with zipfile.ZipFile(original) as archive:
            return _packed(archive, into)
    except _BROKEN:
        raise NoCopy(Why.BROKEN) from None


def _packed(archive: zipfile.ZipFile, into: IO[bytes]) -> Copy:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise NoCopy(Why.TOO_MUCH)
    media_type = _kind(archive, names)
    if any(entry.flag_bits & 1 for entry in entries) or _is_locked(archive, names):
        raise NoCopy(Why.LOCKED)
    with zipfile.ZipFile(into, "w") as fresh:
        for entry in entries:
            if entry.is_dir():
                continue
            head = zipfile.ZipInfo(entry.filename)
            # OpenDocument wants its first entry to be read without unpacking.
            head.compress_type = zipfile.ZIP_STORED if entry.filename == "mimetype" else zipfile.ZIP_DEFLATED
            fresh.writestr(head, _without_names(entry.filename, _read(archive, entry)))
    return Copy(media_type)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """No more than the entry says of itself, and no more than is sane: a bomb says little and holds much."""
    if entry.file_size > MOST_OF_ONE:
        raise NoCopy(Why.TOO_MUCH)
    with archive.open(entry) as packed:
        data = packed.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise NoCopy(Why.BROKEN)
    return data


def _kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" in names:
        with archive.open("mimetype") as said:
            kind = said.read(100).decode("ascii", "replace").strip()
        if _MAIN_PARTS.get(kind) in names:
            return kind
    for kind, main in _MAIN_PARTS.items():
        if kind.startswith(_OOXML) and main in names:
            return kind
    raise NoCopy(Why.BROKEN)


def _is_locked(archive: zipfile.ZipFile, names: set[str]) -> bool:
    manifest = "META-INF/manifest.xml"
    return manifest in names and b"encryption-data" in _read(archive, archive.getinfo(manifest))


def _without_names(name: str, data: bytes) -> bytes:
    lower = name.lower()
    if lower in _EMPTY:
        return _EMPTY[lower]
    if not lower.endswith((".xml", ".rels")):
        return bare(data)
    data = _in_utf8(data)
    if lower.endswith(".rels"):
        return _FROM_ELSEWHERE.sub(_kept_here, data)
    data = _NAMED.sub(rb'\1""', data)
    if "person" in lower:
        data = _PERSON.sub(rb'\1""', data)
    data = _NAMED_AUTHOR.sub(rb'\1""', data)
    data = _NAMES.sub(rb"<\1\2></\1>", data)
    return _DISK.sub(b"", data)


def _in_utf8(data: bytes) -> bytes:
    """What is written otherwise would pass by every rule here unread."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:64]:
        raise NoCopy(Why.BROKEN)
    said = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    if said and said[1].lower() not in {b"utf-8", b"us-ascii", b"ascii"}:
        raise NoCopy(Why.BROKEN)
    return data


def _kept_here(found: re.Match[bytes]) -> bytes:
    """A link that a reader presses may lead outside. What is fetched by itself (a template, a picture) may not."""
    tag = found[0]
    if not re.search(rb"""TargetMode\s*=\s*["']External""", tag) or re.search(rb"""/hyperlink["']""", tag):
        return tag
    return _TARGET.sub(rb'\1"about:blank"', tag)
