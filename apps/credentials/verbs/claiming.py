"""An earner's yes or no to an award: in the backpack, or by the link in a letter before there is an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts import queries as people
from apps.accounts import verbs as accounts
from apps.core.events import record
from apps.core.refused import Refused
from apps.credentials.models import ClaimLink, Credential
from apps.credentials.verbs.awarding import lock_earner

if TYPE_CHECKING:
    from apps.accounts.models import User

State, Status = Credential.State, Credential.Status


@transaction.atomic
def claim(credential: Credential, *, by: User) -> Credential:
    """Claim an offered credential, or one that was declined earlier. Does nothing if it is already claimed."""
    credential = Credential.objects.locked(credential.pk)
    if credential.earner_id != by.pk:
        raise PermissionDenied
    if credential.state == State.CLAIMED:
        return credential
    _refuse_early(credential)
    credential.move(State.CLAIMED)
    credential.save(update_fields=["state"])
    record("credential.claimed", credential, by=by)
    return credential


@transaction.atomic
def decline(credential: Credential, *, by: User) -> Credential:
    """Decline an offered credential: nobody else sees it from now on. It can be claimed later. Does nothing if done
    before.
    """
    credential = Credential.objects.locked(credential.pk)
    if credential.earner_id != by.pk:
        raise PermissionDenied
    if credential.state == State.DECLINED:
        return credential
    _refuse_early(credential)
    credential.move(State.DECLINED)
    # One that replaced another of theirs may be visible where that was shown.
    credential.visibility, credential.shown_until = Credential.Visibility.PRIVATE, None
    credential.save(update_fields=["state", "visibility", "shown_until"])
    record("credential.declined", credential, by=by)
    return credential


@transaction.atomic
def claim_by_link(link: ClaimLink, *, by: User | None, name: str = "", is_minor: bool = False) -> Credential:
    """Claim an award by the link in its letter. `by` is None if nobody is signed in: the reader has then proved the
    address, takes over the account under `name`, and agrees to the terms. `is_minor`: as they say themselves.
    """
    earner = lock_earner(link.credential.earner)
    credential = _behind(link)
    if by is None:
        by = accounts.move_in(earner, by=earner, address=link.address, name=name)
        if is_minor:
            accounts.say_minor(by, by=by)
    return claim(credential, by=by)


@transaction.atomic
def claim_as_own(link: ClaimLink, *, by: User) -> Credential:
    """Claim an award whose letter went to another of one's own addresses. The account made only for that address is
    merged into theirs, with everything awarded to it. Refused if someone uses that account.

    The link proves the address, as it does when claiming without an account.
    """
    _behind(link)
    if not people.may_move_in(link.credential.earner, link.address):
        raise Refused(_("This account is in use. Sign in to it first."))
    accounts.take_in_by_letter(by, by=by, address=link.address)
    return claim(_behind(link), by=by)


def _behind(link: ClaimLink) -> Credential:
    """The award behind a link, locked. Raises Refused if the link is no longer live."""
    credential = Credential.objects.locked(link.credential_id)
    if not ClaimLink.objects.live().filter(pk=link.pk).exists():
        raise Refused(_("This link has already been used."))
    return credential


def _refuse_early(credential: Credential) -> None:
    if credential.status == Status.SUSPENDED and credential.state == State.BAKED:
        raise Refused(_("This badge is paused. You will be told when it is valid again."))
    if credential.state in {State.AWARDED, State.BAKED}:
        raise Refused(_("This badge is still being signed. Try again in a moment."))
