"""Verdicts as a table: for spreadsheets, which must not take a badge's words for a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.credentials.verification.report import Said

if TYPE_CHECKING:
    from apps.credentials.verification import Report

COLUMNS = (
    *("name", "verdict", "badge", "issuer", "issuer_id", "credential", "valid_from", "valid_until", "checked_at"),
    *("what", "technical"),
)
# With these a cell begins that a spreadsheet works out (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def row(name: str, verdict: str, *, refusal: str = "", report: Report | None = None) -> list[str]:
    """One line by COLUMNS. `what` and `technical` tell of the check that the verdict rests on, or why it is no badge."""
    said, wrong = (report.said, report.decider) if report else (Said(), None)
    cells = [
        *(name, verdict, said.achievement_name, said.issuer_name, said.issuer_id, said.credential_id),
        *(said.valid_from, said.valid_until, report.checked_at.isoformat() if report else ""),
        *(refusal or (str(wrong.plain) if wrong else ""), wrong.technical if wrong else ""),
    ]
    return [defused(cell) for cell in cells]


def defused(cell: str) -> str:
    """A cell that is text to every spreadsheet: an apostrophe goes before what begins like a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
