"""Reads of what earners show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.credentials.models import Credential
from apps.credentials.queries import evidence_of
from apps.issuers.models import AchievementVersion
from apps.submissions.models import EvidenceItem

if TYPE_CHECKING:
    from django.db.models import QuerySet

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


def pieces_of(credential: Credential) -> list[tuple[str, str]]:
    """Public id and name of each piece of a credential's evidence, in its order, as its earner knows them."""
    titles = dict(EvidenceItem.objects.filter(public_id__in=evidence_of(credential)).values_list("public_id", "title"))
    numbered = enumerate(evidence_of(credential), start=1)
    return [(one, _("Evidence %(number)d") % {"number": n} + f": {titles.get(one, '')}") for n, one in numbered]
