"""Who counts as whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.accounts import queries
from apps.core.refused import Refused

if TYPE_CHECKING:
    from apps.accounts.models import User


def may_share(person: User) -> bool:
    """A minor shares while a guardian agrees to it."""
    return not person.is_minor or person.guardian_consents.filter(given_at__isnull=False, ended_at=None).exists()


def refuse_sharing(person: User) -> None:
    """Raises Refused, in words for the person, where they may not show anything to others now."""
    if not may_share(person):
        raise Refused(_("Sharing is off until your guardian agrees. Ask them on the page “Your guardian”."))


def same_person(one: User, other: User) -> bool:
    """The same account, one that was taken into the other, or two that share an address, verified or not."""
    if one.pk in (other.pk, other.merged_into_id) or other.pk == one.merged_into_id:
        return True
    return queries.share_an_address(one, other)
