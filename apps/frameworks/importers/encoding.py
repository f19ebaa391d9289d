"""From bytes to text, or a sentence that says why not."""

from __future__ import annotations

import codecs

from django.utils.translation import gettext as _

# UTF-32 first: its byte order mark starts with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 400
_BLANKS = b" \t\r\n"


class Unreadable(Exception):
    """The file can't be read as text; `str()` is a message for the person who chose it."""


def is_json(data: bytes) -> bool:
    """Whether its first character is one that JSON starts with."""
    start = data[: _LOOKED_AT * 4]
    mark = next((mark for mark, _name in _MARKS if start.startswith(mark)), b"")
    return start[len(mark) :].replace(b"\x00", b"").lstrip(_BLANKS)[:1] in {b"{", b"["}


def as_utf8(data: bytes) -> bytes:
    """The text in UTF-8 without a byte order mark; not copied if it is that already."""
    name = _encoding(data)
    if name == "utf-8":
        return data
    if name == "utf-8-sig":
        return data[len(codecs.BOM_UTF8) :]
    return text_of(data).encode()


def text_of(data: bytes) -> str:
    _refuse_others(data)
    name = _encoding(data)
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        if name in {"utf-8", "utf-8-sig"}:
            line = data.count(b"\n", 0, error.start) + 1
            raise Unreadable(
                _("Line %(line)d is not in UTF-8. Save the file as “CSV UTF-8” and choose it again.") % {"line": line}
            ) from None
        raise Unreadable(_("This begins like UTF-16 but breaks off. Save the file again, as UTF-8.")) from None


def _encoding(data: bytes) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    start = data[:_LOOKED_AT]
    # UTF-16 without a mark shows by its zeroes: every other byte of ASCII letters is one.
    if start[1::2].count(0) * 2 > len(start[1::2]):
        return "utf-16-le"
    if start[::2].count(0) * 2 > len(start[::2]):
        return "utf-16-be"
    return "utf-8"


def _refuse_others(data: bytes) -> None:
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable(
            _("This is a workbook or an archive. Open it, save the table as “CSV UTF-8”, and choose that.")
        )
    if data.startswith(b"%PDF"):
        raise Unreadable(_("This is a PDF, which holds no table. Ask its publisher for CASE or CSV."))
    if data.lstrip(_BLANKS)[:1] == b"<":
        raise Unreadable(_("This is XML or HTML. Ask its publisher for CASE 1.1 as JSON, or for CSV."))
