"""Short codes for what an earner shows, made when they first ask for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.backpacks import codes
from apps.backpacks.models import Collection, ShareLink, ShortCode
from apps.backpacks.verbs.sharing import own
from apps.core import clock
from apps.core.events import record
from apps.core.ids import new_public_id
from apps.core.refused import Refused
from apps.credentials.models import Credential

if TYPE_CHECKING:
    from django.db.models import Model

    from apps.accounts.models import User


@transaction.atomic
def make_code(thing: Credential | ShareLink | Collection, *, by: User) -> ShortCode:
    """Give something that others see a code for paper; it gets the same one each time."""
    kind, subject, shown, named = _held(thing, by)
    if not shown:
        raise Refused(_("Nobody but you sees it now. Show it first."))
    code = ShortCode.objects.filter(**named).first()
    if code is None:
        code = ShortCode.objects.create(made_at=clock.now(), **_fresh(), **named)
        record(f"{kind}.code_made", subject, by=by, **({"link": thing.public_id} if "link" in named else {}))
    return code


def _held(thing: Credential | ShareLink | Collection, by: User) -> tuple[str, Model, bool, dict[str, Model]]:
    """The event name and subject of a thing, whether others see it, and the filter for its code, under its lock."""
    if isinstance(thing, Credential):
        credential = Credential.objects.locked(thing.pk)
        if credential.earner_id != by.pk:
            raise PermissionDenied
        shown = credential.seen_by != Credential.Visibility.PRIVATE
        return "credential", credential, shown, {"credential": credential}
    if isinstance(thing, ShareLink):
        collection = own(thing.collection, by)
        live = ShareLink.objects.live().filter(pk=thing.pk).exists()
        return "collection", collection, collection.is_shared and live, {"link": thing}
    collection = own(thing, by)
    return "collection", collection, collection.visibility == Collection.Visibility.PUBLIC, {"collection": collection}


def _fresh() -> dict[str, str]:
    """The ids of a new code that no other row has."""
    while True:
        public_id = new_public_id()
        code_hash = codes.hash_of(codes.code_of(public_id))
        if not ShortCode.objects.filter(code_hash=code_hash).exists():
            return {"public_id": public_id, "code_hash": code_hash}
