"""Many files and addresses checked at once: taken in, checked one by one by workers, and deleted after some days."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import clock, outbox
from apps.core.events import record
from apps.core.refused import Refused
from apps.core.text import FORBIDDEN, is_plain
from apps.credentials import addresses, reports, verifier
from apps.credentials.models import Batch, BatchItem, Verdict
from apps.credentials.verification import NotABadge

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

log = logging.getLogger(__name__)

MOST_ITEMS = 200
MOST_BYTES = verifier.MOST_BYTES
MOST_BYTES_TOGETHER = 100 * 1024 * 1024
LONGEST_ADDRESS = addresses.LONGEST
LONGEST_NAME = 300
KEEP_BATCHES = timedelta(days=7)
# How long an address goes on saying that there was something.
KEEP_NAMES = timedelta(days=90)


@dataclass(frozen=True)
class Outcome:
    """What came of one item: a verdict, and a report or, for what is no badge, a sentence."""

    verdict: Verdict
    refusal: str = ""
    report: dict[str, Any] = field(default_factory=dict)


def verify_many(*, files: Sequence[tuple[str, bytes]], addresses: Sequence[str]) -> Batch:
    """Take in files, each with its name, and addresses, to be checked in the language that is spoken now.

    Anybody may: who knows the batch's address reads it. Raises Refused for none, too many, or too much.
    """
    refuse_unfit(files, addresses)
    saved: list[BatchItem] = []
    try:
        return _take_in(files, addresses, saved)
    except BaseException:
        for item in saved:
            item.file.delete(save=False)
        raise


def refuse_heavy(sizes: Iterable[int]) -> None:
    """Whether files have too many bytes together: asked before they are read, too. Raises Refused."""
    if sum(sizes) > MOST_BYTES_TOGETHER:
        raise Refused(
            _("Those files have more than %(most)s together. Check them in several goes.")
            % {"most": filesizeformat(MOST_BYTES_TOGETHER)}
        )


def check_item(item_id: int) -> None:
    """Check one of them. Passed over when that is done, or when the batch was deleted meanwhile."""
    found = BatchItem.objects.select_related("batch").filter(pk=item_id, checked_at=None).first()
    if found is None:
        return
    with translation.override(found.batch.language):
        outcome = _outcome(found)
    _write_down(found, outcome)


@transaction.atomic
def delete_batch(batch: Batch) -> None:
    """Delete what was given and what was found, at once. Deleted twice, it is deleted."""
    _delete(Batch.objects.select_for_update().get(pk=batch.pk))


@transaction.atomic
def drop_batches() -> int:
    """Delete the batches that have come to their end, and forget the names of those long gone. Says how many ended."""
    now = clock.now()
    over = Batch.objects.select_for_update(skip_locked=True).filter(ends_at__lte=now, deleted_at=None)
    for batch in over:
        _delete(batch)
    Batch.objects.filter(deleted_at__lte=now - KEEP_NAMES).delete()
    return len(over)


# --- taking in --------------------------------------------------------------------------------------------------------
def refuse_unfit(files: Sequence[tuple[str, bytes]], addresses: Sequence[str]) -> None:
    """Whether those are none, too many, too heavy, or no addresses at all. Raises Refused."""
    count = len(files) + len(addresses)
    if not count:
        raise Refused(_("Give at least one file or address."))
    if count > MOST_ITEMS:
        raise Refused(
            _("Those are %(count)d. At most %(most)d can be checked at once.") % {"count": count, "most": MOST_ITEMS}
        )
    for name, data in files:
        if len(data) > MOST_BYTES:
            raise Refused(
                _("“%(name)s” is larger than %(most)s: a badge is never so large.")
                % {"name": clean_name(name), "most": filesizeformat(MOST_BYTES)}
            )
    refuse_heavy(len(data) for _name, data in files)
    for address in addresses:
        if len(address) > LONGEST_ADDRESS or not is_plain(address):
            raise Refused(_("“%(start)s…” is not an address.") % {"start": FORBIDDEN.sub("", address)[:40]})


@transaction.atomic
def _take_in(files: Sequence[tuple[str, bytes]], addresses: Sequence[str], saved: list[BatchItem]) -> Batch:
    """`saved` fills with the items whose files lie in the storage by now: no rollback takes those away."""
    now = clock.now()
    batch = Batch.objects.create(
        language=translation.get_language() or "en", created_at=now, ends_at=now + KEEP_BATCHES
    )
    items = []
    for position, (name, data) in enumerate(files, start=1):
        item = BatchItem(batch=batch, position=position, kind=BatchItem.Kind.FILE, name=clean_name(name))
        item.file.save(f"{batch.public_id}-{position}", ContentFile(data), save=False)
        saved.append(item)
        items.append(item)
    items += [
        BatchItem(batch=batch, position=position, kind=BatchItem.Kind.ADDRESS, name=address)
        for position, address in enumerate(addresses, start=len(files) + 1)
    ]
    for item in BatchItem.objects.bulk_create(items):
        outbox.enqueue("apps.credentials.tasks.check_item", key=f"verify:{item.pk}", item_id=item.pk)
    record("batch.begun", batch, by=None, items=len(items))
    return batch


def clean_name(name: str) -> str:
    """What a file is called: the last part of a path, without what no table holds."""
    last = PurePosixPath(FORBIDDEN.sub("", name).replace("\\", "/")).name
    return last[-LONGEST_NAME:] or _("a file without a name")


# --- checking ---------------------------------------------------------------------------------------------------------
def _outcome(item: BatchItem) -> Outcome:
    """Outside of any transaction: it may have to wait for servers elsewhere."""
    try:
        if item.kind == BatchItem.Kind.ADDRESS:
            report = verifier.check_url(item.name)
        else:
            with item.file.open("rb") as file:
                report = verifier.check(file.read())
    except NotABadge as refusal:
        return Outcome(Verdict.NO_BADGE, refusal=reports.modest(str(refusal)))
    except Exception as error:
        # The others in the list, and the page that waits for all of them, must not hang on one that breaks us.
        log.exception("Item %d of batch %s could not be checked", item.position, item.batch.public_id)
        report = verifier.unfinished(type(error).__name__)
    return Outcome(reports.verdict_of(report), report=reports.stored(report))


@transaction.atomic
def _write_down(found: BatchItem, outcome: Outcome) -> None:
    """The batch's lock first: of the last two items, one sees that the other is done."""
    batch = Batch.objects.select_for_update().filter(pk=found.batch_id).first()
    item = BatchItem.objects.select_for_update().filter(pk=found.pk, checked_at=None).first()
    if batch is None or item is None:
        return
    item.verdict, item.refusal, item.report = outcome.verdict, outcome.refusal, outcome.report
    item.checked_at = clock.now()
    _forget_files([item])
    item.file = ""
    item.save(update_fields=["verdict", "refusal", "report", "checked_at", "file"])
    if not batch.items.filter(checked_at=None).exists():
        batch.finished_at = item.checked_at
        batch.save(update_fields=["finished_at"])


def _delete(batch: Batch) -> None:
    if batch.deleted_at is not None:
        return
    _forget_files(batch.items.exclude(file=""))
    batch.items.all().delete()
    batch.deleted_at = clock.now()
    batch.save(update_fields=["deleted_at"])
    record("batch.deleted", batch, by=None)


def _forget_files(items: Iterable[BatchItem]) -> None:
    """Once the change stands: a transaction that is rolled back has its files still."""
    files = [(item.file.storage, item.file.name or "") for item in items if item.file]

    def delete() -> None:
        for storage, name in files:
            storage.delete(name)

    transaction.on_commit(delete, robust=True)
