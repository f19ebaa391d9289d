"""What happens to status lists: they are opened, credentials get their place, changes are counted."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, Q

from apps.core import clock, keeping, outbox
from apps.core.events import record
from apps.core.models import Job
from apps.credentials.formats import bitstring
from apps.credentials.models import Credential, StatusEntry, StatusList
from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Purpose = StatusList.Purpose
Status = Credential.Status
# Which credentials have their bit set. The one entry that Open Badges 3.0 has room for is of purpose revocation, so
# that a paused one is not to be accepted anywhere; the other list says which are only paused (decision 11).
SET_IN = {
    Purpose.REVOCATION: (Status.SUSPENDED, Status.REVOKED, Status.SUPERSEDED),
    Purpose.SUSPENSION: (Status.SUSPENDED,),
}
# A list in which so many draws in a row are taken is as good as full: nine in ten places.
DRAWS = 40
# Of the lots drawn at once, the share that has to be free: a list with less is left to those who draw one.
FREE_ENOUGH = 0.25
# Lots beside twice as many as there are credentials: a few more, so that their free share says something of the list.
LOTS_BESIDE = 64
# Sorted, so that two who write at once wait for each other in one order.
DRAW_MANY = """
WITH free AS MATERIALIZED (
    SELECT lot.index, row_number() OVER (ORDER BY lot.turn) AS turn
    FROM unnest(%(lots)s::integer[]) WITH ORDINALITY AS lot(index, turn)
    WHERE NOT EXISTS (
        SELECT FROM credentials_statusentry taken WHERE taken.list_id = %(list)s AND taken.index = lot.index
    )
), placed AS (
    INSERT INTO credentials_statusentry (list_id, credential_id, index)
    SELECT %(list)s, given.credential_id, free.index
    FROM unnest(%(credentials)s::bigint[]) WITH ORDINALITY AS given(credential_id, turn) JOIN free USING (turn)
    ORDER BY free.index
    ON CONFLICT (list_id, index) DO NOTHING RETURNING id, credential_id, index
)
SELECT id, credential_id, index, (SELECT count(*) FROM free) FROM placed
"""


def draw_place(issuer: Issuer, *, credential_id: int) -> StatusEntry:
    """A place in the issuer's newest pair of lists, drawn by lot, so that it says nothing of when or whose.

    The credential is written later in the same transaction: its place stands in what is signed.
    """
    newest = _newest(issuer)
    if newest is None or (entry := _draw(newest, credential_id)) is None:
        entry = _draw(_open_lists(issuer, after=newest), credential_id)
    if entry is None:
        message = f"{issuer} has no free place in its newest status list"
        raise LookupError(message)
    return entry


def draw_places(issuer: Issuer, *, credential_ids: Sequence[int]) -> list[StatusEntry]:
    """A place for each of up to a thousand credentials, in their order, each by lot over the whole list; all in three
    statements, and two more for whatever found its lot taken.

    As with `draw_place`, the credentials are written later in the same transaction. The caller holds no lock on the
    issuer's row: whoever draws many waits for others who do so in the same list, until their transactions end.
    """
    placed: dict[int, StatusEntry] = {}
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
    """The status has changed: lists in which its bit does too are signed anew. The caller holds the credential's lock."""
    change_bits_many({credential.pk: before}, now=credential.status)


def change_bits_many(before: Mapping[int, str], *, now: str) -> None:
    """The same for many that have one status `now`; `before` says by a credential's id which it had. The caller holds
    all their locks.

    Each list in which a bit changes counts one change and is signed anew once: two questions, and two for each such list.
    """
    # Those awarded before there were lists have no place: their pages and our verifier say how they stand.
    places = StatusEntry.objects.filter(credential__in=before)
    changed = set()
    for credential_id, issuer_id, number in places.values_list("credential", "list__issuer", "list__number"):
        for beside, purpose in enumerate((Purpose.REVOCATION, Purpose.SUSPENSION)):
            if (before[credential_id] in SET_IN[purpose]) != (now in SET_IN[purpose]):
                changed.add((issuer_id, number + beside))
    if not changed:
        return
    named = Q.create([Q(issuer=issuer_id, number=number) for issuer_id, number in changed], connector=Q.OR)
    # No key lock: awards that draw a place in the list need not wait.
    for one in StatusList.objects.filter(named).order_by("pk").select_for_update(of=("self",), no_key=True):
        announce_change(one)


def announce_change(one: StatusList) -> None:
    """Count a change, and have the list signed anew. The caller holds its lock.

    All changes between two publications share the job that the first of them wrote, since its key names what was
    published last. Both sides hold the list's lock until they commit: a change comes either before the bits are read,
    and is published with them, or after `published` has moved on, and writes the next job.
    """
    one.changes += 1
    one.save(update_fields=["changes"])
    outbox.enqueue("apps.credentials.tasks.publish", key=_job_key(one), list_id=one.pk)


@transaction.atomic
def publish_waiting() -> int:
    """A new job for each list whose changes nobody will publish, since the job that they share was given up. Says how
    many there are.
    """
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
    return StatusList.objects.filter(issuer=issuer, purpose=Purpose.REVOCATION).order_by("-number").first()


def _draw(among: StatusList, credential_id: int) -> StatusEntry | None:
    for _draw_number in range(DRAWS):
        index = secrets.randbelow(among.size)
        # Raw, since Django's create() can't say ON CONFLICT DO NOTHING and tell whether it wrote.
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


def _draw_many(among: StatusList, credential_ids: Sequence[int], placed: dict[int, StatusEntry]) -> None:
    """Add to `placed` what finds room in this list: all of them, or until it counts as full."""
    keeping.hold(f"status:{among.public_id}:draw")
    free = 1.0
    while free >= FREE_ENOUGH and (left := [one for one in credential_ids if one not in placed]):
        lots = list({secrets.randbelow(among.size): None for _lot in range(2 * len(left) + LOTS_BESIDE)})
        with connection.cursor() as cursor:
            cursor.execute(DRAW_MANY, {"list": among.pk, "lots": lots, "credentials": left})
            rows = cursor.fetchall()
        free = rows[0][3] / len(lots) if rows else 0
        for pk, credential_id, index, _free in rows:
            placed[credential_id] = StatusEntry(pk=pk, list=among, credential_id=credential_id, index=index)


def _open_lists(issuer: Issuer, *, after: StatusList | None) -> StatusList:
    """The next pair. Two that find the last one full at once open one pair: the issuer's row makes one of them wait."""
    Issuer.objects.locked(issuer.pk)
    newest = _newest(issuer)
    if newest is not None and newest != after:
        return newest
    now = clock.now()
    # Whoever fills one list fills others: from the second on they are large, so that there are few.
    first, size = (newest.number + 2, bitstring.MORE_BITS) if newest else (1, bitstring.FEWEST_BITS)
    made = [
        StatusList.objects.create(issuer=issuer, purpose=purpose, number=number, size=size, made_at=now)
        for number, purpose in ((first, Purpose.REVOCATION), (first + 1, Purpose.SUSPENSION))
    ]
    for one in made:
        record("status_list.opened", one, by=None, issuer=issuer.public_id, purpose=one.purpose)
        announce_change(one)
    return made[0]
