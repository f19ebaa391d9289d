"""Whether a credential's dates are valid, and its signature's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from apps.credentials.verification import common
from apps.credentials.verification.report import FAIL, VALIDITY
from apps.credentials.verification.values import moment

if TYPE_CHECKING:
    from datetime import datetime

    from apps.credentials.verification.report import Report
    from apps.credentials.verification.signatures import Signed

# How far the signer's clock may be ahead of ours.
AHEAD = timedelta(minutes=5)


def check(report: Report, signed: Signed) -> bool:
    """Add the check `in_time`. A signature that expires ends the validity, and none may be made in the future."""
    document, now = report.document, report.checked_at
    try:
        begins = _read(document.get("validFrom", document.get("issuanceDate")))
        ends = _read(document.get("validUntil", document.get("expirationDate")))
        made, holds = _read(signed.created), _read(signed.expires)
        unmade, lapsed = made is not None and now + AHEAD < made, holds is not None and now >= holds
    except (ValueError, TypeError, OverflowError) as error:
        return report.add("in_time", VALIDITY, FAIL, _("Its dates can't be read."), str(error))
    if made is not None and unmade:
        plain = _("It says that it was signed at a time that is still to come.")
        return report.add("in_time", VALIDITY, FAIL, plain, f"the proof was created {made.isoformat()}", why="early")
    if holds is not None and lapsed:
        plain = _("Its signature has run out: it was valid only until a certain day.")
        return report.add("in_time", VALIDITY, FAIL, plain, f"the proof expires {holds.isoformat()}", why="expired")
    return common.in_time(report, begins, ends, now)


def _read(value: Any) -> datetime | None:
    """A date; None if there is none. Raises ValueError and TypeError if it is malformed."""
    return None if value is None else moment(value)
