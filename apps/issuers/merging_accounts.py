"""When accounts are merged, move seats in organisations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import record
from apps.issuers.models import AchievementVersion, Seat

if TYPE_CHECKING:
    from apps.accounts.models import User

_NEVER = datetime.max.replace(tzinfo=UTC)


def moves(giver: User) -> list[str]:
    return [
        _("%(part)s at %(issuer)s") % {"part": seat.get_role_display(), "issuer": seat.issuer}
        for seat in Seat.objects.live().filter(person=giver).select_related("issuer").order_by("issuer__name", "pk")
    ]


def bring(taker: User, giver: User) -> None:
    """Move the seats. If both accounts have the same one, keep a suspended one, else the longer; end the other."""
    mine = {_same(seat): seat for seat in Seat.objects.kept().filter(person=taker).select_related("person")}
    for seat in Seat.objects.kept().filter(person=giver).select_related("person"):
        other = mine.get(_same(seat))
        if other is None:
            continue
        less = min(seat, other, key=_weight)
        less.ended_at = clock.now()
        less.save(update_fields=["ended_at"])
        record("seat.left", less, by=taker, person=less.person.public_id, role=less.role)
    Seat.objects.filter(person=giver).update(person=taker)
    # Nobody may approve a design they sent in, under either account.
    AchievementVersion.objects.filter(sent_in_by=giver, state=AchievementVersion.State.IN_APPROVAL).update(
        sent_in_by=taker
    )


def _same(seat: Seat) -> tuple[int, str, int | None]:
    return seat.issuer_id, seat.role, seat.achievement_id


def _weight(seat: Seat) -> tuple[bool, datetime]:
    return seat.suspended_at is not None, seat.until or _NEVER
