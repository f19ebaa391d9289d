"""Repack office documents without the names of their authors and editors, and without remote content."""

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
# Document properties are replaced by empty ones.
_EMPTY = {
    "docprops/core.xml": _HEAD + b'<cp:coreProperties xmlns:cp="' + _CORE + b'"/>',
    "docprops/app.xml": _HEAD + b'<Properties xmlns="' + _EXTENDED + b'"/>',
    "docprops/custom.xml": _HEAD + b'<Properties xmlns="' + _CUSTOM + b'"/>',
    "meta.xml": _HEAD + b'<office:document-meta xmlns:office="' + _ODF + b'" office:version="1.2"><office:meta/>'
    b"</office:document-meta>",
}
# Who changed or commented on something, in texts, tables and slides; and the file's path on its author's disk.
_NAMED = re.compile(
    rb"""(?<=\s)((?:[\w.-]+:)?(?:author|initials|userId|userName|lastModifiedBy)\s*=\s*)("[^"]*"|'[^']*')"""
)
# Spreadsheet tables have a displayName too, and need it.
_PERSON = re.compile(rb"""(?<=\s)(displayName\s*=\s*)("[^"]*"|'[^']*')""")
_NAMES = re.compile(
    rb"<((?:[\w.-]+:)?(?:author|creator|creator-initials|initial-creator))(\s[^<>]*)?>[^<]*</\1\s*>", re.IGNORECASE
)
_DISK = re.compile(rb"""<(?:[\w.-]+:)?absPath\s[^<>]*/>""")
_NAMED_AUTHOR = re.compile(rb"""(<(?:[\w.-]+:)?(?:cmAuthor|author)\s[^<>]*?\bname\s*=\s*)("[^"]*"|'[^']*')""")
_FROM_ELSEWHERE = re.compile(rb"<(?:[\w.-]+:)?Relationship\s[^<>]*>")
_TARGET = re.compile(rb"""(\bTarget\s*=\s*)("[^"]*"|'[^']*')""")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.-]+)["']""")
# What zipfile and zlib raise for entries that are broken, locked, or packed in an unknown way.
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
            # OpenDocument requires its first entry to be stored uncompressed.
            head.compress_type = zipfile.ZIP_STORED if entry.filename == "mimetype" else zipfile.ZIP_DEFLATED
            fresh.writestr(head, _without_names(entry.filename, _read(archive, entry)))
    return Copy(media_type)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Read at most the declared size, within a limit: a zip bomb declares little and holds much."""
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
    """Refuse other encodings, which would bypass every rule here."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:64]:
        raise NoCopy(Why.BROKEN)
    said = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    if said and said[1].lower() not in {b"utf-8", b"us-ascii", b"ascii"}:
        raise NoCopy(Why.BROKEN)
    return data


def _kept_here(found: re.Match[bytes]) -> bytes:
    """Keep a link that a reader clicks; redirect content that is fetched automatically (a template, a picture)."""
    tag = found[0]
    if not re.search(rb"""TargetMode\s*=\s*["']External""", tag) or re.search(rb"""/hyperlink["']""", tag):
        return tag
    return _TARGET.sub(rb'\1"about:blank"', tag)
