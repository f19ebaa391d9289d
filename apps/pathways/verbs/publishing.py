"""Publish versions, which retires the previous one, and archive whole pathways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import record
from apps.core.refused import Refused
from apps.pathways import policies, queries
from apps.pathways.models import Pathway, PathwayVersion
from apps.pathways.verbs.drafts import refuse_archived, refuse_changed
from apps.pathways.verbs.plans import unshare

if TYPE_CHECKING:
    from apps.accounts.models import User

State = PathwayVersion.State


@transaction.atomic
def publish(version: PathwayVersion, *, by: User, edition: int | None = None) -> PathwayVersion:
    """Freeze a draft and open it. Nobody can begin the previous version any more, but those who walk it go on.

    `edition` is the one that the publisher saw: later changes have to be looked at first.
    """
    _one_at_a_time()
    found = PathwayVersion.objects.filter(pk=version.pk)
    if not found.exists():
        raise Refused(_("This draft was thrown away meanwhile."))
    version = found.locked(version.pk)
    if not policies.can_publish(by, version.pathway):
        raise PermissionDenied
    refuse_archived(version.pathway)
    refuse_changed(version, edition)
    _refuse_unready(version)
    version.move(State.PUBLISHED)
    for older in version.pathway.versions.select_for_update(of=("self",)).filter(state=State.PUBLISHED):
        _retire(older, by=by)
    version.removed = []
    version.published_at = clock.now()
    version.save(update_fields=["state", "removed", "published_at"])
    record("pathway.published", version.pathway, by=by, number=version.number)
    return version


@transaction.atomic
def archive(pathway: Pathway, *, by: User) -> Pathway:
    """Archive a pathway: nobody can begin it any more, and its draft is discarded. Those who walk it go on, but a
    shared plan becomes its owner's alone again.
    """
    versions = list(pathway.versions.select_for_update(of=("self",)).order_by("number"))  # children before parents
    pathway = Pathway.objects.locked(pathway.pk)
    if not policies.can_publish(by, pathway):
        raise PermissionDenied
    refuse_archived(pathway)
    if all(version.state == State.DRAFT for version in versions):
        raise Refused(_("This was never published. Throw the draft away instead."))
    for version in versions:
        if version.state == State.PUBLISHED:
            _retire(version, by=by)
        elif version.state == State.DRAFT:
            record("pathway.discarded", pathway, by=by, number=version.number)
            version.delete()
    if pathway.is_plan:
        pathway = unshare(pathway, by=by)
    pathway.archived_at = clock.now()
    pathway.save(update_fields=["archived_at"])
    record("pathway.archived", pathway, by=by)
    return pathway


def _retire(version: PathwayVersion, *, by: User) -> None:
    version.move(State.RETIRED)
    version.save(update_fields=["state"])
    record("pathway.retired", version.pathway, by=by, number=version.number)


def _refuse_unready(version: PathwayVersion) -> None:
    """Refuse with everything that has to be mended first."""
    wrong = [one.sentence for one in queries.findings_of(queries.whole_draft(version.pk)) if one.stops]
    if wrong:
        raise Refused(" ".join(wrong))


def _one_at_a_time() -> None:
    """Lock publishing: two published at the same moment could close a circle that neither sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('pathways_publish'))")
