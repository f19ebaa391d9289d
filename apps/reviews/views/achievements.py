"""The public page of an achievement, which says how long answers take; and its preview, for those who design it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.http import reader_of
from apps.core import clock
from apps.credentials import documents
from apps.credentials.queries import endorsements_shown, held_by
from apps.credentials.views import public_json, wants_json
from apps.issuers.catalogue import language_name
from apps.issuers.models import Achievement, AchievementVersion
from apps.pathways import queries as pathways
from apps.reviews import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from apps.accounts.http import SignedInRequest
    from apps.accounts.models import User
    from apps.issuers.models import Alignment, Criterion, EvidenceRequirement, Level


class Asked(NamedTuple):
    """A criterion's requirements, and the skills that it or one of its levels is aligned to."""

    criterion: Criterion
    requirements: Sequence[EvidenceRequirement]
    alignments: Sequence[tuple[Alignment, Level | None]]


@require_safe
def achievement(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """The newest published version, or the numbered one; as JSON, the achievement as credentials contain it."""
    readable = AchievementVersion.objects.readable().filter(achievement__slug=slug).order_by("-number")
    versions = list(readable.select_related("achievement").only("number", "state", "published_at", "achievement"))
    asked = next((one for one in versions if number in {None, one.number}), None)
    if asked is None:
        raise Http404
    version = (
        AchievementVersion.objects.with_rubric().prefetch_related("achievement__issuer__approvals").get(pk=asked.pk)
    )
    if wants_json(request):
        return public_json(request, documents.achievement_document(version), by_accept=True)
    reader = reader_of(request)
    held = held_by(reader, version.achievement) if reader is not None else None
    context = _told(version, versions) | {
        "endorsements": endorsements_shown(version=version),
        "recognition": pathways.recognition_of(version.achievement),
        "held": held,
        "closed": _why_closed(reader, version) if reader is not None and held is None else "",
    }
    response = render(request, "reviews/achievement.html", context)
    response["Vary"] = "Accept, Cookie"
    return response


@login_required
@never_cache
@require_safe
def preview_design(request: SignedInRequest, public_id: str) -> HttpResponse:
    """An unpublished version as visitors will read it, and an example of the JSON that will be signed."""
    mine = Achievement.objects.designed_by(request.user)
    making = AchievementVersion.objects.with_rubric().filter(
        achievement__public_id=public_id, achievement__in=mine, state__in=AchievementVersion.UNSEEN
    )
    version = get_object_or_404(making)
    readable = AchievementVersion.objects.readable().filter(achievement=version.achievement_id).order_by("-number")
    sample = documents.sample_credential(version, at=clock.now())
    context = _told(version, [version, *readable]) | {
        "making": True,
        "sample": json.dumps(sample, indent=2, ensure_ascii=False),
    }
    return render(request, "reviews/preview_design.html", context)


def _told(version: AchievementVersion, versions: list[AchievementVersion]) -> dict[str, Any]:
    """The context of an achievement's page. `versions` start with the newest."""
    asked_by = [_asked_by(criterion, version) for criterion in version.criteria.all()]
    return {
        "version": version,
        "versions": versions,
        "newest": versions[0],
        "before": next((one for one in versions if one.number < version.number), None),
        "alignments": [one for one in version.alignments.all() if one.criterion_id is None],
        "asked": asked_by,
        "evidence_by_criterion": any(one.requirements for one in asked_by),
        "skills_by_criterion": any(one.alignments for one in asked_by),
        "language": language_name(version.language),
        "pathways": pathways.leading_through(version.achievement),
        "turnaround": queries.turnaround_of(version.achievement),
        "structured": documents.occupational_credential(version),
        "public_url": settings.PUBLIC_URL,
        "assessor_badge": _newest_of(version.achievement.assessor_badge_id),
    }


def _why_closed(reader: User, version: AchievementVersion) -> str:
    """Why this reader can't begin a capstone yet, or empty."""
    return pathways.why_capstone_is_closed(reader, version.achievement) if version.takes_work else ""


def _newest_of(achievement_id: int | None) -> AchievementVersion | None:
    if achievement_id is None:
        return None
    readable = AchievementVersion.objects.readable().filter(achievement=achievement_id)
    return readable.select_related("achievement").order_by("-number").first()


def _asked_by(criterion: Criterion, version: AchievementVersion) -> Asked:
    levels = {level.pk: level for level in criterion.levels.all()}
    aligned = [
        (one, levels.get(one.level_id or 0)) for one in version.alignments.all() if one.criterion_id == criterion.pk
    ]
    return Asked(criterion, list(criterion.requirements.all()), aligned)
