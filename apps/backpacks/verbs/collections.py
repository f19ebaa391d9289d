"""Make, edit, arrange and delete collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from apps.backpacks.models import BackpackItem, Block, Collection, TakenOut
from apps.backpacks.verbs.lifting import settle_collection
from apps.backpacks.verbs.sharing import own, unshare
from apps.core import clock, pictures
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.credentials import verbs as credentials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import Model

    from apps.accounts.models import User

MOST_BLOCKS = 250
MOST_BADGES = 200
MOST_COLLECTIONS = 200
# For a cover, which is shown about 1,100 pixels wide on a good screen.
COVER = (1600, 900)
# What a part says and hides: every field but the one for its collection.
_KEPT = ("kind", "item", "words", "shows_name", "shows_result", "shows_evidence", "position")


@transaction.atomic
def make_collection(
    *, by: User, title: str, story: str = "", layout: str = Collection.Layout.POCKETS, shows_name: bool = True
) -> Collection:
    if Collection.objects.filter(person=by).count() >= MOST_COLLECTIONS:
        raise Refused(_("You have %(most)d collections. Remove one first.") % {"most": MOST_COLLECTIONS})
    now = clock.now()
    collection = Collection.objects.create(
        person=by, title=title, story=story, layout=layout, shows_name=shows_name, made_at=now, changed_at=now
    )
    record("collection.made", collection, by=by)
    return collection


@transaction.atomic
def edit_collection(collection: Collection, *, by: User, **changes: Any) -> Collection:
    """Change title, story, layout, what the cover shows, or whether the owner is named. If not, its badges can't be
    opened at their own addresses, which name the owner, unless their earner or another collection shows them there.
    """
    collection = own(collection, by)
    fields = _set(collection, **changes)
    if not fields:
        return collection
    _changed(collection, *fields)
    if "shows_name" in fields:
        settle_collection(collection, by=by)
    record("collection.edited", collection, by=by, fields=fields)
    return collection


@transaction.atomic
def set_cover(collection: Collection, *, by: User, picture: UploadedFile | None, alt: str = "") -> Collection:
    """Set the cover, redrawn by Satchel so that it holds nothing but pixels; None removes it."""
    collection = own(collection, by)
    before, cover = collection.cover, ""
    if picture is not None:
        cover = pictures.keep(picture, f"covers/{collection.public_id}", most=COVER, form="JPEG")
    fields = _set(collection, cover=cover, cover_alt=alt if cover else "")
    if not fields:
        return collection
    _changed(collection, *fields)
    if before != cover:
        pictures.forget_later(before)
    if cover:
        record("collection.cover_set", collection, by=by, fields=fields)
    else:
        record("collection.cover_removed", collection, by=by)
    return collection


@transaction.atomic
def collect(collection: Collection, item: BackpackItem, *, by: User) -> Block | None:
    """Add something from the backpack at the end of a collection; the award is kept too. None if it is in it already.

    If the collection is shown, it becomes visible there.
    """
    collection = own(collection, by)
    if item.person_id != by.pk:
        raise PermissionDenied
    if collection.blocks.filter(item=item).exists():
        return None
    _refuse_badge_too_many(collection)
    block = _put(collection, kind=Block.Kind.SMALL, item=item)
    if item.credential is not None:
        credentials.claim(item.credential, by=by)
    settle_collection(collection, by=by)
    _changed(collection)
    record("collection.item_added", collection, by=by, item=item.public_id)
    return block


@transaction.atomic
def write_block(collection: Collection, *, by: User, kind: str, words: str) -> Block:
    """Add a text or a heading at the end of a collection."""
    collection = own(collection, by)
    if Block.Kind(kind) not in Block.WORDS:
        raise Refused(_("A badge can only be added from the backpack."))
    block = _put(collection, kind=kind, words=words)
    _changed(collection)
    record("collection.block_written", collection, by=by, block=block.public_id, words=digest(words))
    return block


@transaction.atomic
def edit_block(block: Block, *, by: User, **changes: Any) -> Block:
    """Change text, size, or what a badge shows here. If it hides something here, the badge can't be opened at its own
    address any more, unless its earner or another collection shows it there.
    """
    collection = own(block.collection, by)
    block = Block.objects.select_for_update(of=("self",)).get(pk=block.pk)
    kind = Block.Kind(changes.get("kind", block.kind))
    if (kind in Block.WORDS) != (block.item_id is None):
        raise Refused(_("Text can’t become a badge, and a badge can’t become text."))
    fields = _set(block, **changes)
    if not fields:
        return block
    block.save(update_fields=fields)
    settle_collection(collection, by=by)
    _changed(collection)
    said = {"words": digest(block.words)} if "words" in fields else {}
    record("collection.block_edited", collection, by=by, block=block.public_id, fields=fields, **said)
    return block


@transaction.atomic
def uncollect(block: Block, *, by: User) -> None:
    """Take a block out of its collection, and hide its credential again if only this showed it. Idempotent.

    The last block that was taken out can be put back.
    """
    collection = own(block.collection, by)
    found = collection.blocks.select_related("item").filter(pk=block.pk).first()
    if found is None:
        return
    kept = {name: getattr(found, name) for name in _KEPT} | {"block_id": found.public_id, "taken_at": clock.now()}
    TakenOut.objects.update_or_create(collection=collection, defaults=kept)
    found.delete()
    settle_collection(collection, by=by)
    _changed(collection)
    record("collection.item_removed", collection, by=by, item=found.item.public_id if found.item else "")


@transaction.atomic
def put_back(collection: Collection, *, by: User, block_id: str) -> Block:
    """Put back what was last taken out, as and where it was. If the collection is shown, so is its credential."""
    collection = own(collection, by)
    found = TakenOut.objects.may_be_put_back().select_related("item")
    taken = found.filter(collection=collection, block_id=block_id).first()
    if taken is None:
        raise Refused(_("That can’t be put back any more."))
    if taken.item is not None:
        if not BackpackItem.objects.kept().filter(pk=taken.item.pk).exists():  # it was given up or replaced meanwhile
            raise Refused(_("That can’t be put back any more."))
        if collection.blocks.filter(item=taken.item).exists():
            raise Refused(_("It is already back in the collection."))
        _refuse_badge_too_many(collection)
    _refuse_part_too_many(collection)
    collection.blocks.filter(position__gte=taken.position).update(position=F("position") + 1)
    kept = {name: getattr(taken, name) for name in _KEPT}
    block = Block.objects.create(collection=collection, public_id=taken.block_id, **kept)
    taken.delete()
    settle_collection(collection, by=by)
    _changed(collection)
    record("collection.item_put_back", collection, by=by, item=block.item.public_id if block.item else "")
    return block


@transaction.atomic
def arrange(collection: Collection, *, by: User, order: Sequence[str]) -> None:
    """Put the blocks into the order of the given public ids; those not named follow in their present order."""
    collection = own(collection, by)
    before = list(collection.blocks.all())
    wanted = {public_id: place for place, public_id in enumerate(order)}
    blocks = sorted(before, key=lambda one: wanted.get(one.public_id, len(wanted)))
    if blocks == before:
        return
    for position, block in enumerate(blocks, start=1):
        block.position = position
    Block.objects.bulk_update(blocks, ["position"])
    _changed(collection)
    record("collection.arranged", collection, by=by)


@transaction.atomic
def remove_collection(collection: Collection, *, by: User) -> None:
    """Delete a collection; what was in it stays in the backpack."""
    unshare(collection, by=by)
    collection = own(collection, by)
    record("collection.removed", collection, by=by)
    pictures.forget_later(collection.cover)
    collection.delete()


def _refuse_badge_too_many(collection: Collection) -> None:
    if collection.blocks.exclude(item=None).count() >= MOST_BADGES:
        raise Refused(_("A collection holds up to %(most)d badges.") % {"most": MOST_BADGES})


def _refuse_part_too_many(collection: Collection) -> None:
    if collection.blocks.count() >= MOST_BLOCKS:
        raise Refused(_("A collection has up to %(most)d parts.") % {"most": MOST_BLOCKS})


def _put(collection: Collection, **facts: Any) -> Block:
    _refuse_part_too_many(collection)
    last = collection.blocks.aggregate(last=Max("position"))["last"] or 0
    return Block.objects.create(collection=collection, position=last + 1, **facts)


def _set(row: Model, **facts: Any) -> list[str]:
    """Set these fields of a row, without saving it. Return the names of those that changed, sorted."""
    fields = sorted(name for name, value in facts.items() if getattr(row, name) != value)
    for name in fields:
        setattr(row, name, facts[name])
    return fields


def _changed(collection: Collection, *fields: str) -> None:
    collection.changed_at = clock.now()
    collection.save(update_fields=[*fields, "changed_at"])
