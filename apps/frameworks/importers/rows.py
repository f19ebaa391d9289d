"""What both kinds of file are read into: rows in the order of their tree, and findings."""

from __future__ import annotations

import html.entities
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from apps.core.text import is_iri, is_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ITEMS = 20_000
MOST_BYTES = 40 * 1024 * 1024
# Nobody finds their way in a deeper tree.
MOST_DEPTH = 20
MOST_LEVELS = 30
# How many findings of each kind are kept; the rest are only counted.
MOST_KEPT = {"error": 1_000, "warning": 300, "note": 50}

LONGEST_STATEMENT = 300
LONGEST = {
    "identifier": 200,
    "code": 100,
    "statement": LONGEST_STATEMENT,
    "full_statement": 5_000,
    "type": 100,
    "parent": 200,
    "url": 2_000,
    "levels": 60,
    "title": 200,
    "publisher": 200,
    "licence": 300,
    "language": 12,
    "version": 60,
}

_TAG = re.compile(r"<(?:[A-Za-z/!?])[^<>]*>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|([A-Za-z][A-Za-z0-9]{1,30}));")
# “+”, “-” and “@” begin a formula if a function, a cell or a sum follows, but not a word or a number alone.
_FORMULA = re.compile(
    r"[+\-@][+\-@\s]*(?:[A-Za-z_][\w.]*\s*\(|\(|\$?[A-Za-z]{1,3}\$?[0-9]+\b|[0-9][0-9.,]*\s*[*/^+\-]\s*[0-9A-Za-z($])"
)
_SCHEME = re.compile(r"https?://(?=[^/?#])", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Severity:
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(NamedTuple):
    """Something found at a place in the file; row 0 is the file as a whole."""

    row: int
    column: str
    severity: str
    sentence: str


class Findings:
    """Collects findings, and counts those that are too many to keep."""

    def __init__(self) -> None:
        self.kept: list[Finding] = []
        self.counts: Counter[str] = Counter()

    def error(self, row: int, column: str, sentence: str) -> None:
        self._add(Finding(row, column, Severity.ERROR, sentence))

    def warning(self, row: int, column: str, sentence: str) -> None:
        self._add(Finding(row, column, Severity.WARNING, sentence))

    def note(self, row: int, column: str, sentence: str) -> None:
        self._add(Finding(row, column, Severity.NOTE, sentence))

    def _add(self, finding: Finding) -> None:
        self.counts[finding.severity] += 1
        if self.counts[finding.severity] <= MOST_KEPT[finding.severity]:
            self.kept.append(finding)


@dataclass
class About:
    """What the file says about the framework itself."""

    identifier: str = ""
    title: str = ""
    publisher: str = ""
    source_url: str = ""
    licence: str = ""
    language: str = ""
    version: str = ""


@dataclass(slots=True)
class Row:
    """One item. `number` is its place in the file; the tree gives it `position`, `last` and `depth`.

    Everything below an item follows it directly, at the positions up to `last`.
    """

    identifier: str
    statement: str
    code: str = ""
    full_statement: str = ""
    kind: str = ""
    parent: str = ""
    url: str = ""
    levels: tuple[str, ...] = ()
    retired: bool = False
    number: int = field(default=0, compare=False)
    position: int = 0
    last: int = 0
    depth: int = 0

    def facts(self) -> tuple[Any, ...]:
        """The values that make it a changed item if they differ; its place in the order does not."""
        return (
            *(self.code, self.statement, self.full_statement, self.kind, self.parent, self.url),
            *(self.levels, self.retired),
        )


@dataclass
class Reading:
    """A file that was read: `format` is case, csv, or empty if it could not be determined."""

    format: str
    about: About
    rows: list[Row]
    findings: Findings

    @property
    def is_good(self) -> bool:
        return not self.findings.counts[Severity.ERROR]


class Cleaner:
    """Converts values from the file into those to be stored, or reports what is wrong with them."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def text(
        self, row: int, column: str, value: Any, *, needed: bool = False, lines: bool = False, longest: int = 0
    ) -> str:
        """Text in NFC, trimmed; on one line unless `lines` is set."""
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.findings.error(row, column, _("This is not text: write it between quotation marks."))
            return ""
        longest = longest or LONGEST[column]
        # Far too long: report it before doing any work.
        if len(value) > 4 * longest and not self._is_short(row, column, value.strip(), longest):
            return ""
        if not is_plain(value):
            self.findings.error(row, column, _("It contains a control character. Type the text again."))
            return ""
        text = value if unicodedata.is_normalized("NFC", value) else unicodedata.normalize("NFC", value)
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip() if lines else " ".join(text.split())
        if needed and not text:
            self.findings.error(row, column, _("This is empty, and every row needs it."))
            return ""
        return text if self._is_short(row, column, text, longest) and self._is_fit(row, column, text) else ""

    def _is_short(self, row: int, column: str, text: str, longest: int) -> bool:
        if len(text) <= longest:
            return True
        self.findings.error(
            row,
            column,
            _("This has %(length)d characters; the most is %(most)d.") % {"length": len(text), "most": longest},
        )
        return False

    def _is_fit(self, row: int, column: str, text: str) -> bool:
        if ("<" in text and _TAG.search(text)) or ("&" in text and _has_entity(text)):
            self.findings.error(
                row, column, _("This contains HTML. Leave the tags and entities out: only text is kept.")
            )
        elif is_formula(text):
            self.findings.error(
                row, column, _("It begins like a spreadsheet's formula. Write it as text, without the sign in front.")
            )
        else:
            return True
        return False

    def name(self, row: int, column: str, value: Any, *, needed: bool = False) -> str:
        """An identifier. CASE's own are UUIDs, which are lower-cased because case means nothing in them."""
        text = self.text(row, column, value, needed=needed, longest=LONGEST["identifier"])
        return text.lower() if _UUID.fullmatch(text) else text

    def address(self, row: int, column: str, value: Any) -> str:
        text = self.text(row, column, value, longest=LONGEST["url"])
        if not text:
            return ""
        address = _SCHEME.sub(lambda match: match[0].lower(), iri_to_uri(text))
        if not _SCHEME.match(address) or not is_iri(address):
            self.findings.error(
                row, column, _("This is not a full web address: it must begin with https:// or http://.")
            )
            return ""
        return address if self._is_short(row, column, address, LONGEST["url"]) else ""

    def levels(self, row: int, column: str, values: Sequence[Any]) -> tuple[str, ...]:
        found = [self.text(row, column, value, longest=LONGEST["levels"]) for value in values]
        kept = tuple(dict.fromkeys(one for one in found if one))
        if len(kept) > MOST_LEVELS:
            self.findings.error(row, column, _("There are more than %(most)d levels here.") % {"most": MOST_LEVELS})
            return ()
        return kept


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would evaluate it instead of showing it."""
    text = text.lstrip()
    if text[:1] not in {"=", "+", "-", "@"}:
        return False
    # The last calls another program: -2+cmd|'/c calc'!A0
    return text[0] == "=" or _FORMULA.match(text) is not None or "!" in text.partition("|")[2]


def split_levels(text: str) -> list[str]:
    return re.split(r"[|;]", text)


def statements(short: str, whole: str) -> tuple[str, str]:
    """A statement that fits on a line, and the whole one if it says more."""
    whole = whole or short
    line = " ".join((short or whole).split())
    if len(line) > LONGEST_STATEMENT:
        line = line[: LONGEST_STATEMENT - 1].rpartition(" ")[0] or line[: LONGEST_STATEMENT - 1]
        line = f"{line}…"
    return line, "" if whole == line else whole


def _has_entity(text: str) -> bool:
    return any(
        name is None or f"{name};" in html.entities.html5 for name in (match[1] for match in _ENTITY.finditer(text))
    )
