"""The other badges of an issuer, and suggestions for a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.issuers import art
from apps.issuers.models import AchievementVersion

if TYPE_CHECKING:
    from apps.issuers.art import BadgeWords
    from apps.issuers.models import Achievement

# An issuer with more badges than this has other ways to tell them apart.
MOST_OTHERS = 500


_ART_KINDS: dict[str, str] = {AchievementVersion.Kind.CAPSTONE: "capstone", AchievementVersion.Kind.STACK: "stack"}


def others_of_the_house(achievement: Achievement) -> list[tuple[str, BadgeWords]]:
    """Name and words of each other drawn badge of its issuer, in its newest version."""
    newest = (
        AchievementVersion.objects.filter(achievement__issuer_id=achievement.issuer_id, achievement__archived_at=None)
        .exclude(achievement=achievement)
        .order_by("achievement", "-number")
        .distinct("achievement")
        .values_list("name", "picture_source", "picture_words")[:MOST_OTHERS]
    )
    return [
        (name, words)
        for name, source, kept in newest
        if source == AchievementVersion.PictureSource.DRAWN and (words := art.read(kept))
    ]


def suggested_words(
    version: AchievementVersion, number: int = 0, *, others: list[tuple[str, BadgeWords]] | None = None
) -> BadgeWords:
    """The `number`th suggestion for it, from its title, field, tags and level, in its issuer's shape."""
    achievement = version.achievement
    return art.suggest(
        number,
        issuer_id=achievement.issuer.public_id,
        achievement_id=achievement.public_id,
        title=version.name,
        about=(version.field_of_study, *map(str, version.tags), version.skill_sentence),
        level=version.level_number or 0,
        kind=_ART_KINDS.get(version.kind, "single"),
        others=others_of_the_house(achievement) if others is None else others,
    )
