"""What happens in a backpack: credentials are filed and kept, collections made, shared, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.backpacks import tokens
from apps.backpacks.models import BackpackItem, Collection, CollectionItem, ShareLink
from apps.core import clock
from apps.core.events import record
from apps.core.ids import new_public_id
from apps.core.refused import Refused
from apps.credentials import queries as credential_queries
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from apps.accounts.models import User

MOST_ITEMS = 200


@transaction.atomic
def file_credential(credential: Credential) -> BackpackItem:
    """Put an awarded credential into its earner's backpack. Done twice, it lies there once.

    One that supersedes or renews another of theirs takes its places in collections, shared ones too.
    """
    item, made = BackpackItem.objects.get_or_create(
        credential=credential, defaults={"person": credential.earner, "filed_at": clock.now()}
    )
    if made:
        record("backpack_item.filed", item, by=None, credential=credential.public_id)
        before = credential.supersedes or credential.renews
        if before is not None and before.earner_id == credential.earner_id:
            _take_place(before, item)
    return item


@transaction.atomic
def give_place_back(credential: Credential, *, instead_of: Credential) -> None:
    """What had renewed it by mistake is somebody else's: it stands in its collections again, shared ones too."""
    item = BackpackItem.objects.filter(credential=credential).first()
    if item is None:
        return
    places = CollectionItem.objects.filter(item__credential=instead_of)
    places.filter(collection__in=item.places.values("collection")).delete()
    shown_in = list(places.values_list("collection", flat=True))
    places.update(item=item)
    (held,) = _locked(Credential.objects.filter(pk=credential.pk))
    for link in ShareLink.objects.live().filter(collection__in=shown_in).order_by("pk"):
        _lift(link, held, by=item.person)


def _take_place(before: Credential, item: BackpackItem) -> None:
    """Whoever has a link to a collection finds the new one there; the page of the old one stays to be found."""
    CollectionItem.objects.filter(item__credential=before).update(item=item)
    (credential,) = _locked(Credential.objects.filter(pk=item.credential_id))
    for link in ShareLink.objects.live().filter(lifted=before).order_by("pk"):
        _lift(link, credential, by=item.person)


@transaction.atomic
def make_collection(*, by: User, title: str, story: str = "") -> Collection:
    now = clock.now()
    collection = Collection.objects.create(person=by, title=title, story=story, made_at=now, changed_at=now)
    record("collection.made", collection, by=by)
    return collection


@transaction.atomic
def edit_collection(collection: Collection, *, by: User, title: str, story: str) -> Collection:
    collection = _own(collection, by)
    collection.title, collection.story = title, story
    _changed(collection, "title", "story")
    return collection


@transaction.atomic
def collect(collection: Collection, item: BackpackItem, *, by: User) -> None:
    """Put a credential at the end of a collection, which keeps it too. While shared, it becomes visible there."""
    collection = _own(collection, by)
    if item.person_id != by.pk:
        raise PermissionDenied
    last = collection.places.aggregate(last=Max("position"))["last"] or 0
    if collection.places.count() >= MOST_ITEMS:
        raise Refused(_("A collection holds up to %(most)d credentials.") % {"most": MOST_ITEMS})
    if collection.places.filter(item=item).exists():
        return
    CollectionItem.objects.create(collection=collection, item=item, position=last + 1)
    credentials.claim(item.credential, by=by)
    link = collection.share_links.live().first()
    if link is not None:
        for credential in _locked(Credential.objects.filter(pk=item.credential_id)):
            _lift(link, credential, by=by)
    _changed(collection)
    record("collection.item_added", collection, by=by, credential=item.credential.public_id)


@transaction.atomic
def uncollect(collection: Collection, item: BackpackItem, *, by: User) -> None:
    """Take a credential out of a collection, and hide it again if only this showed it."""
    collection = _own(collection, by)
    gone, _rows = collection.places.filter(item=item).delete()
    if not gone:
        return
    link = collection.share_links.live().first()
    if link is not None:
        # What it took the place of goes with it: the link lifted that for the same place.
        here = [item.credential, *credential_queries.before(item.credential)]
        for credential in _locked(link.lifted.filter(pk__in=[one.pk for one in here])):
            link.lifted.remove(credential)
            _lower(credential, by=by)
    _changed(collection)
    record("collection.item_removed", collection, by=by, credential=item.credential.public_id)


@transaction.atomic
def arrange(collection: Collection, *, by: User, order: Sequence[str]) -> None:
    """Put the items into the order of the given public ids; what isn't named keeps its place after them."""
    collection = _own(collection, by)
    places = list(collection.places.select_related("item"))
    wanted = {public_id: place for place, public_id in enumerate(order)}
    places.sort(key=lambda one: wanted.get(one.item.public_id, len(wanted)))
    for position, place in enumerate(places, start=1):
        place.position = position
    CollectionItem.objects.bulk_update(places, ["position"])
    _changed(collection)


@transaction.atomic
def share(collection: Collection, *, by: User) -> ShareLink:
    """Show a collection to whoever has its link, and with it the private credentials in it."""
    collection = _own(collection, by)
    link = collection.share_links.live().first()
    if link is not None:
        return link
    if not collection.places.exists():
        raise Refused(_("Add a badge first: there is nothing to show yet."))
    public_id = new_public_id()
    link = ShareLink.objects.create(
        public_id=public_id,
        collection=collection,
        token_hash=tokens.hash_of(tokens.token_of(public_id)),
        made_at=clock.now(),
    )
    for credential in _locked(Credential.objects.filter(backpack_item__places__collection=collection)):
        _lift(link, credential, by=by)
    record("collection.shared", collection, by=by, link=link.public_id)
    return link


@transaction.atomic
def unshare(collection: Collection, *, by: User) -> None:
    """Take the link back: it shows nothing from now on, and what only it showed is private again."""
    collection = _own(collection, by)
    link = collection.share_links.live().select_for_update(of=("self",)).first()
    if link is None:
        return
    link.revoked_at = clock.now()
    link.save(update_fields=["revoked_at"])
    for credential in _locked(link.lifted.all()):
        _lower(credential, by=by)
    record("collection.unshared", collection, by=by, link=link.public_id)


@transaction.atomic
def remove_collection(collection: Collection, *, by: User) -> None:
    """Throw a collection away; the credentials stay in the backpack."""
    unshare(collection, by=by)
    collection = _own(collection, by)
    record("collection.removed", collection, by=by)
    collection.delete()


def private_in(collection: Collection) -> list[Credential]:
    """Credentials that sharing this collection would show to others for the first time."""
    return list(
        Credential.objects.filter(
            backpack_item__places__collection=collection, visibility=Credential.Visibility.PRIVATE
        ).select_related("version")
    )


def _own(collection: Collection, by: User) -> Collection:
    collection = Collection.objects.select_for_update(of=("self",)).get(pk=collection.pk)
    if collection.person_id != by.pk:
        raise PermissionDenied
    return collection


def _changed(collection: Collection, *fields: str) -> None:
    collection.changed_at = clock.now()
    collection.save(update_fields=[*fields, "changed_at"])


def _locked(found: QuerySet[Credential]) -> list[Credential]:
    """Credentials under their locks, read anew, always in the same order.

    Two collections may be shared or taken back at once. Whoever comes second waits here and looks at the links of the
    first only then: each would otherwise leave the credential to the other.
    """
    return list(found.order_by("pk").select_for_update(of=("self",)))


def _lift(link: ShareLink, credential: Credential, *, by: User) -> None:
    """What everybody may see already is not lifted, and so never lowered. The caller holds the credential's lock."""
    needed_by_others = ShareLink.objects.live().filter(lifted=credential).exclude(pk=link.pk).exists()
    private = credential.visibility == Credential.Visibility.PRIVATE
    if needed_by_others or (private and credentials.show(credential, Credential.Visibility.LINK, by=by)):
        link.lifted.add(credential)


def _lower(credential: Credential, *, by: User) -> None:
    """Hide what no live link shows any more. The caller holds the credential's lock."""
    needed_by_others = ShareLink.objects.live().filter(lifted=credential).exists()
    if credential.visibility == Credential.Visibility.LINK and not needed_by_others:
        credentials.show(credential, Credential.Visibility.PRIVATE, by=by)
