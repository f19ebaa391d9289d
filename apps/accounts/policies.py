"""Who counts as whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts import queries

if TYPE_CHECKING:
    from apps.accounts.models import User


def same_person(one: User, other: User) -> bool:
    """The same account, or two that share an address, verified or not."""
    return one.pk == other.pk or bool(queries.addresses_of(one) & queries.addresses_of(other))
