"""Who sees a collection: nobody, anyone with one of its links, or everyone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.policies import may_share, refuse_sharing
from apps.backpacks import tokens
from apps.backpacks.models import BackpackItem, Collection, Lift, ShareLink
from apps.backpacks.verbs.lifting import hold_those_with, is_shown, settle, settle_collection
from apps.backpacks.verbs.profiles import turn_off_profile
from apps.core import clock
from apps.core.events import record
from apps.core.ids import new_public_id
from apps.core.refused import Refused
from apps.credentials import queries as credential_queries
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.pathways.verbs import unshare as unshare_plan
from apps.pathways.verbs import withdraw_waiting_requests

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from apps.accounts.models import User

MOST_LINKS = 50
# For a later end, the link might as well have none; and the calendar's last days can't be given in other time zones.
MOST_YEARS = 100
LONGEST = timedelta(days=366 * MOST_YEARS)
MOST_A_RUN = 500
Visibility = Collection.Visibility


@transaction.atomic
def share(
    collection: Collection,
    *,
    by: User,
    name: str = "",
    expires_at: datetime | None = None,
    hides_name: bool = False,
    hides_evidence: bool = False,
) -> ShareLink:
    """Show a collection, including its private credentials, to anyone with the link. `hides_name` and `hides_evidence`
    hide those from them. If a live link has the same name and end and hides the same, that one is returned.
    """
    collection = _to_show(collection, by)
    if expires_at is not None and expires_at <= clock.now():
        raise Refused(_("That day is over. Choose a later one."))
    if expires_at is not None and expires_at > clock.now() + LONGEST:
        raise Refused(
            _("That day is more than %(most)d years away. Choose an earlier one, or none.") % {"most": MOST_YEARS}
        )
    hides = {"hides_name": hides_name, "hides_evidence": hides_evidence}
    link = collection.share_links.live().filter(name=name, expires_at=expires_at, **hides).first()
    if link is not None:
        return link
    if collection.share_links.live().count() >= MOST_LINKS:
        raise Refused(_("A collection has up to %(most)d links. Take one back first.") % {"most": MOST_LINKS})
    public_id = new_public_id()
    link = ShareLink.objects.create(
        public_id=public_id,
        collection=collection,
        name=name,
        token_hash=tokens.hash_of(tokens.token_of(public_id)),
        made_at=clock.now(),
        expires_at=expires_at,
        **hides,
    )
    if collection.visibility == Visibility.PRIVATE:
        _see(collection, Visibility.LINK)
    settle_collection(collection, by=by)
    record(
        "collection.shared", collection, by=by, link=link.public_id, **{name: True for name, on in hides.items() if on}
    )
    return link


@transaction.atomic
def revoke_link(link: ShareLink, *, by: User) -> None:
    """Revoke a link: it shows nothing from now on. If it was the last one, the collection is private again."""
    collection = own(link.collection, by)
    link = ShareLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if not link.is_live:
        return
    _end(link, collection, by=by)
    record("collection.link_revoked", collection, by=by, link=link.public_id)


@transaction.atomic
def unshare(collection: Collection, *, by: User) -> None:
    """Hide a collection from everyone: all its links are revoked, and what only it showed is private again."""
    collection = own(collection, by)
    if collection.visibility == Visibility.PRIVATE:
        return
    collection.share_links.live().update(revoked_at=clock.now())
    _see(collection, Visibility.PRIVATE)
    settle_collection(collection, by=by)
    record("collection.unshared", collection, by=by)


@transaction.atomic
def publish_collection(collection: Collection, *, by: User, may_be_found: bool = False) -> Collection:
    """Show a collection to everyone; search engines may list it only with `may_be_found`. Its links stay live."""
    collection = _to_show(collection, by)
    _see(collection, Visibility.PUBLIC, may_be_found=may_be_found)
    settle_collection(collection, by=by)
    record("collection.published", collection, by=by, may_be_found=may_be_found)
    return collection


@transaction.atomic
def unpublish_collection(collection: Collection, *, by: User) -> Collection:
    """Stop showing a collection to everyone: anyone with a live link still sees it; if there is none, nobody does."""
    collection = own(collection, by)
    if collection.visibility != Visibility.PUBLIC:
        return collection
    _see(collection, Visibility.LINK if collection.share_links.live().exists() else Visibility.PRIVATE)
    settle_collection(collection, by=by)
    record("collection.unpublished", collection, by=by)
    return collection


@transaction.atomic
def end_links() -> int:
    """Retire the links that have expired, and hide what only they showed. Returns how many those were."""
    over = ShareLink.objects.filter(revoked_at=None, expires_at__lte=clock.now()).order_by("collection", "pk")
    found = list(over[:MOST_A_RUN])
    for link in found:
        collection = Collection.objects.locked(link.collection_id)
        held = ShareLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
        if held.revoked_at is None:
            _end(held, collection, by=collection.person)
            record("collection.link_ran_out", collection, by=None, link=held.public_id)
    return len(found)


@transaction.atomic
def show_credential(credential: Credential, *, by: User, visibility: str) -> bool:
    """Set who sees a credential, overriding their collections; True if that changed.

    A private one is private in every collection too: it keeps its place there, and nobody else sees it. Someone who
    hides a badge means the badge, not its latest file, so what it replaced is hidden with it.
    """
    wanted = Credential.Visibility(visibility)
    credential_queries.lock_chain(credential)
    credential = Credential.objects.locked(credential.pk)
    if credential.earner_id != by.pk:
        raise PermissionDenied
    if wanted != Credential.Visibility.PRIVATE:
        refuse_sharing(by)
        credentials.claim(credential, by=by)
        Lift.objects.filter(credential=credential).delete()
        _hide([credential], by=by, hidden=False)
        return credentials.show(credential, wanted, by=by)
    chain = [credential, *credential_queries.before(credential)]
    Lift.objects.filter(credential__in=chain).delete()
    _hide(chain, by=by, hidden=True)
    changed = [credentials.show(one, wanted, by=by) for one in chain]
    return any(changed)


@transaction.atomic
def keep_credential(credential: Credential, *, by: User) -> Credential:
    """Keep an award that was offered, or declined and is now wanted: collections that hold it show it again."""
    hold_those_with([credential.pk])
    kept = credentials.claim(credential, by=by)
    settle([credential.pk], by=by)
    return kept


def own(collection: Collection, by: User) -> Collection:
    """The collection under its lock. Raises PermissionDenied for others' collections."""
    collection = Collection.objects.locked(collection.pk)
    if collection.person_id != by.pk:
        raise PermissionDenied
    return collection


@transaction.atomic
def hide_everything(person: User) -> None:
    """Hide everything a minor shows without a guardian's consent. Idempotent."""
    if may_share(person):
        return
    for collection in person.collections.exclude(visibility=Visibility.PRIVATE):
        unshare(collection, by=person)
    turn_off_profile(person, by=person)
    withdraw_waiting_requests(person)
    for plan in person.plans.exclude(shared_at=None):
        unshare_plan(plan, by=person)
    for credential in person.credentials.exclude(visibility=Credential.Visibility.PRIVATE):
        credentials.show(credential, Credential.Visibility.PRIVATE, by=person)


def _to_show(collection: Collection, by: User) -> Collection:
    collection = own(collection, by)
    refuse_sharing(by)
    if not collection.blocks.exclude(item=None).exists():
        raise Refused(_("Add a badge first: there is nothing to show yet."))
    return collection


def _see(collection: Collection, visibility: Visibility, *, may_be_found: bool = False) -> None:
    collection.visibility, collection.may_be_found = visibility, may_be_found
    collection.save(update_fields=["visibility", "may_be_found"])


def _hide(chain: Sequence[Credential], *, by: User, hidden: bool) -> None:
    """Hide the items of these in every collection, or no longer. A collection may show parts of a private credential,
    so this is told even if who sees the credential itself stays the same.
    """
    for item in BackpackItem.objects.filter(credential__in=chain, is_hidden=not hidden).order_by("pk"):
        item.is_hidden = hidden
        item.save(update_fields=["is_hidden"])
        record("backpack_item.hidden" if hidden else "backpack_item.unhidden", item, by=by)


def _end(link: ShareLink, collection: Collection, *, by: User) -> None:
    link.revoked_at = clock.now()
    link.save(update_fields=["revoked_at"])
    if not is_shown(collection):
        _see(collection, Visibility.PRIVATE)
    settle_collection(collection, by=by)
