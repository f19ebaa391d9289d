"""Hand a person everything that is held about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from apps.backpacks import exporting
from apps.core.events import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.accounts.models import User


@transaction.atomic
def export_account(person: User, *, by: User | None) -> Iterator[bytes]:
    """Hand over the whole backpack and `account.json` as one ZIP, in chunks made on demand.

    `by` is the person themselves, or None if the operator of the installation does it for them.
    """
    if by is not None and by.pk != person.pk:
        raise PermissionDenied
    record("person.exported", person, by=by)
    return exporting.access(person)
