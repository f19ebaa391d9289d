"""What a person does with the items in their backpack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.backpacks.models import LONGEST_TAG, BackpackItem, Block, DeclaredCredential, TakenOut
from apps.core import clock, outbox, pictures
from apps.core.events import Happened, record, record_many
from apps.core.refused import Refused
from apps.core.text import is_plain
from apps.credentials import verbs as credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from django.core.files.uploadedfile import UploadedFile

    from apps.accounts.models import User

MOST_TAGS = 20
MOST_AT_ONCE = 100
MOST_DECLARED = 5_000
PICTURE = (1200, 1200)


@transaction.atomic
def note_item(item: BackpackItem, *, by: User, tags: Iterable[str], note: str) -> BackpackItem:
    """Set an item's tags, and a note that nobody else reads. Tags that differ only in capitals are the same."""
    item = _own(item, by)
    item.tags, item.note = _ordered(tags), note
    item.save(update_fields=["tags", "note"])
    return item


@transaction.atomic
def tag_items(public_ids: Sequence[str], *, by: User, tag: str) -> int:
    """Add a tag to several items; return to how many. All or none: one with twenty tags refuses it for all."""
    new = _one_tag(tag)
    return _change_tags(public_ids, by, lambda tags: _ordered([*tags, new]))


@transaction.atomic
def untag_items(public_ids: Sequence[str], *, by: User, tag: str) -> int:
    """Take a tag off several items, however it is capitalised; return off how many."""
    gone = _one_tag(tag).casefold()
    return _change_tags(public_ids, by, lambda tags: [one for one in tags if one.casefold() != gone])


def _change_tags(public_ids: Sequence[str], by: User, change: Callable[[list[str]], list[str]]) -> int:
    changed = []
    for item in _own_many(public_ids, by):
        tags = change(item.tags)
        if tags != item.tags:
            item.tags = tags
            changed.append(item)
    BackpackItem.objects.bulk_update(changed, ["tags"])
    return len(changed)


@transaction.atomic
def archive_items(public_ids: Sequence[str], *, by: User) -> int:
    """Archive several items; return how many were not in the archive before."""
    changed = [one for one in _own_many(public_ids, by) if one.archived_at is None]
    _archive(changed, clock.now(), "backpack_item.archived", by)
    return len(changed)


@transaction.atomic
def unarchive_items(public_ids: Sequence[str], *, by: User) -> int:
    """Put several items back from the archive; return how many were there."""
    changed = [one for one in _own_many(public_ids, by) if one.archived_at is not None]
    _archive(changed, None, "backpack_item.unarchived", by)
    return len(changed)


def _archive(items: list[BackpackItem], at: datetime | None, kind: str, by: User) -> None:
    BackpackItem.objects.filter(pk__in=[one.pk for one in items]).update(archived_at=at)
    record_many(kind, BackpackItem, [Happened(one.public_id, {}) for one in items], by=by)


def _ordered(tags: Iterable[str]) -> list[str]:
    """Tags as they are kept: in alphabetical order, each once. Refused if one is too long, or there are too many."""
    found: dict[str, str] = {}
    for tag in (" ".join(one.split()) for one in tags):
        if len(tag) > LONGEST_TAG:
            raise Refused(_("A tag has up to %(most)d letters.") % {"most": LONGEST_TAG})
        if tag:
            found.setdefault(tag.casefold(), tag)
    if len(found) > MOST_TAGS:
        raise Refused(_("That is more than %(most)d tags.") % {"most": MOST_TAGS})
    return [found[key] for key in sorted(found)]


def _one_tag(tag: str) -> str:
    tag = " ".join(tag.split())
    if not tag:
        raise Refused(_("Type the tag first."))
    if not is_plain(tag):
        raise Refused(_("This holds a control character that can't be kept. Type the text again."))
    return tag


@transaction.atomic
def archive_item(item: BackpackItem, *, by: User) -> BackpackItem:
    """Archive an item. It stays in collections and is otherwise unchanged. Idempotent."""
    item = _own(item, by)
    if item.archived_at is None:
        item.archived_at = clock.now()
        item.save(update_fields=["archived_at"])
        record("backpack_item.archived", item, by=by)
    return item


@transaction.atomic
def unarchive_item(item: BackpackItem, *, by: User) -> BackpackItem:
    item = _own(item, by)
    if item.archived_at is not None:
        item.archived_at = None
        item.save(update_fields=["archived_at"])
        record("backpack_item.unarchived", item, by=by)
    return item


@transaction.atomic
def declare(
    *,
    by: User,
    name: str,
    issuer_name: str,
    earned_on: date,
    ends_on: date | None = None,
    words: str = "",
    picture: UploadedFile | None = None,
    unbounded: bool = False,
) -> BackpackItem:
    """Declare something that nobody signed, such as a paper certificate. It is shown as declared, never as checked.

    `unbounded`: ignore the limit, because the operator of the installation takes it in for them.
    """
    if ends_on is not None and ends_on < earned_on:
        raise Refused(_("It ends before it begins: look at the two dates."))
    if not unbounded and DeclaredCredential.objects.filter(person=by).count() >= MOST_DECLARED:
        raise Refused(_("You have already added %(most)d by hand. Remove one first.") % {"most": MOST_DECLARED})
    now = clock.now()
    told = {"name": name, "issuer_name": issuer_name, "earned_on": earned_on}
    declared = DeclaredCredential.objects.create(person=by, **told, ends_on=ends_on, words=words, made_at=now)
    item = BackpackItem.objects.create(
        person=by, kind=BackpackItem.Kind.DECLARED, declared=declared, **told, filed_at=now
    )
    if picture is not None:
        item.picture = pictures.keep(picture, f"items/{item.public_id}", most=PICTURE)
        item.save(update_fields=["picture"])
    record("backpack_item.declared", item, by=by)
    return item


def check_again(item: BackpackItem, *, by: User) -> BackpackItem:
    """Check an item from elsewhere again while its holder waits; if it has no picture, look for that again too. Must
    run outside any transaction: servers elsewhere are asked.
    """
    if item.person_id != by.pk:
        raise PermissionDenied
    if item.foreign is None:
        raise Refused(_("There is nothing to check: only badges from elsewhere are looked at again."))
    before = item.foreign.checked_at
    item.foreign = credentials.check_foreign_now(item.foreign, by=by)
    if not item.picture:
        with transaction.atomic():
            key = f"draw_foreign:{item.pk}:{before.isoformat()}"
            outbox.enqueue("apps.backpacks.tasks.draw_foreign", key=key, item_id=item.pk)
    return item


@transaction.atomic
def give_up(item: BackpackItem, *, by: User) -> None:
    """Stop keeping a badge from elsewhere. It leaves its holder's collections; where it is evidence it stays that."""
    item = _own(item, by)
    if item.foreign is None:
        raise Refused(_("An awarded badge cannot be removed. Archive it instead."))
    credentials.give_up_foreign(item.foreign, by=by)
    Block.objects.filter(item=item).delete()
    TakenOut.objects.filter(item=item).delete()
    pictures.forget_later(item.picture)
    item.picture = ""
    item.save(update_fields=["picture"])
    record("backpack_item.given_up", item, by=by)


@transaction.atomic
def remove_declared(item: BackpackItem, *, by: User) -> None:
    """Delete something self-declared. It leaves its person's collections too."""
    item = _own(item, by)
    declared = item.declared
    if declared is None:
        raise Refused(_("An awarded badge cannot be removed. Archive it instead."))
    record("backpack_item.removed", item, by=by)
    pictures.forget_later(item.picture)
    item.delete()
    declared.delete()


def _own_many(public_ids: Sequence[str], by: User) -> list[BackpackItem]:
    """The items, locked in one order. Raises PermissionDenied if one of them is not theirs."""
    wanted = set(public_ids)
    if not wanted:
        raise Refused(_("Tick something first."))
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(_("That is more than %(most)d at once.") % {"most": MOST_AT_ONCE})
    found = BackpackItem.objects.filter(public_id__in=wanted).order_by("pk").select_for_update(of=("self",))
    items = list(found)
    if len(items) < len(wanted) or any(one.person_id != by.pk for one in items):
        raise PermissionDenied
    return items


def _own(item: BackpackItem, by: User) -> BackpackItem:
    item = BackpackItem.objects.locked(item.pk)
    if item.person_id != by.pk:
        raise PermissionDenied
    return item
