"""Counts of how often pages are opened: per day, and without a trace of who looked.

Opening a page writes nothing. Each process counts in memory and passes its sums to the cache every few seconds; a job
moves them into the database each minute. If a process is killed, the sums it had not passed on are lost. That is
acceptable: these counts serve curiosity, not accounting.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, Sum
from redis.exceptions import RedisError

from apps.backpacks.models import ViewCount
from apps.core import charts, clock
from apps.core.cache import valkey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from apps.backpacks.models import Collection

log = logging.getLogger(__name__)

HANDED_ON_EVERY = 2.0
_KEY = "satchel:views"
_TAKEN = "satchel:views:taken"
_LOCK = 0x5EE5

_lock = threading.Lock()
_sums: Counter[str] = Counter()


def saw(of: str, subject_id: str) -> None:
    """Count one opening of a page, without asking the database or the cache."""
    with _lock:
        begins = not _sums
        _sums[f"{of}:{subject_id}:{clock.now().date().isoformat()}"] += 1
    if begins:
        _hand_on_soon()


def hand_on() -> None:
    """Pass this process's sums to the cache. If the cache is away, keep them and try again in a while."""
    with _lock:
        sums = dict(_sums)
        _sums.clear()
    if not sums:
        return
    try:
        pipe = valkey().pipeline()
        for key, number in sums.items():
            pipe.hincrby(_KEY, key, number)
        pipe.execute()
    except (RedisError, OSError) as error:
        log.warning("Views wait, since the cache is away: %s", error)
        with _lock:
            begins = not _sums  # what was added meanwhile has set a timer already
            _sums.update(sums)
        if begins:
            _hand_on_soon()


def _hand_on_soon() -> None:
    """Set the timer that must run while there are sums: `saw` sets none when it adds to existing sums."""
    timer = threading.Timer(HANDED_ON_EVERY, hand_on)
    timer.daemon = True
    timer.start()


def take_in() -> int:
    """Move what the processes handed on into the database, and return how many pages that was.

    The sums are renamed first, so that what comes meanwhile waits for the next run. If a run dies, the next one takes
    in the sums it had set aside.
    """
    client = valkey()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        if not client.exists(_TAKEN) and not (client.exists(_KEY) and client.renamenx(_KEY, _TAKEN)):
            return 0
        counts = [_row(key.decode(), int(number)) for key, number in client.hgetall(_TAKEN).items()]
        ViewCount.objects.bulk_create(
            [ViewCount(of=of, subject_id=subject, on=on, number=0) for of, subject, on, _number in counts],
            ignore_conflicts=True,
        )
        for of, subject, on, number in counts:
            ViewCount.objects.filter(of=of, subject_id=subject, on=on).update(number=F("number") + number)
    client.delete(_TAKEN)
    return len(counts)


def totals(of: str, subject_ids: Sequence[str]) -> dict[str, int]:
    """How often each was opened, as far as the counts have been taken in."""
    rows = ViewCount.objects.filter(of=of, subject_id__in=subject_ids).values_list("subject_id")
    return dict(rows.annotate(n=Sum("number")).order_by())


def days_of(of: str, subject_id: str, *, since: date) -> list[tuple[date, int]]:
    """The count for each day on which it was opened, oldest first."""
    return list(
        ViewCount.objects.filter(of=of, subject_id=subject_id, on__gte=since).order_by("on").values_list("on", "number")
    )


def month_of(of: str, subject_id: str) -> charts.Days:
    """The last thirty days of a page, including today."""
    today = clock.now().date()
    return charts.days(dict(days_of(of, subject_id, since=today - timedelta(days=29))), last=today)


def of_collection(collection: Collection) -> int:
    return totals("collection", [collection.public_id]).get(collection.public_id, 0)


def _row(key: str, number: int) -> tuple[str, str, str, int]:
    of, subject, on = key.split(":")
    return of, subject, on, number
