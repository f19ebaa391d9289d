"""What a person does with the items in their backpack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.backpacks.models import LONGEST_TAG, BackpackItem, Block, DeclaredCredential, TakenOut
from apps.core import clock, outbox, pictures
from apps.core.events import record
from apps.core.refused import Refused
from apps.credentials import verbs as credentials

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.core.files.uploadedfile import UploadedFile

    from apps.accounts.models import User

MOST_TAGS = 20
MOST_DECLARED = 5_000
PICTURE = (1200, 1200)


@transaction.atomic
def note_item(item: BackpackItem, *, by: User, tags: Iterable[str], note: str) -> BackpackItem:
    """Set an item's tags, and a note that nobody else reads. Tags that differ only in capitals are the same."""
    item = _own(item, by)
    found: dict[str, str] = {}
    for tag in (" ".join(one.split()) for one in tags):
        if len(tag) > LONGEST_TAG:
            raise Refused(_("A tag has up to %(most)d letters.") % {"most": LONGEST_TAG})
        if tag:
            found.setdefault(tag.casefold(), tag)
    if len(found) > MOST_TAGS:
        raise Refused(_("That is more than %(most)d tags.") % {"most": MOST_TAGS})
    item.tags, item.note = [found[key] for key in sorted(found)], note
    item.save(update_fields=["tags", "note"])
    return item


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


def _own(item: BackpackItem, by: User) -> BackpackItem:
    item = BackpackItem.objects.locked(item.pk)
    if item.person_id != by.pk:
        raise PermissionDenied
    return item
