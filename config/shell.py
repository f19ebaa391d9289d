"""What the page frame shows to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.issuers.models import Seat
from apps.notices import queries as notices

if TYPE_CHECKING:
    from apps.accounts.models import User


def roles(user: User) -> dict[str, bool]:
    """Which parts of the navigation a signed-in person needs."""
    held = set(Seat.objects.live().filter(person=user).values_list("role", flat=True))
    return {
        "assesses": bool(held & {Seat.Role.ASSESSOR, Seat.Role.MODERATOR}),
        "designs": bool(held & {Seat.Role.OWNER, Seat.Role.MANAGER, Seat.Role.DESIGNER}),
        "operates": user.is_operator,
    }


def unread(user: User, *, most: int) -> int:
    """How many notices wait under the bell; counting stops at `most`."""
    return notices.unread_count(user, most=most)
