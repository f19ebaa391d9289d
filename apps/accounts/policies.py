"""Who counts as the same person, and who may share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.accounts import queries
from apps.core.refused import Refused

if TYPE_CHECKING:
    from apps.accounts.models import User


def may_share(person: User) -> bool:
    """Whether they may share; a minor may only while a guardian agrees."""
    return not person.is_minor or person.guardian_consents.filter(given_at__isnull=False, ended_at=None).exists()


def refuse_sharing(person: User) -> None:
    """Raise Refused, in words for the person, if they may not show anything to others now."""
    if not may_share(person):
        raise Refused(_("Sharing is off until your guardian agrees. Ask them on the page “Your guardian”."))


def same_person(one: User, other: User) -> bool:
    """Whether these are one account, or merged, or share an address, verified or not."""
    if one.pk in (other.pk, other.merged_into_id) or other.pk == one.merged_into_id:
        return True
    return queries.share_an_address(one, other)
