"""The first step of every change to a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from apps.core.refused import Refused
from apps.issuers import policies
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from apps.accounts.models import User


def locked_draft(pk: int, *, by: User, edition: int | None = None) -> AchievementVersion:
    """The draft, locked. Raises unless this person may change it and nobody has changed it since `edition`."""
    version = AchievementVersion.objects.locked(pk)
    if not policies.can_design(by, version.achievement.issuer):
        raise PermissionDenied
    if version.state != AchievementVersion.State.DRAFT:
        here = version.get_state_display().lower()
        raise Refused(_("This version is %(here)s, so it stays as it is.") % {"here": here})
    version.achievement.refuse_archived()
    if edition is not None and edition != version.edition:
        raise Refused(changed_elsewhere())
    return version


def changed_elsewhere() -> str:
    return _("This has since been changed in another window or by a colleague. Load the page to see it.")
