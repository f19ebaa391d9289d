"""People are given a part, and leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import record
from apps.core.refused import Refused
from apps.issuers import policies
from apps.issuers.models import Seat

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User
    from apps.issuers.models import Achievement, Issuer


@transaction.atomic
def seat(
    person: User,
    issuer: Issuer,
    role: str,
    *,
    by: User,
    achievement: Achievement | None = None,
    until: datetime | None = None,
) -> Seat:
    """Give a person a part. The operator seats the first owner; owners and managers the others."""
    if not (policies.can_seat(by, issuer) or (by.is_operator and not Seat.objects.filter(issuer=issuer).exists())):
        raise PermissionDenied
    if achievement is not None and achievement.issuer_id != issuer.pk:
        raise Refused(_("That achievement belongs to another issuer."))
    if Seat.objects.live().filter(issuer=issuer, person=person, role=role, achievement=achievement).exists():
        raise Refused(_("%(person)s has that seat already.") % {"person": person})
    given = Seat.objects.create(
        issuer=issuer, person=person, role=role, achievement=achievement, until=until, given_at=clock.now()
    )
    record("seat.given", given, by=by, person=person.public_id, role=role)
    return given
