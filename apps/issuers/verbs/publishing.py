"""Versions are approved, published, retired and archived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import record
from apps.core.refused import Refused
from apps.core.text import is_plain, sorts_alike
from apps.issuers import policies
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.accounts.models import User
    from apps.issuers.models import Criterion


@transaction.atomic
def publish(version: AchievementVersion, *, by: User) -> AchievementVersion:
    """Freeze a version and open it for submissions; the one before it closes for new ones."""
    version = (
        AchievementVersion.objects.select_for_update(of=("self",))
        .select_related("achievement__issuer")
        .get(pk=version.pk)
    )
    if not policies.can_publish(by, version.achievement.issuer):
        raise PermissionDenied
    _refuse_unready(version)
    version.move(AchievementVersion.State.PUBLISHED)
    now = clock.now()
    for older in version.achievement.versions.select_for_update(of=("self",)).public():
        older.move(AchievementVersion.State.RETIRED)
        older.save(update_fields=["state"])
    version.published_at = now
    version.save(update_fields=["state", "published_at"])
    record("version.published", version.achievement, by=by, number=version.number)
    return version


def _refuse_unready(version: AchievementVersion) -> None:
    criteria = list(version.criteria.prefetch_related("levels"))
    if not criteria:
        raise Refused(_("Add at least one criterion before publishing."))
    if not any(criterion.required for criterion in criteria):
        raise Refused(_("Make at least one criterion required: otherwise there is nothing to meet."))
    for criterion in criteria:
        levels = list(criterion.levels.all())
        if len(levels) < 2:  # noqa: PLR2004 - a scale of one step tells nothing
            raise Refused(_("“%(criterion)s” needs at least two levels.") % {"criterion": criterion})
        if not any(level.position == criterion.required_level for level in levels):
            raise Refused(_("Say which level of “%(criterion)s” is needed.") % {"criterion": criterion})
        if any(not level.description.strip() for level in levels):
            raise Refused(_("Describe every level of “%(criterion)s”.") % {"criterion": criterion})
    _refuse_unsignable(version, criteria)


def _refuse_unsignable(version: AchievementVersion, criteria: Sequence[Criterion]) -> None:
    """What is published will be signed, and every verifier has to read it alike."""
    scales = [level for criterion in criteria for level in criterion.levels.all()]
    words = [version.name, version.description, version.how_earned, *version.tags]
    words += [word for criterion in criteria for word in (criterion.name, criterion.description)]
    words += [word for level in scales for word in (level.name, level.description)]
    if not all(is_plain(word) for word in words):
        raise Refused(_("A word here holds a control character, which can't be signed. Type it anew."))
    if not sorts_alike(version.tags):
        raise Refused(
            _("These tags can't be signed together: leave out those that begin with an emoji or a rare sign.")
        )
