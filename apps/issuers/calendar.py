"""Business days: those on which an issuer works."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from apps.core import clock

if TYPE_CHECKING:
    from datetime import date, datetime

    from holidays import HolidayBase

    from apps.issuers.models import Issuer


def business_day_after(moment: datetime, *, days: int, issuer: Issuer) -> date:
    """The date that many business days after `moment`, in the issuer's zone: weekends and public holidays don't
    count.

    An issuer that names no country, or one whose holidays aren't known, works every day except weekends.
    """
    return _business_day_after(moment.astimezone(clock.zone(issuer.time_zone)).date(), days, issuer.country)


@lru_cache(maxsize=1024)
def _business_day_after(day: date, days: int, country: str) -> date:
    return _at_work(country).get_nth_working_day(day, days)


def business_days_between(first: date, last: date, *, issuer: Issuer) -> int:
    """The number of business days after `first`, up to and including `last`; 0 if `last` is not later."""
    return _business_days_between(first, last, issuer.country) if last > first else 0


@lru_cache(maxsize=1024)
def _business_days_between(first: date, last: date, country: str) -> int:
    at_work = _at_work(country)
    return sum(at_work.is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


@lru_cache(maxsize=64)
def _at_work(country: str) -> HolidayBase:
    # Imported late: it loads all countries' holidays, in a second and 45 MB, and only promised dates need it.
    import holidays

    try:
        return holidays.country_holidays(country)
    except NotImplementedError:
        return holidays.HolidayBase()
