"""Verdicts as a table: for spreadsheets, which must not take a badge's words for a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = (
    *("name", "verdict", "badge", "issuer", "issuer_id", "credential", "valid_from", "valid_until", "checked_at"),
    *("what", "technical"),
)
# With these a cell begins that a spreadsheet works out (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def row(name: str, verdict: str, *, refusal: str = "", report: Mapping[str, Any] | None = None) -> list[str]:
    """One line by COLUMNS. `what` and `technical` tell of the first check that did not pass, or why it is no badge."""
    told = report or {}
    wrong: Mapping[str, str] = next((one for one in told.get("checks", ()) if one["result"] != "pass"), {})
    said = [told.get(key, "") for key in ("achievement", "issuer_name", "issuer", "credential")]
    dates = [told.get(key, "") for key in ("valid_from", "valid_until", "checked_at")]
    cells = [name, verdict, *said, *dates, refusal or wrong.get("plain", ""), wrong.get("technical", "")]
    return [defused(cell) for cell in cells]


def defused(cell: str) -> str:
    """A cell that is text to every spreadsheet: an apostrophe goes before what begins like a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
