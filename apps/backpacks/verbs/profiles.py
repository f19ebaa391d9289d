"""Write a person's public page, turn it on and turn it off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.policies import refuse_sharing
from apps.backpacks import queries
from apps.backpacks.models import HANDLE, FormerHandle, Profile
from apps.core import clock
from apps.core.events import record
from apps.core.refused import Refused

if TYPE_CHECKING:
    from apps.accounts.models import User

# Words that a stranger would take for Satchel's own.
TAKEN = frozenset({"admin", "satchel", "support", "help", "staff", "verify", "official", "security", "moderator"})
# How many earlier addresses lead to a person's page: nobody else may have those.
MOST_FORMER = 10


@transaction.atomic
def edit_profile(person: User, *, by: User, handle: str, **words: Any) -> Profile:
    """Write one's public page. This turns it neither on nor off.

    `words`: headline, about, shows_skills. With another handle the old address stays theirs, and leads to the page.
    """
    _refuse_others(person, by)
    handle = handle.strip().lower()
    if not re.fullmatch(HANDLE, handle):
        raise Refused(_("An address has 3 to 40 letters a to z, digits and hyphens between them."))
    taken = _("That address is taken. Choose another.")
    if _is_taken(handle, person):
        raise Refused(taken)
    try:
        with transaction.atomic():
            profile = _write(person, handle, words)
    except IntegrityError as error:  # someone else chose it at the same moment
        raise Refused(taken) from error
    record("profile.edited", person, by=by)
    return profile


def _is_taken(handle: str, person: User) -> bool:
    # In the order in which an address changes hands, so that none is missed between two queries.
    return (
        handle in TAKEN
        or Profile.objects.filter(handle__iexact=handle).exclude(person=person).exists()
        or FormerHandle.objects.filter(handle__iexact=handle).exclude(person=person).exists()
        or queries.has_left(handle)
    )


def _write(person: User, handle: str, words: dict[str, Any]) -> Profile:
    now, former = clock.now(), FormerHandle.objects.filter(person=person)
    profile, made = Profile.objects.select_for_update(of=("self",)).get_or_create(
        person=person, defaults={"handle": handle, "changed_at": now, **words}
    )
    former.filter(handle__iexact=handle).delete()
    if made:
        return profile
    before = profile.handle
    profile.handle, profile.changed_at = handle, now
    for name, value in words.items():
        setattr(profile, name, value)
    profile.save(update_fields=["handle", "changed_at", *words])
    if before != handle:
        if former.count() >= MOST_FORMER:
            raise Refused(
                _(
                    "Your page has had %(most)d addresses before this one, and each still leads to it. Choose one of those."
                )
                % {"most": MOST_FORMER}
            )
        FormerHandle.objects.create(handle=before, person=person)
    return profile


@transaction.atomic
def turn_on_profile(person: User, *, by: User, may_be_found: bool = False) -> Profile:
    """Show the page to everyone; search engines may list it only with `may_be_found`."""
    profile = _own(person, by)
    refuse_sharing(person)
    if profile is None:
        raise Refused(_("Choose an address for your page first."))
    profile.is_on, profile.may_be_found = True, may_be_found
    profile.save(update_fields=["is_on", "may_be_found"])
    record("profile.turned_on", person, by=by, may_be_found=may_be_found)
    return profile


@transaction.atomic
def turn_off_profile(person: User, *, by: User) -> None:
    """Hide the page from everyone. Its text stays for the next time. Idempotent."""
    profile = _own(person, by)
    if profile is None or not profile.is_on:
        return
    profile.is_on = profile.may_be_found = False
    profile.save(update_fields=["is_on", "may_be_found"])
    record("profile.turned_off", person, by=by)


def _own(person: User, by: User) -> Profile | None:
    _refuse_others(person, by)
    return Profile.objects.select_for_update(of=("self",)).filter(person=person).first()


def _refuse_others(person: User, by: User) -> None:
    if by.pk != person.pk:
        raise PermissionDenied
