"""Reads about notices that need a name."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Min

from apps.accounts.models import User
from apps.accounts.wording import Worded
from apps.core.copying import listed
from apps.core.ids import clean_id
from apps.notices.kinds import KINDS, Way
from apps.notices.models import Letter, Notice, Preference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# When a person's digest is written, by the clock on their own wall.
DIGEST_TIME = time(7)


_CHOSEN = Worded(lambda person: Preference.objects.filter(person=person).values_list("kind", "way", "complained_at"))


def ways_of(person: User) -> dict[str, Way]:
    """Kind → how it reaches this person. What no longer may be chosen counts as not chosen."""
    ways = {name: kind.usual for name, kind in KINDS.items()}
    for name, way, complained_at in _CHOSEN.ask(person):
        if name in KINDS and (way in KINDS[name].ways or complained_at):
            ways[name] = Way(way)
    return ways


def ways_of_many(kind: str, people: Iterable[User]) -> dict[int, Way]:
    """How a kind reaches each of many people, by their keys; who was erased reads nothing any more."""
    chosen = Preference.objects.filter(kind=kind, person__in=listed(one.pk for one in people))
    ways = {
        person: Way(way)
        for person, way, complained_at in chosen.values_list("person_id", "way", "complained_at")
        if way in KINDS[kind].ways or complained_at
    }
    return {one.pk: Way.HERE if one.erased_at is not None else ways.get(one.pk, KINDS[kind].usual) for one in people}


def letter_named(public_id: str, mail_id: str) -> Letter | None:
    """The letter that a mail service speaks of: by the name that we gave it, in its Message-ID too, or by its own."""
    ours = clean_id(public_id) or clean_id(mail_id.strip("<> ").partition("@")[0])
    if ours:
        return Letter.objects.filter(public_id=ours).first()
    return Letter.objects.filter(mail_id=mail_id).first() if mail_id else None


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
