"""From a file to rows: pure functions, with no database and no side effects."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apps.frameworks.importers import case, encoding, table
from apps.frameworks.importers.rows import About, Finding, Findings, Reading, Row, Severity

if TYPE_CHECKING:
    from datetime import date

__all__ = ["About", "Finding", "Findings", "Reading", "Row", "Severity", "read"]


def read(data: bytes, *, today: date | None = None) -> Reading:
    """Read a CASE package or a table, whichever it is. The findings say what is wrong with it."""
    try:
        if encoding.is_json(data):
            return case.read(encoding.as_utf8(data), today=today or datetime.now(UTC).date())
        return table.read(encoding.text_of(data))
    except encoding.Unreadable as reason:
        findings = Findings()
        findings.error(0, "", str(reason))
        return Reading("", About(), [], findings)
