"""Versions are drafted and worded."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import record
from apps.core.refused import Refused
from apps.issuers import art, policies
from apps.issuers.models import Achievement, AchievementVersion, Criterion, Level

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from apps.accounts.models import User
    from apps.issuers.models import Issuer


@transaction.atomic
def draft(
    issuer: Issuer,
    *,
    by: User,
    slug: str,
    words: Mapping[str, Any],
    rubric: Sequence[Mapping[str, Any]],
    picture_words: Mapping[str, Any] | None = None,
    single: bool = True,
) -> AchievementVersion:
    """Draft the first version of a new achievement.

    `words` are the fields of AchievementVersion; `rubric` is [{name, description, required, required_level,
    levels: [{name, description, points}]}], lowest level first.
    """
    if not policies.can_design(by, issuer):
        raise PermissionDenied
    if Achievement.objects.filter(slug=slug).exists():
        raise Refused(_("The short name “%(slug)s” is taken.") % {"slug": slug})
    now = clock.now()
    achievement = Achievement.objects.create(issuer=issuer, slug=slug, single=single, created_at=now)
    version = _write_version(achievement, words=words, rubric=rubric, picture_words=picture_words or {}, at=now)
    record("version.drafted", achievement, by=by, number=version.number)
    return version


@transaction.atomic
def draft_next(
    achievement: Achievement,
    *,
    by: User,
    words: Mapping[str, Any],
    rubric: Sequence[Mapping[str, Any]],
    picture_words: Mapping[str, Any] | None = None,
) -> AchievementVersion:
    """Draft the version after the newest; what is published stays as it is."""
    achievement = Achievement.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=achievement.pk)
    if not policies.can_design(by, achievement.issuer):
        raise PermissionDenied
    if achievement.versions.filter(state__in=AchievementVersion.UNSEEN).exists():
        raise Refused(_("A next version is being drafted already."))
    version = _write_version(achievement, words=words, rubric=rubric, picture_words=picture_words or {}, at=clock.now())
    record("version.drafted", achievement, by=by, number=version.number)
    return version


def _write_version(
    achievement: Achievement,
    *,
    words: Mapping[str, Any],
    rubric: Sequence[Mapping[str, Any]],
    picture_words: Mapping[str, Any],
    at: datetime,
) -> AchievementVersion:
    newest = achievement.versions.aggregate(number=Max("number"))["number"] or 0
    version = AchievementVersion(achievement=achievement, number=newest + 1, created_at=at, **words)
    chosen = art.complete(picture_words, issuer_id=achievement.issuer.public_id, achievement_id=achievement.public_id)
    png = art.png(art.badge(chosen))
    version.picture_words = chosen.to_json()
    version.picture_sha256 = hashlib.sha256(png).hexdigest()
    version.picture.save(f"{version.picture_sha256}.png", ContentFile(png), save=False)
    version.save()
    for place, row in enumerate(rubric, start=1):
        criterion = Criterion.objects.create(
            version=version,
            position=place,
            name=row["name"],
            description=row.get("description", ""),
            required=row.get("required", True),
            required_level=row["required_level"],
        )
        Level.objects.bulk_create(
            Level(
                criterion=criterion,
                position=step,
                name=level["name"],
                description=level["description"],
                points=level.get("points"),
            )
            for step, level in enumerate(row["levels"], start=1)
        )
    return version
