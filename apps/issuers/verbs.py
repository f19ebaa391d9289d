"""What happens at an issuer: it is founded, people are seated, achievements are drafted and published."""

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
from apps.core.text import is_plain, sorts_alike
from apps.issuers import art, policies
from apps.issuers.models import Achievement, AchievementVersion, Criterion, Issuer, Level, Seat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from apps.accounts.models import User


@transaction.atomic
def found(*, by: User, slug: str, name: str, **profile: Any) -> Issuer:
    """Found an issuer; who founds it owns it. The operator's act."""
    if not by.is_operator:
        raise PermissionDenied
    issuer = Issuer.objects.create(slug=slug, name=name, created_at=clock.now(), **profile)
    record("issuer.founded", issuer, by=by)
    return issuer


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
