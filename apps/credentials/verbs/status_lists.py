"""What happens to status lists: they are opened, credentials get their place, changes are counted."""

from __future__ import annotations

import secrets

from django.db import connection

from apps.core import clock, outbox
from apps.core.events import record
from apps.credentials.formats import bitstring
from apps.credentials.models import Credential, StatusEntry, StatusList
from apps.issuers.models import Issuer

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


def change_bits(credential: Credential, *, before: str) -> None:
    """The status has changed: lists in which its bit does too are signed anew. The caller holds the credential's lock."""
    number = StatusEntry.objects.values_list("list__number", flat=True).filter(credential=credential).first()
    if number is None:  # awarded before there were lists: its page and our verifier say it
        return
    pair = StatusList.objects.filter(issuer_id=credential.issuer_id, number__in=(number, number + 1))
    # No key lock: awards that draw a place in the list need not wait.
    for one in pair.order_by("number").select_for_update(of=("self",), no_key=True):
        set_in = SET_IN[Purpose(one.purpose)]
        if (before in set_in) != (credential.status in set_in):
            announce_change(one)


def announce_change(one: StatusList) -> None:
    """Count a change, and have the list signed anew. The caller holds its lock."""
    one.changes += 1
    one.save(update_fields=["changes"])
    outbox.enqueue("apps.credentials.tasks.publish", key=f"status:{one.public_id}:{one.changes}", list_id=one.pk)


def _newest(issuer: Issuer) -> StatusList | None:
    return StatusList.objects.filter(issuer=issuer, purpose=Purpose.REVOCATION).order_by("-number").first()


def _draw(among: StatusList, credential_id: int) -> StatusEntry | None:
    for _draw_number in range(DRAWS):
        index = secrets.randbelow(bitstring.FEWEST_BITS)
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


def _open_lists(issuer: Issuer, *, after: StatusList | None) -> StatusList:
    """The next pair. Two that find the last one full at once open one pair: the issuer's row makes one of them wait."""
    Issuer.objects.locked(issuer.pk)
    newest = _newest(issuer)
    if newest is not None and newest != after:
        return newest
    now = clock.now()
    first = newest.number + 2 if newest else 1
    made = [
        StatusList.objects.create(issuer=issuer, purpose=purpose, number=number, made_at=now)
        for number, purpose in ((first, Purpose.REVOCATION), (first + 1, Purpose.SUSPENSION))
    ]
    for one in made:
        record("status_list.opened", one, by=None, issuer=issuer.public_id, purpose=one.purpose)
        announce_change(one)
    return made[0]
