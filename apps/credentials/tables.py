"""Verdicts as a table for spreadsheets, which must not take a badge's words for a formula."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.core.pills import pill_of
from apps.credentials.verification.report import Said

if TYPE_CHECKING:
    from datetime import datetime

    from apps.credentials.verification import Report

COLUMNS = (
    *("name", "verdict", "badge", "issuer", "issuer_id", "credential", "valid_from", "valid_until", "checked_at"),
    *("what", "technical"),
)
# Cells beginning with these are evaluated by spreadsheets (OWASP, "CSV Injection").
_INSIDE = re.compile(r"(?<=.)([;\t])(?=[=+@-])")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def headings() -> list[str]:
    """The headings of the table for people, in their language."""
    return [
        *(_("File or address"), _("Result"), _("Badge"), _("Issuer"), _("Its address"), _("What is wrong")),
        *(_("What to do"), _("Valid from"), _("Valid until"), _("Checked"), _("Address of the report")),
    ]


def line(name: str, ruling: str, *, refusal: str = "", report: Report | None = None, url: str = "") -> list[str]:
    """One line of that table. A badge's own words are left out if they may not be what was signed."""
    if report is None:
        return (
            [defused(cell) for cell in (name, str(pill_of(ruling, "report").word), "", "", "", refusal)]
            + [""] * 4
            + [url]
        )
    said = report.said if report.is_unchanged else None
    troubles = [one for one in (report.decider, *report.besides) if one is not None]
    cells = [
        *(name, str(pill_of(ruling, "report").word)),
        *((said.achievement_name, said.issuer_name, report.host) if said else ("", "", "")),
        *(" ".join(str(one.plain) for one in troubles), " ".join(str(one.remedy) for one in troubles)),
        *(_day(report.begins), _day(report.ends), f"{report.checked_at:%Y-%m-%d %H:%M} UTC", url),
    ]
    return [defused(cell) for cell in cells]


def _day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else ""


def row(name: str, verdict: str, *, refusal: str = "", report: Report | None = None) -> list[str]:
    """One line of COLUMNS, for programs. `what` and `technical` are about the check that decides the verdict, or why
    it is no badge.
    """
    said, wrong = (report.said, report.decider) if report else (Said(), None)
    cells = [
        *(name, verdict, said.achievement_name, said.issuer_name, said.issuer_id, said.credential_id),
        *(said.valid_from, said.valid_until, report.checked_at.isoformat() if report else ""),
        *(refusal or (str(wrong.plain) if wrong else ""), wrong.technical if wrong else ""),
    ]
    return [defused(cell) for cell in cells]


def defused(cell: str) -> str:
    """Make a cell text in every spreadsheet: an apostrophe goes before what begins like a formula.

    Some split cells at a semicolon or TAB whatever the file declares, so what follows one begins a cell for them.
    """
    text = _INSIDE.sub(r"\1'", cell)
    return f"'{text}" if cell.startswith(_FORMULA) else text
