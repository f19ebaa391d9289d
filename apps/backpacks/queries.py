"""Reads of what earners show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.credentials.models import Credential
from apps.credentials.snapshots import AwardSnapshot
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from apps.backpacks.models import Collection


def front_window() -> list[AchievementVersion]:
    """Three badges for the front page, from three issuers where there are as many."""
    newest = list(
        AchievementVersion.objects.public().select_related("achievement__issuer").order_by("-published_at", "pk")[:60]
    )
    one_each: dict[int, AchievementVersion] = {}
    for version in newest:
        one_each.setdefault(version.achievement.issuer_id, version)
    return (list(one_each.values()) if len(one_each) >= 3 else newest)[:3]  # noqa: PLR2004 - three of them


def shown_in(collection: Collection) -> QuerySet[Credential]:
    """What a stranger sees of a shared collection, in its order."""
    return (
        Credential.objects.visible_to(None)
        .filter(backpack_item__places__collection=collection)
        .exclude(state=Credential.State.AWARDED)
        .select_related("version__achievement", "issuer", "earner")
        .order_by("backpack_item__places__position")
    )


@dataclass(frozen=True)
class CriterionResult:
    name: str
    level_name: str
    level: int
    levels: int
    needed: int
    met: bool


@dataclass(frozen=True)
class ShownEvidence:
    """`genre` as it is signed, `kind` the same in the reader's language."""

    name: str
    genre: str
    kind: StrOrPromise
    sha256: str
    address: str


@dataclass(frozen=True)
class Download:
    label: str
    url: str


@dataclass(frozen=True)
class EvidenceRecord:
    """What a credential's page tells: the sentence, the rubric result, the evidence, the files."""

    issuer_name: str
    earner_name: str
    skill_sentence: str
    awarded_on: datetime
    criteria: tuple[CriterionResult, ...]
    evidence: tuple[ShownEvidence, ...]
    downloads: tuple[Download, ...]


# What the signed bytes call a piece, which is English in every language.
_KINDS = {
    "Image": gettext_lazy("Image"),
    "Video": gettext_lazy("Video"),
    "Audio": gettext_lazy("Audio"),
    "Text": gettext_lazy("Text"),
    "Link": gettext_lazy("Link"),
    "Document": gettext_lazy("Document"),
}


def record_of(credential: Credential) -> EvidenceRecord:
    """Read from the frozen snapshot, so that the page says what was signed; dates in the issuer's zone."""
    snapshot = AwardSnapshot.from_json(credential.snapshot)
    reached = {one.criterion: one.level for one in snapshot.results}
    criteria = []
    for criterion in snapshot.achievement.criteria:
        steps = {level.id: level for level in criterion.levels}
        level, needed = steps.get(reached.get(criterion.id, "")), steps[criterion.required_level]
        if level is not None:
            criteria.append(
                CriterionResult(
                    name=criterion.name,
                    level_name=level.name,
                    level=level.position,
                    levels=len(steps),
                    needed=needed.position,
                    met=level.position >= needed.position,
                )
            )
    return EvidenceRecord(
        issuer_name=snapshot.issuer.name,
        earner_name=credential.earner.name,
        skill_sentence=credential.version.skill_sentence,
        awarded_on=credential.awarded_at.astimezone(ZoneInfo(credential.issuer.time_zone)),
        criteria=tuple(criteria),
        evidence=tuple(
            ShownEvidence(
                name=_("Evidence %(number)d") % {"number": number},
                genre=one.genre,
                kind=_KINDS.get(one.genre, one.genre),
                sha256=one.sha256,
                address=one.id,
            )
            for number, one in enumerate(snapshot.evidence, start=1)
        ),
        downloads=(
            Download(_("Badge picture (PNG)"), reverse("credentials:png", args=[credential.public_id])),
            Download(_("Signed record (JSON)"), reverse("credentials:json", args=[credential.public_id])),
        ),
    )
