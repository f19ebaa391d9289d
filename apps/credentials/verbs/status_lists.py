"""The verbs on status lists: opening them, drawing places for credentials, counting changes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, Q

from apps.core import clock, keeping, outbox
from apps.core.copying import listed
from apps.core.events import record
from apps.core.models import Job
from apps.core.questions import Question
from apps.credentials.formats import bitstring
from apps.credentials.models import Credential, StatusEntry, StatusList
from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet, Value

Purpose = StatusList.Purpose
Status = Credential.Status
# The statuses for which a credential's bit is set. Open Badges 3.0 has room for one entry, of purpose revocation, so
# a suspended credential must not be accepted anywhere; the other list says which are only suspended (decision 11).
SET_IN = {
    Purpose.REVOCATION: (Status.SUSPENDED, Status.REVOKED, Status.SUPERSEDED),
    Purpose.SUSPENSION: (Status.SUSPENDED,),
}
# A list in which this many draws in a row are taken is as good as full: nine places in ten.
DRAWS = 40
# Many draws at once use one stripe of a list: this many places, spread evenly over all of it. A stripe with a smaller
# share left counts as taken, and a list as full after this many such stripes in a row.
STRIPE, FREE_ENOUGH, MOST_STRIPES = 1_024, 0.25, 16
# Sorted, so that concurrent single draws meet these in one order.
DRAW_MANY = """
INSERT INTO credentials_statusentry (list_id, credential_id, index)
SELECT %s, drawn.credential_id, drawn.index FROM unnest(%s::bigint[], %s::integer[]) AS drawn(credential_id, index)
ORDER BY drawn.index
ON CONFLICT (list_id, index) DO NOTHING RETURNING credential_id, index
"""
_dice = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Place:
    """The used attributes of a StatusEntry, without its overhead."""

    list: StatusList
    index: int


def draw_place(issuer: Issuer, *, credential_id: int) -> StatusEntry:
    """Draw a random place in the issuer's newest pair of lists, so that it reveals neither when it was awarded nor to
    whom.

    The credential is written later in the same transaction, because its place is part of what is signed.
    """
    newest = _newest(issuer)
    if newest is None or (entry := _draw(newest, credential_id)) is None:
        entry = _draw(_open_lists(issuer, after=newest), credential_id)
    if entry is None:
        message = f"{issuer} has no free place in its newest status list"
        raise LookupError(message)
    return entry


def draw_places(issuer: Issuer, *, credential_ids: Sequence[int]) -> list[Place]:
    """Draw a random place for each of up to a thousand credentials, in their order: four statements in all, and three
    more for each stripe without enough left.

    As with `draw_place`, the credentials are written later in the same transaction. Concurrent draws of many use
    different stripes, and wait for nobody.
    """
    placed: dict[int, Place] = {}
    among = _newest(issuer) or _open_lists(issuer, after=None)
    _draw_many(among, credential_ids, placed)
    if len(placed) < len(credential_ids):
        among = _open_lists(issuer, after=among)
        _draw_many(among, credential_ids, placed)
    if len(placed) < len(credential_ids):
        message = f"{issuer} has no free places in its newest status list"
        raise LookupError(message)
    return [placed[one] for one in credential_ids]


def change_bits(credential: Credential, *, before: str) -> None:
    """Have the lists signed again in which a credential's bit changes with its status. The caller holds its lock."""
    change_bits_many({credential.pk: before}, now=credential.status)


def change_bits_many(before: Mapping[int, str], *, now: str) -> None:
    """Do the same for many credentials whose status is `now`; `before` maps their ids to their earlier status. The
    caller holds all their locks.

    Each list in which a bit changes counts one change and is signed again once: two queries, and two for each such
    list.
    """
    # Credentials awarded before there were lists have no place: their pages and our verifier say how they stand.
    places = StatusEntry.objects.filter(credential__in=listed(before))
    changed = set()
    for credential_id, issuer_id, number in places.values_list("credential", "list__issuer", "list__number"):
        for beside, purpose in enumerate((Purpose.REVOCATION, Purpose.SUSPENSION)):
            if (before[credential_id] in SET_IN[purpose]) != (now in SET_IN[purpose]):
                changed.add((issuer_id, number + beside))
    if not changed:
        return
    named = Q.create([Q(issuer=issuer_id, number=number) for issuer_id, number in changed], connector=Q.OR)
    # No key lock, so that awards drawing a place in the list needn't wait.
    for one in StatusList.objects.filter(named).order_by("pk").select_for_update(of=("self",), no_key=True):
        announce_change(one)


def announce_change(one: StatusList) -> None:
    """Count a change, and have the list signed again. The caller holds its lock.

    All changes between two publications share the job that the first of them enqueued, since its key contains what
    was published last. Both sides hold the list's lock until they commit: a change comes either before the bits are
    read, and is published with them, or after `published` has moved on, and enqueues the next job.
    """
    one.changes += 1
    one.save(update_fields=["changes"])
    outbox.enqueue("apps.credentials.tasks.publish", key=_job_key(one), list_id=one.pk)


@transaction.atomic
def publish_waiting() -> int:
    """Enqueue a new job for each list with unpublished changes whose shared job has failed. Return how many."""
    waiting = [
        one
        for one in StatusList.objects.exclude(published=F("changes")).order_by("pk")
        if not Job.objects.filter(key__startswith=_job_key(one), state=Job.State.PENDING).exists()
    ]
    for one in waiting:
        key = f"{_job_key(one)}:{clock.now():%Y%m%d%H%M}"
        outbox.enqueue("apps.credentials.tasks.publish", key=key, list_id=one.pk)
    return len(waiting)


def _job_key(one: StatusList) -> str:
    return f"publish:{one.public_id}:{one.published or 0}"


def _newest(issuer: Issuer) -> StatusList | None:
    found = _NEWEST.first(issuer.pk)
    if found is not None:
        found.issuer = issuer
    return found


def _newest_of(issuer: Value) -> QuerySet[StatusList]:
    return StatusList.objects.filter(issuer=issuer, purpose=Purpose.REVOCATION).order_by("-number")[:1]


_NEWEST = Question(_newest_of)


def _draw(among: StatusList, credential_id: int) -> StatusEntry | None:
    for _draw_number in range(DRAWS):
        index = secrets.randbelow(among.size)
        # Raw, since Django's create() can't do ON CONFLICT DO NOTHING and say whether it wrote.
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO credentials_statusentry (list_id, credential_id, index) VALUES (%s, %s, %s)
                ON CONFLICT (list_id, index) DO NOTHING RETURNING id""",
                [among.pk, credential_id, index],
            )
            row = cursor.fetchone()
        if row is not None:
            return StatusEntry(pk=row[0], list=among, credential_id=credential_id, index=index)
    return None


def _draw_many(among: StatusList, credential_ids: Sequence[int], placed: dict[int, Place]) -> None:
    """Add to `placed` what fits into this list: all of them, or until it counts as full."""
    stripes = _stripes(among)
    left = [one for one in credential_ids if one not in placed]
    for number in _dice.sample(range(len(stripes)), min(len(stripes), MOST_STRIPES)):
        if not left:
            return
        if not keeping.try_to_hold(f"status:{among.public_id}:{number}"):
            continue
        lots = list(stripes[number])
        taken = set(among.entries.filter(index__in=listed(lots)).values_list("index", flat=True))
        free = [lot for lot in lots if lot not in taken]
        if len(free) < FREE_ENOUGH * len(lots):
            continue
        drawn = _dice.sample(free, min(len(free), len(left)))
        # Raw, as for a single one.
        with connection.cursor() as cursor:
            cursor.execute(DRAW_MANY, [among.pk, left[: len(drawn)], drawn])
            rows = cursor.fetchall()
        placed |= {credential_id: Place(among, index) for credential_id, index in rows}
        left = [one for one in left if one not in placed]


def _stripes(among: StatusList) -> list[range]:
    """The stripes of a list; each place is in one of them."""
    apart = among.size // STRIPE
    return [range(first, among.size, apart) for first in range(apart)]


def _open_lists(issuer: Issuer, *, after: StatusList | None) -> StatusList:
    """Open the next pair. If two find the last one full at once, the lock on the issuer's row makes one wait, and
    they open only one pair.
    """
    Issuer.objects.locked(issuer.pk)
    newest = _newest(issuer)
    if newest is not None and newest != after:
        return newest
    now = clock.now()
    # An issuer that fills one list fills others: from the second on they are large, so that there are few.
    first, size = (newest.number + 2, bitstring.MORE_BITS) if newest else (1, bitstring.FEWEST_BITS)
    made = [
        StatusList.objects.create(issuer=issuer, purpose=purpose, number=number, size=size, made_at=now)
        for number, purpose in ((first, Purpose.REVOCATION), (first + 1, Purpose.SUSPENSION))
    ]
    for one in made:
        record("status_list.opened", one, by=None, issuer=issuer.public_id, purpose=one.purpose)
        announce_change(one)
    return made[0]
