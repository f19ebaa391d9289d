"""Business days: those on which an issuer is at work."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date, datetime

    from apps.issuers.models import Issuer


def business_day_after(moment: datetime, *, days: int, issuer: Issuer) -> date:
    """The last of so many business days after `moment`, in the issuer's zone: weekends and public holidays don't count.

    An issuer that names no country, or one whose holidays nobody has written down, works on all but weekends.
    """
    return _business_day_after(moment.astimezone(ZoneInfo(issuer.time_zone)).date(), days, issuer.country)


@lru_cache(maxsize=1024)
def _business_day_after(day: date, days: int, country: str) -> date:
    # It loads the holidays of all countries, for a second and 45 MB: only where dates are promised.
    import holidays

    try:
        at_work = holidays.country_holidays(country)
    except NotImplementedError:
        at_work = holidays.HolidayBase()
    return at_work.get_nth_working_day(day, days)
