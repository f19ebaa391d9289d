"""Reads about notices that need a name."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Min

from apps.accounts.models import User
from apps.accounts.wording import Worded
from apps.notices.kinds import KINDS, Way
from apps.notices.models import Notice, Preference

if TYPE_CHECKING:
    from collections.abc import Iterator

# When a person's digest is written, by the clock on their own wall.
DIGEST_TIME = time(7)


_CHOSEN = Worded(lambda person: Preference.objects.filter(person=person).values_list("kind", "way"))


def ways_of(person: User) -> dict[str, Way]:
    """Kind → how it reaches this person. What no longer may be chosen counts as not chosen."""
    chosen: dict[str, str] = dict(_CHOSEN.ask(person))
    return {name: Way(chosen[name]) if chosen.get(name) in kind.ways else kind.usual for name, kind in KINDS.items()}


def unread_count(person: User, *, most: int) -> int:
    """How many notices wait to be read; counting stops at `most`."""
    return len(_unread(most).ask(person))


@cache
def _unread(most: int) -> Worded:
    return Worded(lambda person: Notice.objects.filter(person=person).unread().order_by().values_list("pk")[:most])


class Due(NamedTuple):
    """Somebody whose morning has come: their notices made before `before`, aware and in their zone, want a digest."""

    person: User
    before: datetime


def digests_due(now: datetime) -> Iterator[Due]:
    """Everybody with something to say that the last seven o'clock in their own zone left behind.

    A morning that was missed, since nothing ran, is made up for as soon as something does.
    """
    oldest = dict(Notice.objects.for_digest().values_list("person").annotate(Min("made_at")).order_by())
    for person in User.objects.filter(pk__in=oldest, is_active=True):
        before = last_digest_time(now, person.time_zone)
        if oldest[person.pk] < before:
            yield Due(person, before)


def last_digest_time(now: datetime, zone: str) -> datetime:
    here = now.astimezone(zoneinfo.ZoneInfo(zone))
    today = datetime.combine(here.date(), DIGEST_TIME, here.tzinfo)
    return today if today <= here else datetime.combine(here.date() - timedelta(days=1), DIGEST_TIME, here.tzinfo)
