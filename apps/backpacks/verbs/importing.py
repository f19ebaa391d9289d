"""Import badges from elsewhere, one or many at once: a job checks each one, and none is silently dropped."""

from __future__ import annotations

import io
import logging
import time
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Count, Max, Sum
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.backpacks.models import BackpackItem, Import, ImportedItem
from apps.backpacks.unpacking import Part, is_backpack, is_zip, pasted, refuse_large, unpacked
from apps.backpacks.verbs.filing import file_foreign
from apps.backpacks.verbs.items import declare
from apps.backpacks.verbs.restoring import AWAY, NoBackpack, Restored, read, restore
from apps.core import clock, outbox
from apps.core.events import record
from apps.core.refused import Refused
from apps.credentials import reports, verifier
from apps.credentials import verbs as credentials
from apps.credentials.models import Verdict
from apps.credentials.verification import NotABadge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from apps.backpacks.models import ImportedItemQuerySet
    from apps.backpacks.verbs.restoring import NotTaken
    from apps.credentials.models import ForeignCredential
    from apps.credentials.verification import Report

log = logging.getLogger(__name__)

KEEP_IMPORTS = timedelta(days=30)
# For items that wait or need their holder, at one time: their files are stored until then.
MOST_OPEN = 1_000
MOST_BYTES_OPEN = 500 * 1024 * 1024
MOST_TRIES = 50
# For a whole backpack, since each of its badges is checked. The page says so; operators can take in more.
MOST_OF_A_BACKPACK = 1_000
# How long a job works on a backpack before it leaves the rest to the next. Others are waiting too, and no worker may
# hold a job for longer than `outbox.LONGEST_HELD`.
AT_ONCE = timedelta(minutes=1)
# The first bytes of files that can be the picture of something declared.
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"RIFF")

Kind = ImportedItem.Kind
Outcome = ImportedItem.Outcome
# Kept, but not shown as valid.
_NOT_WELL = {Verdict.UNDECIDED: Outcome.UNSURE, Verdict.INVALID: Outcome.OVER}


@dataclass(frozen=True)
class Came:
    """The result for one item: an outcome; `words` and more if it was not kept, else the item in the backpack."""

    outcome: Outcome
    words: str = ""
    why: str = ""
    report: dict[str, Any] = field(default_factory=dict)
    item: BackpackItem | None = None
    kept: ForeignCredential | None = None
    restored: Restored | None = None  # for a whole backpack, with its bytes
    archive: bytes = b""


def import_badges(
    *, by: User, files: Sequence[tuple[str, bytes]] = (), addresses: Sequence[str] = (), text: str = ""
) -> Import:
    """Take in files (archives are opened), addresses and pasted badges, to be checked one by one. The archive of a
    whole backpack from a Satchel counts as one, and brings tags, notes and collections along.

    Raises Refused if there are none, too many or too much, or if too much of theirs is waiting already.
    """
    parts = [part for name, data in files for part in _opened(credentials.clean_name(name), data)]
    texts = pasted(text)
    together = [(part.name, part.data) for part in parts] + [("", one.encode()) for one in texts]
    credentials.refuse_unfit(together, addresses)
    with _saved_or_none() as saved:
        return _take_in(by, parts, texts, addresses, saved)


def import_item(item_id: int, *, at: int = 0) -> None:
    """Check one item, and keep it if it is valid. Does nothing if that is done, or the item was deleted meanwhile.

    `at`: where to go on with a whole backpack, of which earlier jobs have taken in that much.
    """
    found = ImportedItem.objects.select_related("within__person").filter(pk=item_id, outcome="").first()
    if found is None or _at(found) != at:
        return
    with translation.override(found.within.language):
        came = _looked_at(found)
        with _saved_or_none() as saved:
            _write_down(found, came, saved)


@transaction.atomic
def try_import_again(item: ImportedItem, *, by: User) -> ImportedItem:
    """Check an item again that was not kept, from what was given then."""
    item = _own(item, by)
    if not item.can_be_tried_again:
        raise Refused(_("There is nothing here to retry: bring it again."))
    if item.tries >= MOST_TRIES:
        raise Refused(_("It was tried %(most)d times. Bring it again.") % {"most": MOST_TRIES})
    item.outcome, item.words, item.why, item.report = "", "", "", {}
    item.looked_at, item.tries = None, item.tries + 1
    item.save(update_fields=["outcome", "words", "why", "report", "looked_at", "tries"])
    Import.objects.filter(pk=item.within_id).update(finished_at=None)
    _ask_for(item)
    record("import.tried_again", item.within, by=by, item=item.public_id)
    return item


@transaction.atomic
def keep_as_told(item: ImportedItem, *, by: User, use_picture: bool = False, **told: Any) -> BackpackItem:
    """Put an item that could not be kept into the backpack as self-declared, never as checked. `told`: as for
    `declare`; `use_picture`: what was given becomes its picture.
    """
    item = _own(item, by)
    if not item.is_sick:
        raise Refused(_("That one no longer needs the doctor."))
    if use_picture and not told.get("picture") and item.file:
        with item.file.open("rb") as file:
            told["picture"] = SimpleUploadedFile(item.name, file.read())
    kept = declare(by=by, **told)
    _settle(item, Came(Outcome.TOLD, item=kept))
    return kept


def is_picture(item: ImportedItem) -> bool:
    """Whether what was given can be the picture of something declared."""
    if not item.file:
        return False
    with item.file.open("rb") as file:
        return bytes(file.read(8)).startswith(_PICTURES)


@transaction.atomic
def forget_imported(item: ImportedItem, *, by: User) -> None:
    """Delete an item that was not kept, with its file. What is in the backpack stays there."""
    item = _own(item, by)
    _forget_files([item])
    within = item.within
    item.delete()
    if not within.items.exists():
        _forget(within, by)
    else:
        _finish(within)


@transaction.atomic
def forget_import(within: Import, *, by: User) -> None:
    """Delete a whole import: what still waits is not checked. What was kept stays in the backpack."""
    within = Import.objects.select_for_update().get(pk=within.pk)
    if within.person_id != by.pk:
        raise PermissionDenied
    _forget(within, by)


@transaction.atomic
def drop_imports() -> int:
    """Delete the imports that have reached their end, and return how many."""
    over = Import.objects.select_for_update(skip_locked=True).filter(ends_at__lte=clock.now())
    for within in over:
        _forget(within, None)
    return len(over)


@contextmanager
def _saved_or_none() -> Iterator[list[ImportedItem]]:
    """Collect the items whose files this block stores, and delete those files if it fails: no rollback does."""
    saved: list[ImportedItem] = []
    try:
        yield saved
    except BaseException:
        for item in saved:
            item.file.delete(save=False)
        raise


# --- taking in --------------------------------------------------------------------------------------------------------
def _opened(name: str, data: bytes) -> list[Part]:
    if not is_zip(data):
        return [Part(name, data)]
    refuse_large(name, len(data))
    return [Part(name, data)] if is_backpack(data) else unpacked(name, data)


@transaction.atomic
def _take_in(
    by: User, parts: Sequence[Part], texts: Sequence[str], addresses: Sequence[str], saved: list[ImportedItem]
) -> Import:
    # Under the person's lock, so that the second of two simultaneous imports sees how much room the first left.
    person = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    _refuse_full(person, len(parts) + len(texts) + len(addresses))
    now = clock.now()
    within = Import.objects.create(
        person=person, language=translation.get_language() or "en", made_at=now, ends_at=now + KEEP_IMPORTS
    )
    rows = [_row(within, Kind.FILE, part, saved) for part in parts]
    rows += [ImportedItem(kind=Kind.ADDRESS, name=address) for address in addresses]
    rows += [_row(within, Kind.TEXT, Part(_("Pasted text"), one.encode()), saved) for one in texts]
    for position, row in enumerate(rows, start=1):
        row.within, row.position = within, position
        if row.outcome:
            row.looked_at = now
    for row in ImportedItem.objects.bulk_create(rows):
        if not row.outcome:
            _ask_for(row)
    record("import.begun", within, by=by, items=len(rows))
    _finish(within)
    return within


def _row(within: Import, kind: Kind, part: Part, saved: list[ImportedItem]) -> ImportedItem:
    row = ImportedItem(kind=kind, name=part.name, size=len(part.data))
    if part.words:
        row.outcome, row.words, row.why = Outcome.SICK, part.words, part.why
        return row
    row.file.save(f"{within.public_id}-{row.public_id}", ContentFile(part.data), save=False)
    saved.append(row)
    return row


def _refuse_full(person: User, more: int) -> None:
    count, size = _open_of(ImportedItem.objects.filter(within__person=person))
    if count + more > MOST_OPEN or size > MOST_BYTES_OPEN:
        raise Refused(
            _(
                "%(count)d of the items you brought are still waiting or need you. Deal with those first, or forget them."
            )
            % {"count": count}
        )


def _open_of(items: ImportedItemQuerySet) -> tuple[int, int]:
    """How many of the items wait or need their holder, and the total size of their files."""
    there = items.open().aggregate(n=Count("pk"), size=Sum("size"))
    return there["n"], there["size"] or 0


def _ask_for(item: ImportedItem) -> None:
    """Enqueue the job. For a whole backpack that is under way, the next job has its own key."""
    at = _at(item)
    key = f"import:{item.pk}:{item.tries}{f':{at}' if at else ''}"
    outbox.enqueue("apps.backpacks.tasks.import_item", key=key, item_id=item.pk, at=at)


# --- checking one -----------------------------------------------------------------------------------------------------
def _looked_at(item: ImportedItem) -> Came:
    """Check an item, outside any transaction, since servers may be slow. Raises AWAY in the midst of a backpack."""
    is_whole = False
    try:
        data = _bytes_of(item)
        is_whole = item.kind == Kind.FILE and is_backpack(data)
        if is_whole:
            return _restored(item, data)
        foreign = credentials.keep_foreign(data, by=item.within.person)
    except credentials.NotKept as refusal:
        return _not_kept(refusal)
    except NotABadge as refusal:
        return Came(Outcome.SICK, reports.modest(str(refusal)), refusal.why)
    except verifier.Unreached as answer:
        return _sick(answer.report)
    except Exception as error:
        if is_whole and isinstance(error, AWAY):
            raise  # what was taken in stays, and the rest comes when the job is tried again
        # If one item makes us fail, the others in the list, and the page that waits for all of them, must not hang.
        log.exception("Item %s of import %s could not be looked at", item.public_id, item.within.public_id)
        return _sick(verifier.unfinished(type(error).__name__))
    outcome = _NOT_WELL.get(Verdict(foreign.verdict), Outcome.NEWER if foreign.supersedes_id else Outcome.KEPT)
    return Came(outcome, item=file_foreign(foreign), kept=foreign)


def _restored(item: ImportedItem, data: bytes) -> Came:
    """Take in as much of a whole backpack as one job may. Running it twice, or twice at once, changes nothing."""
    so_far = Restored.from_json(item.report) if item.report else None
    until = time.monotonic() + AT_ONCE.total_seconds()
    asked: dict[str, Any] = {"by": item.within.person, "since": item.within.made_at, "most": MOST_OF_A_BACKPACK}
    try:
        came = restore(io.BytesIO(data), **asked, so_far=so_far, until=until)
    except NoBackpack as refusal:
        return Came(Outcome.SICK, str(refusal), refusal.why)
    return Came(Outcome.KEPT, restored=came, archive=data)


def _told_of(came: Restored, named: int) -> str:
    """The result for a whole backpack, in words; `named` of those not taken have a row of their own."""
    words = [
        ngettext(
            "A whole backpack: %(n)d badge is in yours now, with its tags and its note.",
            "A whole backpack: %(n)d badges are in yours now, with their tags and notes.",
            came.kept,
        )
        % {"n": came.kept}
    ]
    if came.collections:
        made = ngettext("%(n)d collection was made.", "%(n)d collections were made.", came.collections)
        words.append(made % {"n": came.collections})
    if named:
        more = ngettext("%(n)d was not taken: see below.", "%(n)d were not taken: see below.", named)
        words.append(more % {"n": named})
    unnamed = len(came.refused) - named + came.left_out
    if unnamed:
        more = ngettext(
            "%(n)d more was left out: see to what needs you, then bring the backpack once more.",
            "%(n)d more were left out: see to what needs you, then bring the backpack once more.",
            unnamed,
        )
        words.append(more % {"n": unnamed})
    return " ".join(words)


def _bytes_of(item: ImportedItem) -> bytes:
    """The bytes of an item. Raises NotABadge and Unreached."""
    if item.kind == Kind.ADDRESS:
        found = verifier.lying_at(item.name)
        return found.encode() if isinstance(found, str) else found
    with item.file.open("rb") as file:
        return bytes(file.read())


def _not_kept(refusal: credentials.NotKept) -> Came:
    if refusal.ours is not None:
        item = BackpackItem.objects.filter(credential=refusal.ours).first()
        return Came(Outcome.OURS, str(refusal), item=item)
    if refusal.kept is not None:
        return Came(Outcome.THERE, str(refusal), item=file_foreign(refusal.kept))
    if refusal.report is not None:
        return _sick(refusal.report)
    return Came(Outcome.SICK, reports.modest(str(refusal)), refusal.why)


def _sick(report: Report) -> Came:
    words = str(report.decider.plain) if report.decider else _("It could not be checked.")
    return Came(Outcome.SICK, words, report=reports.stored(report))


@transaction.atomic
def _write_down(found: ImportedItem, came: Came, saved: list[ImportedItem]) -> None:
    """Save the result under the import's lock, so that one of the last two items sees that the other is done. For a
    whole backpack, the holder's lock comes first, as in imports: two at once share the room.
    """
    if came.restored is not None:
        User.objects.select_for_update(no_key=True).filter(pk=found.within.person_id).first()
    within = Import.objects.select_for_update().filter(pk=found.within_id).first()
    item = ImportedItem.objects.select_for_update().filter(pk=found.pk, outcome="").first()
    if within is None or item is None or _at(item) != _at(found):
        return
    if came.restored is not None and not came.restored.is_done:
        # The result so far is kept in the place of its report.
        item.report = came.restored.to_json()
        item.save(update_fields=["report"])
        _ask_for(item)
        return
    if came.restored is not None:
        named = _add_left(within, item, came.restored.refused, came.archive, saved)
        came = Came(came.outcome, _told_of(came.restored, named))
    if came.kept is not None and _was_there(within, came.kept):
        came = Came(Outcome.THERE, _("You keep this badge already."), item=came.item)
    _settle(item, came)
    _finish(within)


def _at(item: ImportedItem) -> int:
    """How much of a whole backpack has been taken in, for an item that waits."""
    return int(item.report.get("at", 0))


def _add_left(
    within: Import, archive: ImportedItem, left: Sequence[NotTaken], data: bytes, saved: list[ImportedItem]
) -> int:
    """Give each item of a backpack that was not taken a row of its own, as long as there is room, so that its file is
    checked once more by itself. Returns how many got one.
    """
    last = within.items.aggregate(last=Max("position"))["last"]
    count, size = _open_of(ImportedItem.objects.filter(within__person=within.person_id).exclude(pk=archive.pk))
    left = left[: max(0, MOST_OPEN - count)]
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for position, one in enumerate(left, start=last + 1):
            part = _part_left(archive.name, one, opened)
            if size + len(part.data) > MOST_BYTES_OPEN:
                part = Part(one.name, words=one.why, why="left")
            row = _row(within, Kind.FILE, part, saved)
            size += row.size
            row.within, row.position = within, position
            row.looked_at = clock.now() if row.outcome else None
            row.save()
            if not row.outcome:
                _ask_for(row)
    return len(left)


def _part_left(name: str, one: NotTaken, opened: zipfile.ZipFile) -> Part:
    if not one.member:
        return Part(one.name, words=one.why, why="left")
    try:
        data = read(opened, one.member)
    except Refused:
        return Part(one.name, words=one.why, why="left")
    if is_zip(data):
        # Backpacks nested in backpacks might never come to an end.
        return Part(one.name, words=_("This is an archive inside an archive, which is not opened."), why="nested")
    return Part(f"{name}: {one.name}", data)


def _was_there(within: Import, kept: ForeignCredential) -> bool:
    """Whether it was kept before this import, or by an earlier row of it, for the second of two identical files."""
    if kept.kept_at < within.made_at:
        return True
    brought = ImportedItem.objects.filter(item__foreign=kept, within__person=within.person_id)
    return brought.filter(outcome__in=(Outcome.KEPT, Outcome.NEWER, *_NOT_WELL.values())).exists()


def _settle(item: ImportedItem, came: Came) -> None:
    item.outcome, item.words, item.why, item.report = came.outcome, came.words, came.why, came.report
    item.item, item.looked_at = came.item, clock.now()
    fields = ["outcome", "words", "why", "report", "item", "looked_at"]
    if came.outcome != Outcome.SICK and item.file:
        _forget_files([item])
        item.file = ""
        fields.append("file")
    item.save(update_fields=fields)


def _finish(within: Import) -> None:
    if within.finished_at is None and not within.items.filter(outcome="").exists():
        within.finished_at = clock.now()
        within.save(update_fields=["finished_at"])


def _own(item: ImportedItem, by: User) -> ImportedItem:
    """The item under its lock, after the import's, as everywhere here. Raises PermissionDenied for others' items."""
    Import.objects.select_for_update().get(pk=item.within_id)
    item = ImportedItem.objects.locked(item.pk)
    if item.within.person_id != by.pk:
        raise PermissionDenied
    return item


def _forget(within: Import, by: User | None) -> None:
    _forget_files(within.items.exclude(file=""))
    record("import.forgotten", within, by=by)
    within.delete()


def _forget_files(items: Iterable[ImportedItem]) -> None:
    """Delete the files on commit: a transaction that is rolled back still needs them."""
    files = [(item.file.storage, item.file.name or "") for item in items if item.file]

    def delete() -> None:
        for storage, name in files:
            storage.delete(name)

    transaction.on_commit(delete, robust=True)
