"""What each role lets a person do, in words for those who assign it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.issuers.models import Seat

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WHAT: dict[str, StrOrPromise] = {
    Seat.Role.OWNER: _("everything here, and says who else may do what"),
    Seat.Role.MANAGER: _("sees to people and profile, publishes badges"),
    Seat.Role.DESIGNER: _("drafts badges and their rubrics"),
    Seat.Role.ASSESSOR: _("judges work that learners hand in"),
    Seat.Role.MODERATOR: _("leads the assessors, looks again at decisions"),
    Seat.Role.RECOGNISER: _("answers requests for credit"),
    Seat.Role.VIEWER: _("sees figures only"),
}


def choices(*, with_owner: bool) -> list[tuple[str, StrOrPromise]]:
    """Every role with what it allows; the owner's only if the user may give it."""
    return [
        (role.value, format_lazy("{part}: {what}", part=role.label, what=WHAT[role]))
        for role in Seat.Role
        if with_owner or role != Seat.Role.OWNER
    ]
