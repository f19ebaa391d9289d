"""Lifts: private credentials in a shown collection are made visible, and hidden again when nothing shows them.

A credential that its earner has shown by itself is not lifted, and so never lowered. One that they declined stays
hidden, whatever shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from apps.backpacks.models import Block, Collection, Lift
from apps.credentials import queries as credential_queries
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential

if TYPE_CHECKING:
    from collections.abc import Collection as Several
    from datetime import datetime

    from apps.accounts.models import User


def settle(changed: Several[int], *, by: User) -> None:
    """Lift or lower these credentials as the collections that hold them need."""
    for collection in hold_those_with(changed):
        settle_collection(collection, by=by)


def hold_those_with(credentials: Several[int]) -> list[Collection]:
    """The collections that hold or lift these, locked; their locks come before a credential's."""
    holding = Q(blocks__item__credential__in=credentials) | Q(lifts__credential__in=credentials)
    ids = Collection.objects.filter(holding).order_by("pk").values("pk")
    return list(Collection.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))


def settle_collection(collection: Collection, *, by: User) -> None:
    """Set a collection's lifts to those it needs now. The caller holds its lock.

    Two collections may be shown or hidden at once. The second waits for the credentials' locks before it reads the
    lifts of the first: otherwise each would leave a credential to the other.
    """
    wanted = _wanted(collection)
    stay = {one.pk for credential in wanted for one in (credential, *credential_queries.before(credential))}
    touched = {one.pk for one in wanted} | set(collection.lifts.values_list("credential", flat=True))
    held = list(Credential.objects.filter(pk__in=touched).order_by("pk").select_for_update(of=("self",)))
    lifted: dict[int, list[Lift]] = {one.pk: [] for one in held}
    for lift in Lift.objects.filter(credential__in=touched).select_related("collection"):
        lifted[lift.credential_id].append(lift)
    ends = _ends_of({lift.collection for lifts in lifted.values() for lift in lifts} | {collection})
    # The earner may have hidden one before the locks were taken.
    wants = {one.pk for one in _wanted(collection)}
    for credential in held:
        before = lifted[credential.pk]
        if credential.visibility == Credential.Visibility.PUBLIC or credential.state == Credential.State.DECLINED:
            Lift.objects.filter(pk__in=[one.pk for one in before]).delete()
            continue
        mine = [one for one in before if one.collection_id == collection.pk]
        others = [one.collection_id for one in before if one.collection_id != collection.pk]
        if mine and credential.pk not in stay:
            Lift.objects.filter(pk=mine[0].pk).delete()
            mine = []
        elif not mine and credential.pk in wants and (others or credential.visibility == Credential.Visibility.PRIVATE):
            mine = [Lift.objects.create(collection=collection, credential=credential)]
        now = [*others, *([collection.pk] if mine else [])]
        if now:
            credentials.show(credential, Credential.Visibility.LINK, by=by, until=_last([ends[one] for one in now]))
        elif before:
            credentials.show(credential, Credential.Visibility.PRIVATE, by=by)


def _wanted(collection: Collection) -> list[Credential]:
    """The credentials that its page shows with everything they say; none while nobody sees the page, or only by links
    that hide something.
    """
    if not _is_shown_whole(collection):
        return []
    lifting = Credential.objects.filter(backpack_item__blocks__in=Block.objects.filter(collection=collection).lifting())
    return list(lifting.select_related("supersedes", "renews").order_by("pk"))


def is_shown(collection: Collection) -> bool:
    """Whether anyone but its earner can open it now."""
    if collection.visibility == Collection.Visibility.LINK:
        return collection.share_links.live().exists()
    return collection.visibility == Collection.Visibility.PUBLIC


def _is_shown_whole(collection: Collection) -> bool:
    """Whether anyone but its earner can open it now with nothing hidden."""
    if collection.visibility == Collection.Visibility.LINK:
        return collection.share_links.live().whole().exists()
    return collection.visibility == Collection.Visibility.PUBLIC


def _ends_of(collections: set[Collection]) -> dict[int, datetime | None]:
    """Until when each is shown with nothing hidden, as its links are now; None if it has no end."""
    ends: dict[int, datetime | None] = {}
    for one in collections:
        if one.visibility == Collection.Visibility.PUBLIC:
            ends[one.pk] = None
        else:
            ends[one.pk] = _last(list(one.share_links.live().whole().values_list("expires_at", flat=True)))
    return ends


def _last(ends: list[datetime | None]) -> datetime | None:
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None
