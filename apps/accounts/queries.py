"""Reads about people that need a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress

if TYPE_CHECKING:
    from apps.accounts.models import User


def addresses_of(person: User) -> set[str]:
    """Every address of a person, verified or not, in lower case: who one is when it comes to conflicts."""
    return {
        person.email.lower(),
        *(address.lower() for address in EmailAddress.objects.filter(user=person).values_list("email", flat=True)),
    }


def verified_addresses_of(person: User) -> list[str]:
    """The addresses that a person has proved, the primary one first, in lower case."""
    rows = EmailAddress.objects.filter(user=person, verified=True).order_by("-primary", "pk")
    return [address.lower() for address in rows.values_list("email", flat=True)]
