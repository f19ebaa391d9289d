"""Merge a person's other account into the one that they keep."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from apps.accounts import merging, queries, tokens
from apps.accounts.models import Merge, User
from apps.core import clock
from apps.core.events import record
from apps.core.ids import new_public_id
from apps.core.merging import changing_hands
from apps.core.refused import Refused
from apps.core.text import normal_address

OPENS_FOR = {Merge.Way.LETTER: timedelta(minutes=60), Merge.Way.SIGN_IN: timedelta(minutes=30)}


@transaction.atomic
def ask_merge(person: User, *, by: User, address: str) -> Merge | None:
    """Send a letter to the account that has proved this address, with a link that the asker must open from this
    account.

    None if no account has proved it. The asker isn't told which, or they could find out who has an account.
    """
    if by.pk != person.pk:
        raise PermissionDenied
    if normal_address(address) in queries.addresses_of(person):
        raise Refused(_("That is an address of this account. Type one of the other account."))
    giver = queries.owner_of(address)
    if giver is None or normal_address(giver.email) not in queries.verified_addresses_of(giver):
        return None
    return _open(person, giver, Merge.Way.LETTER)


@transaction.atomic
def begin_merge(person: User, *, by: User) -> Merge:
    """Start a merge by signing in to the other account in the same browser, which keeps the `tokens.merge_token` of
    the result.
    """
    if by.pk != person.pk:
        raise PermissionDenied
    return _open(person, None, Merge.Way.SIGN_IN)


def _open(taker: User, giver: User | None, way: str) -> Merge:
    """Make a merge request; any earlier request of the same person stops working."""
    # The second of two clicks waits here: the taker is always locked before a merge.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=taker.pk)
    now = clock.now()
    Merge.objects.filter(taker=taker, merged_at=None).delete()
    public_id = new_public_id()
    asked = Merge.objects.create(
        public_id=public_id,
        taker=taker,
        giver=giver,
        way=way,
        token_hash=tokens.hash_of(tokens.merge_token(public_id)),
        address=giver.email if giver else "",
        asked_at=now,
        ends_at=now + OPENS_FOR[Merge.Way(way)],
    )
    record("merge.asked", asked, by=taker)
    return asked


@transaction.atomic
def merge(asked: Merge, *, by: User) -> User:
    """Merge one account into the other. Both are proved: by the link in the letter, opened by the asker, or by
    signing in to the other account, which is then `by`. Every app moves its part, or none does.
    """
    by_letter = asked.way == Merge.Way.LETTER
    if by_letter and by.pk != asked.taker_id:
        raise PermissionDenied
    taker, giver = _both_locked(asked.taker_id, asked.giver_id if by_letter else by.pk)
    found = Merge.objects.select_for_update(of=("self",)).filter(pk=asked.pk).first()
    # None if a new request has replaced it.
    if found is None or found.merged_at is not None or found.ends_at <= clock.now():
        raise Refused(_("This has already been done, or took too long. Start again."))
    asked = found
    if reasons := merging.why_not(taker, giver, by_letter=by_letter):
        raise Refused(" ".join(reasons))
    asked.giver, asked.address, asked.merged_at = giver, giver.email, clock.now()
    asked.save(update_fields=["giver", "address", "merged_at"])
    _bring(taker, giver, way=asked.way, merge=asked.public_id)
    return taker


@transaction.atomic
def take_in_welcomed(person: User, *, address: str) -> bool:
    """Merge an account that was only made for an address, and never used, into that of the address's prover, unasked.

    If something prevents it, the account stays apart, and the result is False.
    """
    made = merging.welcomed(person, address)
    if made is None:
        return False
    taker, giver = _both_locked(person.pk, made.pk)
    if merging.welcomed(taker, address) != giver:  # someone signed in meanwhile
        return False
    _bring(taker, giver, way="welcomed")
    return True


@transaction.atomic
def take_in_by_letter(person: User, *, by: User, address: str) -> None:
    """Merge in the account that was only made for an address, by a letter to it, which also proves the address.
    Raises `Refused` if anyone has ever signed in to that account, or something prevents it.
    """
    if by.pk != person.pk:
        raise PermissionDenied
    made, owner = User.objects.at(address), queries.owner_of(address)
    if made is None or not queries.was_never_in(made) or owner not in (None, person):
        raise Refused(_("This account is in use. Sign in to it first."))
    if reasons := merging.why_not(person, made, by_letter=False):
        raise Refused(" ".join(reasons))
    if not take_in_welcomed(person, address=address):  # someone signed in just now
        raise Refused(_("This account is in use. Sign in to it first."))
    EmailAddress.objects.filter(user=person, email=normal_address(address)).update(verified=True)


def _both_locked(taker_id: int, giver_id: int | None) -> tuple[User, User]:
    """Both accounts, locked in one order, so that two that merge into each other at once don't deadlock. Nobody can
    award to either meanwhile.
    """
    if giver_id is None or giver_id == taker_id:
        raise Refused(_("That is the account that you came from. Sign in to the other one."))
    for function in import_string(f"{settings.MERGING}.HOLD"):
        import_string(function)(taker_id, giver_id)
    both = User.objects.filter(pk__in=(taker_id, giver_id)).order_by("pk").select_for_update(of=("self",))
    found = {one.pk: one for one in both}
    return found[taker_id], found[giver_id]


def _bring(taker: User, giver: User, **how: str) -> None:
    with changing_hands(giver.pk, taker.pk):
        for function in import_string(f"{settings.MERGING}.BRING"):
            import_string(function)(taker, giver)
    record("person.merged", taker, by=taker, other=giver.public_id, **how)
