"""Reads about notices that need a name."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Min
from django.utils.translation import gettext as _

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.accounts.wording import Worded
from apps.core import clock
from apps.core.copying import listed
from apps.core.ids import clean_id
from apps.core.text import normal_address
from apps.notices.kinds import KINDS, Way
from apps.notices.models import Letter, Notice, Preference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# When a person's digest is written, in their own time zone.
DIGEST_TIME = time(7)
# When what a person is told once a day is gathered, in their own time zone: an hourly job is in time for the digest.
GATHERING_TIME = time(6)
# How often a notice may be mailed again, and how long to wait after a letter that may still arrive.
MOST_AGAIN = 5
LETTERS_APART = timedelta(hours=1)
# What the keys of letters to people who need no account begin with.
OFFER = "offer:"


_CHOSEN = Worded(lambda person: Preference.objects.filter(person=person).values_list("kind", "way", "complained_at"))


def ways_of(person: User) -> dict[str, Way]:
    """Kind → how it reaches this person. A choice that isn't allowed any more counts as not chosen."""
    ways = {name: kind.usual for name, kind in KINDS.items()}
    for name, way, complained_at in _CHOSEN.ask(person):
        if name in KINDS and (way in KINDS[name].ways or complained_at):
            ways[name] = Way(way)
    return ways


def ways_of_many(kind: str, people: Iterable[User]) -> dict[int, Way]:
    """How a kind reaches each of many people, by primary key; erased people get no mail."""
    chosen = Preference.objects.filter(kind=kind, person__in=listed(one.pk for one in people))
    ways = {
        person: Way(way)
        for person, way, complained_at in chosen.values_list("person_id", "way", "complained_at")
        if way in KINDS[kind].ways or complained_at
    }
    return {one.pk: Way.HERE if one.erased_at is not None else ways.get(one.pk, KINDS[kind].usual) for one in people}


def letter_to_address(key: str) -> Letter | None:
    """The letter that `write_to_address` queued under this key, or None."""
    return Letter.objects.filter(dedupe_key=f"{OFFER}{key}").first()


def letter_named(public_id: str, mail_id: str) -> Letter | None:
    """The letter that a mail service reports on, by our name for it, also in its Message-ID, or by the service's."""
    ours = clean_id(public_id) or clean_id(mail_id.strip("<> ").partition("@")[0])
    if ours:
        return Letter.objects.filter(public_id=ours).first()
    return Letter.objects.filter(mail_id=mail_id).first() if mail_id else None


class Posted(NamedTuple):
    """The state of a notice's letter, as the pills name it, and since when. Not the address: the viewer need not know
    whose it is.
    """

    state: str
    at: datetime


def posted(notice: Notice) -> Posted:
    """The state of a notice's letter, which is loaded. Without one it waits for the digest, or is only shown here."""
    letter = notice.letter
    if letter is None:
        return Posted("here" if notice.way == Way.HERE else Letter.State.QUEUED.value, notice.made_at)
    return Posted(letter.state, letter.bounced_at or letter.sent_at or letter.queued_at)


def key_again(notice: Notice, number: int) -> str:
    return f"notice:{notice.public_id}:again:{number}"


def times_again(notice: Notice) -> int:
    """How often it was mailed again."""
    return Letter.objects.filter(dedupe_key__in=[key_again(notice, n + 1) for n in range(MOST_AGAIN)]).count()


def why_not_again(notice: Notice, now: datetime) -> str:
    """Why a notice can't be mailed again, in words for the person who wants that; empty if it can. The caller has
    loaded the letter and the person.
    """
    letter, person = notice.letter, notice.person
    if Way.HERE in (notice.way, ways_of(person)[notice.kind]) or person.erased_at is not None:
        return _("They are told about this only on their own page.")
    if letter is None or letter.can_move(Letter.State.SENT):
        return _("The letter has not left yet.")
    if letter.bounced_for_good and letter.to.casefold() == person.email.casefold():
        return _("Nobody is at that address, and there is no other yet.")
    if letter.state == Letter.State.SENT and letter.sent_at is not None and letter.sent_at > now - LETTERS_APART:
        return _("The last letter is less than an hour old. Give it time.")
    if times_again(notice) >= MOST_AGAIN:
        return _("It was sent again %(most)d times.") % {"most": MOST_AGAIN}
    return ""


def unread_count(person: User, *, most: int) -> int:
    """The number of unread notices; counting stops at `most`."""
    return len(_unread(most).ask(person))


@cache
def _unread(most: int) -> Worded:
    return Worded(lambda person: Notice.objects.filter(person=person).unread().order_by().values_list("pk")[:most])


def may_reach(person: User) -> bool:
    """Whether reminders may go to a person: they have proved their primary address, and the last letter that left for
    it did not come back for good.
    """
    if not person.is_active or normal_address(person.email) not in accounts.verified_addresses_of(person):
        return False
    sent = Letter.objects.filter(person=person, to=person.email, sent_at__isnull=False).order_by("-sent_at", "-pk")
    return not any(sent.values_list("bounced_for_good", flat=True)[:1])


class Due(NamedTuple):
    """A person whose digest is due, with the notices made before `before`, which is aware and in their zone."""

    person: User
    before: datetime


def digests_due(now: datetime) -> Iterator[Due]:
    """Everyone with notices from before the last seven o'clock in their own zone.

    A morning that was missed because nothing ran is made up for as soon as something does.
    """
    oldest = dict(Notice.objects.for_digest().values_list("person").annotate(Min("made_at")).order_by())
    for person in User.objects.filter(pk__in=oldest, is_active=True):
        before = last_digest_time(now, person.time_zone)
        if oldest[person.pk] < before:
            yield Due(person, before)


def last_digest_time(now: datetime, zone: str) -> datetime:
    return _last(DIGEST_TIME, now, zone)


def last_gathering_time(now: datetime, zone: str) -> datetime:
    return _last(GATHERING_TIME, now, zone)


def _last(hour: time, now: datetime, zone: str) -> datetime:
    """The last time that it was this hour in a zone."""
    here = now.astimezone(clock.zone(zone))
    today = datetime.combine(here.date(), hour, here.tzinfo)
    return today if today <= here else datetime.combine(here.date() - timedelta(days=1), hour, here.tzinfo)
