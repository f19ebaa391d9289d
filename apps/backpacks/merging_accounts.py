"""When two accounts are merged, what the giver keeps and shows moves to the taker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.backpacks import queries
from apps.backpacks.models import (
    BackpackItem,
    Block,
    Collection,
    DeclaredCredential,
    FormerHandle,
    Import,
    Profile,
    ShareLink,
    TakenOut,
    ViewCount,
)
from apps.core import erasing, pictures
from apps.credentials import queries as credentials

if TYPE_CHECKING:
    from apps.accounts.models import User


def moves(giver: User) -> list[str]:
    kinds = queries.numbers_of(giver)
    collections = Collection.objects.filter(person=giver)
    links = ShareLink.objects.live().filter(collection__in=collections).count()
    has_page = Profile.objects.filter(person=giver).exists()
    said = [
        (kinds["earned"], ngettext("%(n)d badge earned here", "%(n)d badges earned here", kinds["earned"])),
        (kinds["elsewhere"], ngettext("%(n)d badge from elsewhere", "%(n)d badges from elsewhere", kinds["elsewhere"])),
        (kinds["declared"], ngettext("%(n)d badge added by hand", "%(n)d badges added by hand", kinds["declared"])),
        (n := collections.count(), ngettext("%(n)d collection", "%(n)d collections", n)),
        (links, ngettext("%(n)d link that others have", "%(n)d links that others have", links)),
    ]
    lines = [words % {"n": n} for n, words in said if n]
    return [*lines, _("The address of its public page")] if has_page else lines


def bring(taker: User, giver: User) -> None:
    """Move it. Addresses that others have keep working: those of collections and links, and that of the public page,
    which leads to the taker's own page if both have one.
    """
    _keep_once(taker, giver)
    for model in (BackpackItem, Collection, DeclaredCredential, Import):
        model.objects.filter(person=giver).update(person=taker)
    FormerHandle.objects.filter(person=giver).update(person=taker)
    profile = Profile.objects.filter(person=giver).first()
    if profile is not None and not Profile.objects.filter(person=taker).exists():
        Profile.objects.filter(person=giver).update(person=taker)
    elif profile is not None:
        profile.delete()
        FormerHandle.objects.create(handle=profile.handle, person=taker)
    _add_up(taker, giver)


def _keep_once(taker: User, giver: User) -> None:
    """If both hold the same badge from elsewhere, keep the taker's, and put it in the other's places too."""
    for theirs, mine in credentials.kept_by_both(taker, giver):
        item = BackpackItem.objects.filter(foreign=theirs).first()
        instead = BackpackItem.objects.filter(foreign=mine).first()
        if item is None or instead is None:
            continue
        Block.objects.filter(item=item).update(item=instead)
        TakenOut.objects.filter(item=item).update(item=instead)
        instead.tags = list(dict.fromkeys([*instead.tags, *item.tags]))
        instead.note = "\n\n".join(filter(None, (instead.note, item.note)))
        instead.save(update_fields=["tags", "note"])
        if item.picture.startswith("items/"):
            erasing.delete_files(*pictures.files_of(item.picture))
        item.delete()


def _add_up(taker: User, giver: User) -> None:
    """Add up the views of the public page under both addresses."""
    seen = ViewCount.objects.filter(of=ViewCount.Of.PROFILE)
    days = dict(seen.filter(subject_id=giver.public_id).values_list("on", "number"))
    both = seen.filter(subject_id=taker.public_id, on__in=days)
    for one in list(both):
        both.filter(pk=one.pk).update(number=F("number") + days[one.on])
    seen.filter(subject_id=giver.public_id, on__in=both.values("on")).delete()
    seen.filter(subject_id=giver.public_id).update(subject_id=taker.public_id)
