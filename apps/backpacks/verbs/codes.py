"""A short code for what an earner shows, made when they first ask for one."""

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
    from apps.accounts.models import User


@transaction.atomic
def make_code(thing: Credential | ShareLink | Collection, *, by: User) -> ShortCode:
    """Give a thing that others see a code for paper; the same one each time."""
    named: dict[str, Credential | ShareLink | Collection]
    if isinstance(thing, Credential):
        thing = Credential.objects.locked(thing.pk)
        if thing.earner_id != by.pk:
            raise PermissionDenied
        kind, subject, named = "credential", thing, {"credential": thing}
        shown = thing.seen_by != Credential.Visibility.PRIVATE
    elif isinstance(thing, ShareLink):
        subject = own(thing.collection, by)
        kind, named = "collection", {"link": thing}
        shown = subject.is_shared and ShareLink.objects.live().filter(pk=thing.pk).exists()
    else:
        subject = own(thing, by)
        kind, named = "collection", {"collection": subject}
        shown = subject.visibility == Collection.Visibility.PUBLIC
    if not shown:
        raise Refused(_("Nobody but you sees it now. Show it first."))
    code = ShortCode.objects.filter(**named).first()
    if code is None:
        code = ShortCode.objects.create(made_at=clock.now(), **_fresh(), **named)
        record(f"{kind}.code_made", subject, by=by, **{"link": thing.public_id} if "link" in named else {})
    return code


def _fresh() -> dict[str, str]:
    """A public id whose code no other row has."""
    while True:
        public_id = new_public_id()
        code_hash = codes.hash_of(codes.code_of(public_id))
        if not ShortCode.objects.filter(code_hash=code_hash).exists():
            return {"public_id": public_id, "code_hash": code_hash}
