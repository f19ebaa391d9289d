"""The first and last steps of every change to a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from apps.core.events import record
from apps.core.refused import Refused
from apps.pathways import policies
from apps.pathways.models import Pathway, PathwayVersion

if TYPE_CHECKING:
    from apps.accounts.models import User


def locked_draft(pk: int, *, by: User, edition: int | None = None) -> PathwayVersion:
    """The draft, locked. Raises unless this person may change it and nobody has changed it since `edition`."""
    found = PathwayVersion.objects.filter(pk=pk)
    version = found.locked(pk) if found.exists() else None
    if version is None:
        raise Refused(_("This draft was thrown away meanwhile."))
    if not policies.can_write(by, version.pathway):
        raise PermissionDenied
    refuse_archived(version.pathway)
    if version.state != PathwayVersion.State.DRAFT:
        here = version.get_state_display().lower()
        raise Refused(_("This version is %(here)s, so it stays as it is.") % {"here": here})
    refuse_changed(version, edition)
    return version


def refuse_changed(version: PathwayVersion, edition: int | None) -> None:
    """Refuse if it was changed since the edition that the editor saw, if they gave one."""
    if edition is not None and edition != version.edition:
        raise Refused(_("This has since been changed in another window or by a colleague. Load the page to see it."))


def refuse_archived(pathway: Pathway) -> None:
    """Refuse for an archived pathway. Callers lock the pathway or its version first, so the answer stays true."""
    if Pathway.objects.filter(pk=pathway.pk).exclude(archived_at=None).exists():
        raise Refused(_("This pathway is archived. Copy it to begin a new one."))


def saved(version: PathwayVersion, kind: str, *, by: User, **data: Any) -> PathwayVersion:
    """Count the save, and record its event."""
    version.edition += 1
    version.save()
    record(kind, version.pathway, by=by, number=version.number, edition=version.edition, **data)
    return version
