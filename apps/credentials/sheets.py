"""Spreadsheet tables: read from CSV or XLSX line by line, and written as both.

Only openpyxl reads and writes workbooks: tablib would hold the whole table in memory, without a limit, and adds
nothing for CSV beyond the standard library. Its XML goes through defusedxml.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from apps.core.text import FORBIDDEN, seen
from apps.credentials import mapping
from apps.credentials.tables import defused
from apps.frameworks.importers.encoding import Unreadable, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_BYTES = 20 * 1024 * 1024
# The most that a workbook may unpack to: twenty megabytes of text compress to a tenth of that.
MOST_UNPACKED = 150 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = 100_000
# Empty lines are skipped, but even a sheet full of them must come to an end.
MOST_LINES = 2 * MOST_ROWS
MOST_COLUMNS = 60
LONGEST_CELL = 10_000
LONGEST_HEADING = 200
# How many values of a column are shown to the person who maps it.
SHOWN = 3
# Replaces characters that no database or signature can hold.
LOST = "\ufffd"

_DELIMITERS = (",", ";", "\t")
# Where a workbook's sheets declare their size: <dimension ref="A1:F301"/>, near their beginning.
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
_LAST_ROW = re.compile(rb"<dimension ref=\"[A-Z]+[0-9]+:[A-Z]+([0-9]{1,7})\"")
_SAID_WITHIN = 4096
_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)
# Apostrophes added by `tables.defused`.
_DEFUSED = re.compile(r"^'(?=[=+\-@\t\r\n])|(?<=[;\t])'(?=[=+@-])")


@dataclass
class Sheet:
    """A table whose lines are read on demand, each with its number from 1 as spreadsheets count them.

    Reading on may raise Unreadable. `guessed`: the text doesn't declare its encoding.
    """

    kind: str
    lines: Iterator[tuple[int, list[str]]]
    guessed: bool = False


@dataclass
class Head:
    """The headings, and the first values of each column."""

    kind: str
    names: list[str]
    first: list[list[str]]
    guessed: bool


def head_of(data: bytes) -> Head:
    """What can be shown before the whole table is read. Raises Unreadable."""
    sheet = read(data)
    names = _names(sheet)
    own = mapping.without_own(names)
    shown = [cells for _number, cells in islice(_rows(sheet, names), SHOWN)]
    if not shown:
        raise Unreadable(_("There are no rows below the headings."))
    return Head(sheet.kind, names[:own], [[cells[n] for cells in shown] for n in range(own)], sheet.guessed)


def rows_in(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows below the headings, each with its line and as many cells as there are headings. Raises Unreadable.

    For one of our own reports, leaves out the columns that we added, and the apostrophes that made cells text.
    """
    sheet = read(data)
    return _rows(sheet, _names(sheet))


def rows_said(data: bytes) -> int:
    """Estimate how many rows there are without reading them; 0 if unknown. Only for progress: a sheet may declare any
    size, and a cell may have many lines.
    """
    if not data.startswith(b"PK\x03\x04"):
        return min(data.rstrip().count(b"\n"), MOST_ROWS)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sheets = filter(_SHEET_PART.fullmatch, archive.namelist())
            said = [_LAST_ROW.search(_beginning(archive, name)) for name in sheets]
    # The workbook may not list this sheet, so nothing has opened it yet and anything may be wrong: damaged or cut
    # short (BadZipFile, zlib.error, EOFError), an invalid name or offset (ValueError), encrypted or compressed in a
    # way we can't read (RuntimeError, OSError). `read` reports problems with listed sheets; here only an estimate is
    # lost.
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError):
        return 0
    return min(max((int(one[1]) - 1 for one in said if one), default=0), MOST_ROWS)


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(_SAID_WITHIN)


def read(data: bytes) -> Sheet:
    """Detect the kind of table; its lines are read later. Raises Unreadable."""
    if not data:
        raise Unreadable(_("This file is empty."))
    if len(data) > MOST_BYTES:
        raise Unreadable(too_large(len(data)))
    if data.startswith(b"PK\x03\x04"):
        return Sheet("xlsx", _bounded(_lines_of_workbook(data)))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            _("This is an older workbook, or one with a password. Save it as .xlsx without a password, or as CSV.")
        )
    if data.startswith(b"%PDF") or data.lstrip()[:1] == b"<":
        raise Unreadable(_("This is not a table. Save yours as .xlsx or as “CSV UTF-8”, and choose that."))
    text, guessed = _decoded(data)
    if not text.strip():
        raise Unreadable(_("This file is empty."))
    return Sheet("csv", _bounded(_lines_of_text(text)), guessed)


def too_large(size: int) -> str:
    return _("That file is %(size)s; the most is %(limit)s.") % {
        "size": filesizeformat(size),
        "limit": filesizeformat(MOST_BYTES),
    }


def undefused(cell: str) -> str:
    """A cell as it was before `tables.defused` made it text."""
    return _DEFUSED.sub("", cell)


def written(kind: str, lines: Iterable[Sequence[str]]) -> bytes:
    """The lines as a file. In both kinds, every cell is text."""
    return _workbook(lines) if kind == "xlsx" else _text(lines)


# --- reading ----------------------------------------------------------------------------------------------------------
def _names(sheet: Sheet) -> list[str]:
    """The headings: the first non-empty line."""
    for _number, cells in sheet.lines:
        if not any(cells):
            continue
        width = max(n for n, cell in enumerate(cells, start=1) if cell)
        names = [seen(cell)[:LONGEST_HEADING] for cell in cells[:width]]
        if address := next(filter(mapping.is_address, names), ""):
            raise Unreadable(
                _("The first line has no column names: it contains “%(address)s”. Put a line of headings on top.")
                % {"address": address}
            )
        return names
    raise Unreadable(_("This file is empty."))


def _rows(sheet: Sheet, names: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows below the headings `names`, which have been read already. Cells beyond the headings are refused."""
    width, own, found = len(names), mapping.without_own(names), 0
    is_report = own < width
    for number, cells in sheet.lines:
        if not any(cells[:own]) and (is_report or not any(cells)):
            continue
        found += 1
        if found > MOST_ROWS:
            raise Unreadable(
                _("This table has more than %(most)s rows. Split it, and give one part after the other.")
                % {"most": f"{MOST_ROWS:,}"}
            )
        if any(cells[width:]):
            raise Unreadable(
                _("Line %(line)d has more cells than there are headings. Give each column a heading.")
                % {"line": number}
            )
        taken = [*cells[:own], *[""] * (own - len(cells))]
        yield number, [undefused(cell) for cell in taken] if is_report and sheet.kind == "csv" else taken


def _bounded(lines: Iterator[list[Any]]) -> Iterator[tuple[int, list[str]]]:
    for number, values in enumerate(lines, start=1):
        if number > MOST_LINES:
            raise Unreadable(
                _("This table goes on below line %(most)s. Delete the empty lines in it.") % {"most": f"{MOST_LINES:,}"}
            )
        cells = [_cell(value) for value in values]
        if any(cells[MOST_COLUMNS:]):
            raise Unreadable(_("This table has more than %(most)d columns.") % {"most": MOST_COLUMNS})
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise Unreadable(
                _("A cell in line %(line)d has more than %(most)s characters.")
                % {"line": number, "most": f"{LONGEST_CELL:,}"}
            )
        yield number, cells


def _cell(value: Any) -> str:
    """A value as a person would read it; days in ISO 8601."""
    if isinstance(value, datetime):
        text = value.date().isoformat() if value.time() == time() else value.isoformat(" ", timespec="seconds")
    elif isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        text = str(int(value))
    else:
        text = "" if value is None else str(value)
    return FORBIDDEN.sub(LOST, text).replace("\r\n", "\n").replace("\r", "\n").strip()


def _decoded(data: bytes) -> tuple[str, bool]:
    """The text, and whether its encoding was guessed: what isn't Unicode is taken as Western Windows (cp1252)."""
    try:
        return text_of(data), False
    except Unreadable:
        if b"\x00" in data or data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise
        try:
            return data.decode("cp1252"), True
        except UnicodeDecodeError:
            pass
        raise


def _lines_of_text(text: str) -> Iterator[list[Any]]:
    text = text.removeprefix("\ufeff")
    delimiter, begins = _delimiter(text)
    lines = csv.reader(io.StringIO(text[begins:], newline=""), delimiter=delimiter, strict=True)
    try:
        yield from lines
    except csv.Error as error:
        raise Unreadable(
            _("The table breaks off in line %(line)d: %(reason)s. A quotation mark may be missing.")
            % {"line": lines.line_num, "reason": error}
        ) from None


def _delimiter(text: str) -> tuple[str, int]:
    """The delimiter, and where the table begins: some spreadsheets declare it in a line of its own at the top."""
    heading, _rest, _more = text.partition("\n")
    if told := _SEPARATOR.fullmatch(heading):
        return told[1], len(heading) + 1

    def cells(delimiter: str) -> int:
        try:
            return len(next(csv.reader([heading], delimiter=delimiter), []))
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=cells), 0


def _lines_of_workbook(data: bytes) -> Iterator[list[Any]]:
    """The lines of the first visible sheet. Any error that the library raises for a broken workbook becomes one
    message.
    """
    _refuse_bombs(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = next(one for one in book.worksheets if one.sheet_state == "visible")
        # A sheet may declare any size.
        sheet.reset_dimensions()
        for values in sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True):
            width = next((n for n in range(len(values), 0, -1) if values[n - 1] is not None), 0)
            yield list(values[:width])
    except Exception as error:
        raise Unreadable(
            _("This workbook can’t be read. Save the table again as .xlsx or as “CSV UTF-8”, and choose that.")
        ) from error


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise Unreadable(_("This file is damaged: it can’t be unpacked. Save the table again and choose it.")) from None
    # No part is unpacked beyond the size that its entry declares.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unreadable(
            _(
                "Unpacked, this workbook has more than %(most)s. Save the table alone, without pictures and other sheets."
            )
            % {"most": filesizeformat(MOST_UNPACKED)}
        )
    # No spreadsheet uses other compression methods, and for those nothing limits how much is unpacked at once.
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise Unreadable(_("This file is damaged: it can’t be unpacked. Save the table again and choose it."))
    if not any(part.filename == "[Content_Types].xml" for part in parts):
        raise Unreadable(_("This is an archive, not an .xlsx workbook. Save yours as .xlsx or as “CSV UTF-8”."))


# --- writing ----------------------------------------------------------------------------------------------------------
def _text(lines: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for line in lines:
        writer.writerow([defused(cell) for cell in line])
    # Spreadsheets only recognise UTF-8 with a byte order mark.
    return codecs.BOM_UTF8 + out.getvalue().encode()


def _workbook(lines: Iterable[Sequence[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines:
        sheet.append([_text_cell(sheet, cell) for cell in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(sheet: Any, words: str) -> WriteOnlyCell | str | None:
    """A cell that is never a formula or an error, and stays text even if someone edits it."""
    if not words or (defused(words) == words and not words.startswith("#")):
        return words or None
    cell = WriteOnlyCell(sheet, words)
    cell.data_type, cell.quotePrefix = "s", True
    return cell
