"""The current time. Verbs read it here, so that tests and the demo can move it; only leases use the database's clock."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

_held: ContextVar[datetime | None] = ContextVar("held", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC; or the moment held by `at`."""
    return _held.get() or datetime.now(UTC)


def zone(name: str) -> ZoneInfo:
    """The time zone called `name`; UTC if this machine doesn't have it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Hold the clock at an aware `moment` within the block."""
    if moment.tzinfo is None:
        message = "The clock holds aware moments only."
        raise ValueError(message)
    token = _held.set(moment)
    try:
        yield moment
    finally:
        _held.reset(token)
