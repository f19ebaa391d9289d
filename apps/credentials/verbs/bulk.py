"""A table of people on its way to being awarded: given, its columns named, each row looked at, given again, dropped."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import clock, erasing, outbox
from apps.core.copying import copy_in
from apps.core.events import digest, record
from apps.core.ids import new_public_id
from apps.core.refused import Refused
from apps.credentials import mapping as columns
from apps.credentials import policies, sheets
from apps.credentials.models import BulkAward, BulkRow
from apps.credentials.proofs import dump
from apps.credentials.rows import AT_ONCE, Judging, Reading
from apps.credentials.verbs.verifying import clean_name
from apps.frameworks.importers.encoding import Unreadable
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.core.files import File

    from apps.accounts.models import User

State = BulkAward.State
LONGEST_FILE_NAME = 255
_COLUMNS = (
    *("bulk", "number", "cells", "address", "name", "narrative", "evidence", "valid_until", "language", "is_new"),
    *("state", "problem", "told"),
)


@transaction.atomic
def begin_bulk(version: AchievementVersion, *, by: User, upload: File[Any], why: str) -> BulkAward:
    """Take in a table of people who are to be awarded this version, and guess what its columns hold.

    Raises Refused, in a sentence for who gave it, for what is no table.
    """
    version = AchievementVersion.objects.select_related("achievement__issuer").get(pk=version.pk)
    issuer = version.achievement.issuer
    if not policies.can_award_many(by, issuer):
        raise PermissionDenied
    if version.state != AchievementVersion.State.PUBLISHED:
        raise Refused(_("Only a published badge can be awarded."))
    bulk = BulkAward(issuer=issuer, version=version, by=by, why=why, made_at=clock.now())
    head, sha256 = _take(bulk, upload)
    bulk.mapping = columns.guess(head.names, head.first)
    bulk.save()
    about = {"achievement": version.achievement.slug, "version": version.number}
    record("bulk_award.begun", bulk, by=by, **about, why=digest(why), sha256=sha256)
    return bulk


@transaction.atomic
def map_columns(bulk: BulkAward, *, by: User, mapping: Mapping[str, Any] | None = None) -> BulkAward:
    """Say what the columns hold, as `apps.credentials.mapping` has it (None: as it stands there): then a worker looks at
    every row.
    """
    bulk = _locked(bulk, by)
    bulk.move(State.CHECKING)
    mapping = bulk.mapping if mapping is None else mapping
    columns.refuse_unfit(mapping, len(bulk.columns))
    bulk.mapping = dict(mapping)
    _let_read(bulk, by)
    return bulk


@transaction.atomic
def give_table(bulk: BulkAward, *, by: User, upload: File[Any]) -> BulkAward:
    """Put a corrected table in the place of the one before. Where its columns have the same names it is looked at
    at once; else somebody says anew what they hold.
    """
    bulk = _locked(bulk, by)
    # What nobody has said the columns of waits for that.
    was_mapped = bulk.state == State.CHECKED or bool(bulk.trouble)
    if bulk.state != State.DRAFT:
        bulk.move(State.DRAFT)
    before, old = [one["name"] for one in bulk.columns], bulk.file.name
    head, sha256 = _take(bulk, upload)
    erasing.delete_files(old or "")
    bulk.rows.all().delete()
    record("bulk_award.table_given", bulk, by=by, sha256=sha256)
    same = columns.kept(bulk.mapping, before, head.names)
    bulk.mapping = columns.guess(head.names, head.first) if same is None or not was_mapped else same
    if same is not None and was_mapped:
        bulk.move(State.CHECKING)
        _let_read(bulk, by)
    bulk.save()
    return bulk


def read_rows(bulk_id: int) -> None:
    """Look at every row: what was found takes the place of what stood there, all at once. Done before, it is done."""
    try:
        _read(bulk_id)
    except Unreadable as reason:
        _give_back(bulk_id, str(reason))


@transaction.atomic
def drop_bulk(bulk: BulkAward, *, by: User | None) -> None:
    """Delete a table that nothing was awarded from. Without `by` it lay there too long."""
    bulk = _locked(bulk, by)
    if bulk.state not in BulkAward.OPEN:
        raise Refused(_("Badges were awarded from this table, so it stays."))
    record("bulk_award.dropped", bulk, by=by)
    erasing.delete_files(bulk.file.name or "")
    bulk.delete()


def forget_table(bulk: BulkAward) -> None:
    """Its file, once nothing is read from it any more. The caller holds the lock, and saves nothing else."""
    erasing.delete_files(bulk.file.name or "")
    bulk.file = ""
    bulk.columns = [{"name": one["name"], "first": []} for one in bulk.columns]
    bulk.save(update_fields=["file", "columns"])


class Looked(NamedTuple):
    """How many rows a worker has looked at so far; `of` about how many there are, or 0 where that is not known."""

    rows: int = 0
    of: int = 0


def rows_read(bulk: BulkAward) -> Looked:
    """As a worker says it in the cache."""
    looked = Looked(*(cache.get(_progress_key(bulk)) or ()))
    return looked if looked.rows <= looked.of else Looked(looked.rows)


# --- inside -----------------------------------------------------------------------------------------------------------
def _locked(bulk: BulkAward, by: User | None) -> BulkAward:
    """Raises Refused while a worker looks at its rows: that may take a minute, and nobody waits for it."""
    if by is not None and not policies.can_award_many(by, bulk.issuer):
        raise PermissionDenied
    try:
        with transaction.atomic():
            return BulkAward.objects.locked(bulk.pk, nowait=True)
    except DatabaseError:
        raise Refused(
            _("Somebody else, or a background job, is working on this table. Try again in a moment.")
        ) from None


def _take(bulk: BulkAward, upload: File[Any]) -> tuple[sheets.Head, str]:
    """Read the first lines, and keep the file; its SHA-256. Raises Refused."""
    if upload.size > sheets.MOST_BYTES:
        raise Refused(sheets.too_large(upload.size))
    data = upload.read()
    try:
        head = sheets.head_of(data)
    except Unreadable as reason:
        raise Refused(str(reason)) from None
    bulk.file_name = clean_name(upload.name or "")[-LONGEST_FILE_NAME:]
    bulk.columns = [{"name": name, "first": first} for name, first in zip(head.names, head.first, strict=True)]
    bulk.letters_guessed, bulk.trouble = head.guessed, ""
    bulk.file.save(f"{bulk.public_id}-{new_public_id()}.{head.kind}", ContentFile(data), save=False)
    return head, hashlib.sha256(data).hexdigest()


def _let_read(bulk: BulkAward, by: User) -> None:
    bulk.trouble = ""
    bulk.save(update_fields=["state", "mapping", "trouble"])
    record("bulk_award.mapped", bulk, by=by, mapping=digest(dump(bulk.mapping)))
    cache.delete(_progress_key(bulk))
    key = f"read_rows:{bulk.public_id}:{new_public_id()}"
    outbox.enqueue("apps.credentials.tasks.read_rows", key=key, bulk_id=bulk.pk)


@transaction.atomic
def _read(bulk_id: int) -> None:
    bulk = _being_checked(bulk_id)
    if bulk is None:
        return
    now = clock.now()
    names = [one["name"] or columns.letter(number) for number, one in enumerate(bulk.columns)]
    reading = Reading(names, bulk.mapping, clock.zone(bulk.issuer.time_zone), now)
    judging = Judging(bulk.version, bulk.by, now)
    bulk.rows.all().delete()
    counts: Counter[str] = Counter()
    with translation.override(bulk.by.language):
        if not bulk.file:
            raise Unreadable(_("The file is not here any more. Give the table again."))
        with bulk.file.open("rb") as file:
            data = file.read()
        lines, of = sheets.rows_in(data), sheets.rows_said(data)
        while rows := [reading.row(number, cells) for number, cells in islice(lines, AT_ONCE)]:
            judging.look(rows)
            copy_in(BulkRow, _COLUMNS, _as_columns(bulk, rows))
            counts.update(row.state for row in rows)
            cache.set(_progress_key(bulk), (counts.total(), of), timeout=600)
    bulk.move(State.CHECKED)
    bulk.save(update_fields=["state"])
    record("bulk_award.checked", bulk, by=None, ready=counts["ready"], problems=counts["problem"])


def _as_columns(bulk: BulkAward, rows: Iterable[BulkRow]) -> Iterable[tuple[Any, ...]]:
    for row in rows:
        yield (
            *(bulk.pk, row.number, json.dumps(row.cells), row.address, row.name, row.narrative),
            *(json.dumps(row.evidence), row.valid_until, row.language, row.is_new),
            *(row.state, row.problem, json.dumps(row.told)),
        )


@transaction.atomic
def _give_back(bulk_id: int, why: str) -> None:
    bulk = _being_checked(bulk_id)
    if bulk is None:
        return
    bulk.rows.all().delete()
    bulk.move(State.DRAFT)
    bulk.trouble = why
    bulk.save(update_fields=["state", "trouble"])
    record("bulk_award.unreadable", bulk, by=None)


def _being_checked(bulk_id: int) -> BulkAward | None:
    """Held until the transaction ends; None where there is nothing to do any more."""
    found = BulkAward.objects.filter(pk=bulk_id, state=State.CHECKING)
    return found.select_related("version__achievement", "issuer", "by").select_for_update(of=("self",)).first()


def _progress_key(bulk: BulkAward) -> str:
    return f"bulk:{bulk.public_id}:looked"
