"""Counts of how credentials were signed, for operators: each process counts in memory and passes its counts to the
cache.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from apps.core import clock
from apps.core.cache import valkey

if TYPE_CHECKING:
    from datetime import date


log = logging.getLogger(__name__)

COMPILED, GENERAL, JUDGED, DIFFERS = "compiled", "general", "judged", "differs"
DAYS = 7
_lock = threading.Lock()
_sums: Counter[str] = Counter()


def count(what: str) -> None:
    """Add one. Touches neither database nor cache."""
    with _lock:
        _sums[what] += 1


def hand_on() -> None:
    """Pass this process's counts to the cache at the end of a job; if it is away, they wait for the next job."""
    with _lock:
        sums = dict(_sums)
        _sums.clear()
    if not sums:
        return
    key = _key(clock.now().date())
    try:
        pipe = valkey().pipeline()
        for what, number in sums.items():
            pipe.hincrby(key, what, number)
        pipe.expire(key, timedelta(days=DAYS + 1))
        pipe.execute()
    except (RedisError, OSError) as error:
        log.warning("Sums of what was signed wait, since the cache is away: %s", error)
        with _lock:
            _sums.update(sums)


def of_last_days() -> Counter[str]:
    """The counts of the last seven days including today. Raises RedisError or OSError if the cache is away."""
    today = clock.now().date()
    pipe = valkey().pipeline()
    for days in range(DAYS):
        pipe.hgetall(_key(today - timedelta(days=days)))
    found: Counter[str] = Counter()
    for sums in pipe.execute():
        found.update({what.decode(): int(number) for what, number in sums.items()})
    return found


def _key(day: date) -> str:
    return f"satchel:signed:{day.isoformat()}"
