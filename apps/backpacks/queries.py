"""Reads of what earners show."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.credentials.models import Credential
from apps.credentials.queries import evidence_of
from apps.issuers.models import AchievementVersion
from apps.submissions.models import EvidenceItem

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from apps.backpacks.models import Collection
    from apps.credentials.models import CredentialQuerySet


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


class Link(NamedTuple):
    """Another award of the same to the same person, and how the two hang together."""

    credential: Credential
    word: StrOrPromise


def chain_of(credential: Credential, among: CredentialQuerySet) -> list[Link]:
    """What this one replaced or renewed, and what replaced or renewed it, `among` what may be seen.

    What went to somebody else in its place is nobody's business here. Most have neither, and then nothing is asked.
    """
    before = [one for one in (credential.supersedes_id, credential.renews_id) if one]
    if not before and not credential.renewed_at and credential.status != Credential.Status.SUPERSEDED:
        return []
    near = Q(pk__in=before) | Q(supersedes=credential) | Q(renews=credential)
    links = []
    for one in among.filter(near, earner=credential.earner_id).order_by("pk"):
        if one.supersedes_id == credential.pk:
            word = gettext_lazy("See the one that took its place")
        elif one.renews_id == credential.pk:
            word = gettext_lazy("See the one that renewed it")
        elif one.pk == credential.supersedes_id:
            word = gettext_lazy("See the one whose place it took")
        else:
            word = gettext_lazy("See the one that it renewed")
        links.append(Link(one, word))
    return links


def pieces_of(credential: Credential) -> list[tuple[str, str]]:
    """Public id and name of each piece of a credential's evidence, in its order, as its earner knows them."""
    titles = dict(EvidenceItem.objects.filter(public_id__in=evidence_of(credential)).values_list("public_id", "title"))
    numbered = enumerate(evidence_of(credential), start=1)
    return [(one, _("Evidence %(number)d") % {"number": n} + f": {titles.get(one, '')}") for n, one in numbered]
