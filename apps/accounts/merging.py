"""What moves when one account is merged into another and what prevents it, for all apps; and this app's part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts import queries
from apps.accounts.leaving import end_sessions
from apps.accounts.models import Merge, User
from apps.core import clock, erasing
from apps.core.text import normal_address

if TYPE_CHECKING:
    from collections.abc import Callable


def what_moves(giver: User) -> list[str]:
    """What would move, in words: a line for each kind of thing there is."""
    return [line for function in _each("MOVES") for line in function(giver)]


def why_not(taker: User, giver: User, *, by_letter: bool) -> list[str]:
    """What has to be settled first, in whole sentences for the person; empty if nothing prevents the merge."""
    if not giver.is_active or not taker.is_active:
        return [_("One of the accounts is closed.")]
    reasons = [_("The other account asks for a second step. Sign in to it to merge it.")]
    reasons = reasons if by_letter and _has_second_step(giver) else []
    return [*reasons, *(reason for function in _each("WHY_NOT") for reason in function(taker, giver))]


def welcomed(person: User, address: str) -> User | None:
    """The account that was only made for this address, if nobody has ever signed in to it and nothing prevents
    merging it into the account of the person who proves the address.
    """
    made = User.objects.at(address)
    if made is None or made == person or not queries.was_never_in(made) or why_not(person, made, by_letter=False):
        return None
    return made


def _each(table: str) -> list[Callable[..., list[str]]]:
    return [import_string(path) for path in import_string(f"{settings.MERGING}.{table}")]


def _has_second_step(person: User) -> bool:
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


# --- this app's part --------------------------------------------------------------------------------------------------
def refuse(taker: User, giver: User) -> list[str]:
    reasons = []
    if giver.is_operator or giver.is_staff:
        reasons.append(
            _("The other account runs this installation. Keep that account, and merge this one into it from there.")
        )
    if taker.leaving_at is not None or giver.leaving_at is not None:
        reasons.append(_("One of the accounts is being erased. Choose to stay first."))
    if queries.is_held(giver):
        reasons.append(_("The law requires the other account to be kept as it is. Ask whoever runs this installation."))
    # If nobody has ever signed in to an account, nobody knows who marked it as young.
    if (giver.is_minor or taker.is_minor) and not queries.was_never_in(giver):
        reasons.append(_("Accounts cannot be merged while a guardian has to agree to what you share."))
    both = queries.addresses_of(taker) | queries.addresses_of(giver)
    if len(both) > settings.ACCOUNT_MAX_EMAIL_ADDRESSES:
        most = settings.ACCOUNT_MAX_EMAIL_ADDRESSES
        reasons.append(
            _("Together they have more than %(most)d addresses. Remove some first.") % {"most": most},
        )
    return reasons


def moves(giver: User) -> list[str]:
    addresses = queries.verified_addresses_of(giver)
    return [_("Addresses: %(addresses)s") % {"addresses": ", ".join(addresses)}] if addresses else []


def stays(giver: User) -> list[str]:
    """What ends with the account, shown on the page beside what moves."""
    keys = Authenticator.objects.filter(user=giver).exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    tokens = giver.api_tokens.filter(revoked_at=None).count()
    return [
        _("Its password and its name. You sign in as you do here, with any of your addresses."),
        *([ngettext("%(n)d passkey or app", "%(n)d passkeys or apps", keys) % {"n": keys}] if keys else []),
        *([ngettext("%(n)d API token", "%(n)d API tokens", tokens) % {"n": tokens}] if tokens else []),
    ]


def bring(taker: User, giver: User) -> None:
    """Move the addresses and shut the giver's account, as the last step. Its row stays, for records of its acts."""
    is_unproved = queries.was_never_in(giver) and giver.consents.exists()
    end_sessions(giver)
    Authenticator.objects.filter(user=giver).delete()
    giver.api_tokens.filter(revoked_at=None).update(revoked_at=clock.now())
    mine = queries.addresses_of(taker)
    for address in EmailAddress.objects.filter(user=giver):
        if normal_address(address.email) in mine:
            address.delete()
        else:
            address.user, address.primary = taker, False
            address.save(update_fields=["user", "primary"])
    # If someone signed up with an address that was not theirs, their name isn't the prover's.
    given = [] if is_unproved else [giver.name, *giver.former_names]
    names = [one for one in given if one and one != taker.name]
    taker.former_names = list(dict.fromkeys([*taker.former_names, *names]))
    taker.save(update_fields=["former_names"])
    User.objects.filter(merged_into=giver).update(merged_into=taker)
    Merge.objects.filter(taker=giver, merged_at=None).delete()
    Merge.objects.filter(giver=giver, merged_at=None).delete()
    giver.email = erasing.unheard_address(giver.public_id)
    giver.former_names, giver.is_active = [], False
    giver.merged_into, giver.merged_at = taker, clock.now()
    giver.set_unusable_password()
    giver.save(update_fields=["email", "former_names", "is_active", "merged_into", "merged_at", "password"])
