"""Whether a credential is in time, and the signature under it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from apps.credentials.verification.report import FAIL, PASS, VALIDITY
from apps.credentials.verification.values import moment

if TYPE_CHECKING:
    from datetime import datetime

    from apps.credentials.verification.report import Report
    from apps.credentials.verification.signatures import Signed

# By how much the clock of who signed may be ahead of ours.
AHEAD = timedelta(minutes=5)


def check(report: Report, signed: Signed) -> bool:
    """Add the check `in_time`. A signature with an end of its own ends with it, and none is made in time to come."""
    document, now = report.document, report.checked_at
    try:
        begins = _read(document.get("validFrom", document.get("issuanceDate")))
        ends = _read(document.get("validUntil", document.get("expirationDate")))
        made, holds = _read(signed.created), _read(signed.expires)
        early, late = _is_after(begins, now), _is_over(ends, now)
        unmade, lapsed = _is_after(made, now + AHEAD), _is_over(holds, now)
    except (ValueError, TypeError, OverflowError) as error:
        return report.add("in_time", VALIDITY, FAIL, _("Its dates can't be read."), str(error))
    why = "early" if early or unmade else "expired" if late or lapsed else ""
    if early:
        plain, technical = _("It is not valid yet."), f"validFrom {_written(begins)}"
    elif unmade:
        plain = _("It says that it was signed at a time that is still to come.")
        technical = f"the proof was created {_written(made)}"
    elif late:
        plain, technical = _("It has run out."), f"validUntil {_written(ends)}"
    elif lapsed:
        plain = _("Its signature has run out: it was made to hold until a certain day.")
        technical = f"the proof expires {_written(holds)}"
    elif ends is None:
        plain, technical = _("It has no end date."), f"since {_written(begins)}"
    else:
        plain, technical = _("It has not run out."), f"until {_written(ends)}"
    return report.add("in_time", VALIDITY, FAIL if why else PASS, plain, technical, why=why)


def _read(value: Any) -> datetime | None:
    """None where there is no such date. Raises ValueError and TypeError for what is none."""
    return None if value is None else moment(value)


def _is_after(at: datetime | None, now: datetime) -> bool:
    return at is not None and now < at


def _is_over(end: datetime | None, now: datetime) -> bool:
    return end is not None and now >= end


def _written(at: datetime | None) -> str:
    return at.isoformat() if at else "always"
