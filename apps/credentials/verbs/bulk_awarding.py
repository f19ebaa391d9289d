"""A checked table of people: awarding all of them, and undoing that within an hour."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from apps.accounts import verbs as accounts
from apps.accounts.models import User
from apps.accounts.verbs import Guest
from apps.core import clock, outbox, turns
from apps.core.copying import listed
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.credentials import policies
from apps.credentials.baking import BakingError
from apps.credentials.models import BulkAward, BulkRow, Credential
from apps.credentials.proofs import ProofError
from apps.credentials.rows import day_of
from apps.credentials.verbs.bulk import forget_table
from apps.credentials.verbs.many import Wish, award_many, lock_earners, refused_among
from apps.credentials.verbs.standing import revoke_many
from apps.notices import verbs as notices

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)

State, Row = BulkAward.State, BulkRow.State
# How many are awarded in one transaction: a few statements, and nobody waits more than half a second.
AT_ONCE = 500
# Errors caused by a single row. All others come from outside the table: the database or storage is away, keys are
# missing, a status list is full.
_OF_A_ROW = (ProofError, BakingError, DataError, IntegrityError)


@transaction.atomic
def award_bulk(bulk: BulkAward, *, by: User) -> BulkAward:
    """Award to everyone in a checked table whose row is ready. Workers do it in batches.

    `by` is the awarder. Asked for twice, it happens once.
    """
    if not policies.can_award_many(by, bulk.issuer):
        raise PermissionDenied
    # The worker that checks its rows holds the lock until it is done, and nobody has seen its results.
    if BulkAward.objects.filter(pk=bulk.pk, state=State.CHECKING).exists():
        raise Refused(_("Its rows are being checked. Look at what was found, and award then."))
    bulk = BulkAward.objects.locked(bulk.pk)
    if bulk.state in (State.AWARDING, State.DONE):
        return bulk
    if bulk.version.state != bulk.version.State.PUBLISHED:
        raise Refused(_("Only a published badge can be awarded."))
    ready = list(bulk.rows.filter(state=Row.READY).order_by("number").values_list("number", flat=True))
    if len(ready) == bulk.rows.over_at(clock.now()).count():
        raise Refused(_("Nobody in this table can be awarded the badge."))
    bulk.move(State.AWARDING)
    bulk.by, bulk.started_at = by, clock.now()
    bulk.save(update_fields=["state", "by", "started_at"])
    record("bulk_award.started", bulk, by=by, rows=len(ready))
    # From here on only its rows remain.
    forget_table(bulk)
    _spread(bulk, "apps.credentials.tasks.award_rows", ready)
    return bulk


@transaction.atomic
def undo_bulk(bulk: BulkAward, *, by: User, reason: str, note: str) -> BulkAward:
    """Revoke everything that was awarded, within an hour of the last award; rows still waiting are not awarded.

    Each credential is revoked, with the reason and the note on its page.
    """
    bulk = BulkAward.objects.locked(bulk.pk)
    if not policies.can_award_many(by, bulk.issuer):
        raise PermissionDenied
    if bulk.state in (State.UNDOING, State.UNDONE):
        return bulk
    if not bulk.can_be_undone:
        raise Refused(_("A whole table can only be taken back within an hour. Take the credentials back one by one."))
    bulk.move(State.UNDOING)
    bulk.undone_at, bulk.undo_reason, bulk.undo_note = clock.now(), Credential.Reason(reason), note.strip()
    bulk.save(update_fields=["state", "undone_at", "undo_reason", "undo_note"])
    record("bulk_award.undo_started", bulk, by=by, reason=bulk.undo_reason, note=digest(note) if note else "")
    numbers = bulk.rows.filter(state=Row.AWARDED).order_by("number").values_list("number", flat=True)
    _spread(bulk, "apps.credentials.tasks.undo_rows", list(numbers), by_id=by.pk)
    outbox.enqueue(
        "apps.credentials.tasks.undo_rows",
        key=f"undo_rows:{bulk.public_id}:rest",
        bulk_id=bulk.pk,
        first=0,
        last=None,
        by_id=by.pk,
    )
    return bulk


def award_rows(bulk_id: int, *, first: int, last: int) -> None:
    """Award to all ready rows between two lines of a table. Workers only.

    A row that can't be awarded is marked as failed, and doesn't hold up the others.
    """
    bulk = BulkAward.objects.select_related("version__achievement__issuer", "by").get(pk=bulk_id)
    ready = bulk.rows.filter(state=Row.READY, number__range=(first, last))
    _award_or_split(bulk, list(ready.order_by("number").values_list("pk", flat=True)))
    _end(bulk_id, State.AWARDING, State.DONE, Row.READY)


def undo_rows(bulk_id: int, *, first: int, last: int | None, by_id: int) -> None:
    """Revoke what was awarded between two lines of a table; without a last line, all that is left. Workers only."""
    bulk, by = BulkAward.objects.get(pk=bulk_id), User.objects.get(pk=by_id)
    rows = bulk.rows.filter(state=Row.AWARDED, number__gte=first)
    if last is not None:
        rows = rows.filter(number__lte=last)
    while ids := list(rows.order_by("number").values_list("pk", flat=True)[:AT_ONCE]):
        _undo_some(bulk, ids, by=by)
    _end(bulk_id, State.UNDOING, State.UNDONE, Row.AWARDED)


def _award_or_split(bulk: BulkAward, ids: Sequence[int], *, again: bool = False) -> None:
    """Award to all of them at once; if that fails, to each half separately, until the failing row is alone. A single
    row that violates a database constraint is tried `again`: someone else may have created the same person's
    account at that moment.

    Raises errors that aren't about a row: no row is marked as failed then, and the job is retried.
    """
    if not ids:
        return
    try:
        _award_some(bulk, ids)
    except _OF_A_ROW as error:
        if len(ids) == 1 and isinstance(error, IntegrityError) and not again:
            _award_or_split(bulk, ids, again=True)
            return
        if len(ids) == 1:
            log.exception("A row of %s can't be awarded", bulk.public_id, exc_info=error)
            _fail(ids[0])
            return
        middle = len(ids) // 2
        _award_or_split(bulk, ids[:middle])
        _award_or_split(bulk, ids[middle:])


@transaction.atomic
def _award_some(bulk: BulkAward, ids: Sequence[int]) -> None:
    if not _goes_on(bulk):
        return
    locked = (
        BulkRow.objects.filter(pk__in=listed(ids), state=Row.READY).order_by("number").select_for_update(of=("self",))
    )
    fields = ("pk", "address", "name", "narrative", "evidence", "valid_until", "language")
    at, zone = clock.now(), clock.zone(bulk.version.achievement.issuer.time_zone)
    rows, failed = [], {}
    for row in locked.values_list(*fields):
        until = row[fields.index("valid_until")]
        if until is not None and until <= at:  # it wasn't when the row was checked
            failed[row[0]] = ("past_expiry", day_of(until, zone))
        else:
            rows.append(row)
    guests = [Guest(address, name, language) for _pk, address, name, *_words, language in rows]
    found = accounts.welcome_many(guests, by=bulk.by)
    closed = lock_earners(found.values())
    refused = dict.fromkeys(closed, "taken_in") | refused_among(bulk.version, found.values(), by=bulk.by)
    wishes: dict[int, Wish] = {}
    seen: set[int] = set()
    for pk, address, name, narrative, evidence, until, _language in rows:
        earner = found[address]
        twice = bulk.version.achievement.single and earner.pk in seen
        if problem := refused.get(earner.pk, "same_person" if twice else ""):
            failed[pk] = (problem, "")
        else:
            wishes[pk] = Wish(earner, address, name, narrative, tuple(evidence), until)
        seen.add(earner.pk)
    for problem, day in set(failed.values()):
        those = [pk for pk, one in failed.items() if one == (problem, day)]
        told = {"day_iso": day} if day else {}
        BulkRow.objects.filter(pk__in=listed(those)).update(state=Row.FAILED, problem=problem, told=told)
    made = award_many(bulk.version, list(wishes.values()), by=bulk.by, why=bulk.why, bulk=bulk.public_id)
    _write_down(list(wishes), [one.pk for one in made])


def _goes_on(bulk: BulkAward) -> bool:
    """Whether a table is being awarded, and stays so until the caller's transaction ends: whoever stops it waits.

    Many workers award from one table at once, so the lock is shared.
    """
    return turns.shared_state(BulkAward, bulk.pk, turn=BulkAward.turn(bulk.pk)) == State.AWARDING


def _write_down(rows: Sequence[int], credentials: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE credentials_bulkrow SET state = 'awarded', credential_id = made.credential_id
            FROM unnest(%s::bigint[], %s::bigint[]) AS made(row_id, credential_id) WHERE id = made.row_id""",
            [list(rows), list(credentials)],
        )


def _fail(row_id: int) -> None:
    BulkRow.objects.filter(pk=row_id, state=Row.READY).update(state=Row.FAILED, problem="unsigned")


@transaction.atomic
def _undo_some(bulk: BulkAward, ids: Sequence[int], *, by: User) -> None:
    rows = list(
        BulkRow.objects.filter(pk__in=ids, state=Row.AWARDED).order_by("number").select_for_update(of=("self",))
    )
    revoke_many(
        [row.credential_id for row in rows if row.credential_id],
        by=by,
        reason=bulk.undo_reason,
        note=bulk.undo_note,
    )
    BulkRow.objects.filter(pk__in=[row.pk for row in rows]).update(state=Row.UNDONE)


@transaction.atomic
def _end(bulk_id: int, during: str, after: str, left: str) -> None:
    """Finish a bulk award once no row is left. The worker that does the last row gets here; a second call does
    nothing.
    """
    if BulkRow.objects.filter(bulk=bulk_id, state=left).exists():
        return
    bulk = BulkAward.objects.locked(bulk_id)
    if bulk.state != during:
        return
    bulk.move(after)
    if after == State.DONE:
        bulk.finished_at = clock.now()
    bulk.save(update_fields=["state", "finished_at"])
    record(f"bulk_award.{after}", bulk, by=None)
    if after == State.DONE:
        _tell(bulk)


def _tell(bulk: BulkAward) -> None:
    """Notify the awarder: a table takes minutes, and they have gone on to something else."""
    awarded, failed = (bulk.rows.filter(state=state).count() for state in (Row.AWARDED, Row.FAILED))
    notices.write(
        "bulk_done",
        key=f"bulk_done:{bulk.public_id}",
        to=bulk.by,
        address=bulk.get_absolute_url(),
        facts={
            "badge": bulk.version.name,
            "issuer": bulk.issuer.name,
            "awarded": awarded,
            "failed": failed,
        },
    )


def _spread(bulk: BulkAward, function: str, numbers: Sequence[int], **arguments: Any) -> None:
    """Enqueue a job for each batch of lines. Its key makes it unique within awarding or undoing."""
    what = function.rpartition(".")[2]
    for at in range(0, len(numbers), AT_ONCE):
        some = numbers[at : at + AT_ONCE]
        outbox.enqueue(
            function,
            key=f"{what}:{bulk.public_id}:{some[0]}",
            bulk_id=bulk.pk,
            first=some[0],
            last=some[-1],
            **arguments,
        )
