"""A table in CSV, separated by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.frameworks.importers import tree
from apps.frameworks.importers.encoding import Unreadable
from apps.frameworks.importers.rows import (
    LONGEST,
    MOST_ITEMS,
    About,
    Cleaner,
    Findings,
    Reading,
    Row,
    Severity,
    split_levels,
    statements,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS = ("identifier", "code", "statement", "full_statement", "type", "parent", "url", "levels", "retired")
# Other names for the columns, in lower case and without spaces.
_OTHER_NAMES = {
    "id": "identifier",
    "guid": "identifier",
    "caseidentifier": "identifier",
    "humancode": "code",
    "humancodingscheme": "code",
    "notation": "code",
    "name": "statement",
    "label": "statement",
    "title": "statement",
    "abbreviatedstatement": "statement",
    "fullstatement": "full_statement",
    "description": "full_statement",
    "kind": "type",
    "itemtype": "type",
    "cfitemtype": "type",
    "parentid": "parent",
    "parentidentifier": "parent",
    "parentcode": "parent",
    "ischildof": "parent",
    "uri": "url",
    "link": "url",
    "address": "url",
    "level": "levels",
    "educationlevel": "levels",
    "educationlevels": "levels",
}
_DELIMITERS = (",", ";", "\t")
_YES = {"yes", "true", "1", "y", "x", "retired"}
_NO = {"", "no", "false", "0", "n"}
MOST_COLUMNS = 60

EXAMPLE = """\
identifier,code,statement,full_statement,type,parent,url,levels,retired
clay,C,Work with clay,,Group,,,,
clay-1,C1,Prepare clay for the wheel,"Wedges clay until it is even and holds no air, and says how to tell.",Skill,clay,https://example.org/clay/1,Level 2|Level 3,
clay-2,C2,Throw a cylinder,,Skill,clay,https://example.org/clay/2,Level 3,
"""


def read(text: str) -> Reading:
    findings = Findings()
    try:
        rows = _rows(text, findings)
    except Unreadable as reason:
        findings.error(0, "", str(reason))
        rows = []
    return Reading("csv", About(), tree.place(rows, findings), findings)


def write(rows: Iterable[Row]) -> str:
    """The rows as a table that `read` can read; nothing in it starts like a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            (
                *(row.identifier, row.code, row.statement, row.full_statement, row.kind, row.parent, row.url),
                *("|".join(row.levels), "yes" if row.retired else ""),
            )
        )
    return out.getvalue()


def _rows(text: str, findings: Findings) -> list[Row]:
    if not text.strip():
        raise Unreadable(_("This file is empty."))
    delimiter = _delimiter(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = _columns(next(lines, []), findings)
        taken = _take(lines, columns, findings)
    except csv.Error as error:
        raise Unreadable(
            _("The table breaks off in line %(line)d: %(reason)s. A quotation mark may be missing.")
            % {"line": lines.line_num, "reason": error}
        ) from None
    if not taken and not findings.counts[Severity.ERROR]:
        raise Unreadable(_("There are no rows below the headings."))
    _name_parents(taken)
    return taken


def _delimiter(text: str) -> str:
    """The delimiter that gives the most known headings."""
    heading = text.lstrip("\r\n").partition("\n")[0]

    def known(delimiter: str) -> int:
        try:
            names = next(csv.reader([heading], delimiter=delimiter), [])
        except csv.Error:
            return 0
        return sum(_called(name) in COLUMNS for name in names)

    return max(_DELIMITERS, key=known)


def _called(heading: str) -> str:
    bare = re.sub(r"[\s_.\-]+", "", heading).lower()
    return next((name for name in COLUMNS if name.replace("_", "") == bare), _OTHER_NAMES.get(bare, ""))


def _columns(headings: list[str], findings: Findings) -> dict[int, str]:
    if len(headings) > MOST_COLUMNS:
        raise Unreadable(_("This table has more than %(most)d columns.") % {"most": MOST_COLUMNS})
    columns: dict[int, str] = {}
    for n, heading in enumerate(headings):
        name = _called(heading)
        if not name:
            if heading.strip():
                findings.warning(1, "", _("The column in place %(n)d is not known, and is left out.") % {"n": n + 1})
        elif name in columns.values():
            findings.error(1, name, _("Two columns mean the same. Leave one out."))
        else:
            columns[n] = name
    if "statement" not in columns.values():
        raise Unreadable(
            _("The first line has no heading “statement”. The headings are: %(names)s.") % {"names": ", ".join(COLUMNS)}
        )
    if not {"identifier", "code"} & set(columns.values()):
        raise Unreadable(_("The first line has neither “identifier” nor “code”: one of them names each row."))
    return columns


def _take(lines: Iterable[list[str]], columns: dict[int, str], findings: Findings) -> list[Row]:
    clean = Cleaner(findings)
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) == MOST_ITEMS:
            raise Unreadable(_("This table has more than %(most)d rows.") % {"most": MOST_ITEMS})
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(_("This table has more than %(most)d columns.") % {"most": MOST_COLUMNS})
        row = _row(number, {name: cells[n] for n, name in columns.items() if n < len(cells)}, clean)
        if row.identifier in seen:
            findings.error(
                number,
                "identifier",
                _("Row %(number)d has the identifier “%(name)s” already.")
                % {"number": seen[row.identifier], "name": row.identifier},
            )
        elif row.identifier:
            seen[row.identifier] = number
            rows.append(row)
    return rows


def _row(number: int, cells: dict[str, str], clean: Cleaner) -> Row:
    code = clean.text(number, "code", cells.get("code"))
    named = cells.get("identifier", "").strip() or cells.get("code", "").strip()
    if not named:
        clean.findings.error(number, "identifier", _("This row has neither identifier nor code."))
    identifier = clean.name(number, "identifier", cells.get("identifier")) or clean.name(number, "identifier", code)
    whole = clean.text(
        number, "full_statement", cells.get("full_statement"), lines=True, longest=LONGEST["full_statement"]
    )
    longest = LONGEST["statement"] if whole else LONGEST["full_statement"]
    short = clean.text(number, "statement", cells.get("statement"), needed=True, longest=longest)
    statement, full_statement = statements(short, whole)
    retired = cells.get("retired", "").strip().lower()
    if retired not in _YES | _NO:
        clean.findings.error(number, "retired", _("Write yes or no here, or leave it empty."))
    return Row(
        identifier=identifier,
        code=code,
        statement=statement,
        full_statement=full_statement,
        kind=clean.text(number, "type", cells.get("type")),
        parent=clean.name(number, "parent", cells.get("parent")),
        url=clean.address(number, "url", cells.get("url")),
        levels=clean.levels(number, "levels", split_levels(cells.get("levels", ""))),
        retired=retired in _YES,
        number=number,
    )


def _name_parents(rows: list[Row]) -> None:
    """Resolve parents that are named by code, if exactly one row has that code."""
    names = {row.identifier for row in rows}
    by_code: dict[str, str | None] = {}
    for row in rows:
        if row.code:
            by_code[row.code] = None if row.code in by_code else row.identifier
    for row in rows:
        if row.parent and row.parent not in names:
            row.parent = by_code.get(row.parent) or row.parent
