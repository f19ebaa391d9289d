"""What people hold that may count: their own credentials, across all their addresses, and those they imported."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from apps.credentials.models import Credential, ForeignCredential, Verdict
from apps.pathways.queries.trees import worths_of
from apps.pathways.rules import Held

if TYPE_CHECKING:
    from collections.abc import Collection

OURS, FOREIGN = 0, 1


def held_by(
    people: Collection[int], *, skills: bool = False, among: Collection[int] | None = None
) -> dict[int, list[Held]]:
    """By person (key), every credential that stands, expired or not: awarded here and from elsewhere.

    Suspended, revoked, superseded and declined ones don't count; from elsewhere only those found valid and proved to
    be theirs do. `among`: only these badges of ours, if nothing else matters. Three reads, or four.
    """
    held: dict[int, list[Held]] = defaultdict(list)
    ours = Credential.objects.filter(earner__in=people, status=Credential.Status.VALID).exclude(
        state=Credential.State.DECLINED
    )
    if among is not None:
        ours = ours.filter(achievement__in=among)
    rows = list(ours.values_list("earner_id", "pk", "achievement_id", "version_id", "valid_until", "basis"))
    worths = worths_of({row[3] for row in rows}, skills=skills) if rows else {}
    for earner, pk, achievement, version, end, basis in rows:
        worth = worths[version]
        if basis == Credential.Basis.PATHWAY:
            worth = replace(worth, whole=True)
        held[earner].append(Held((OURS, pk), worth, achievement=achievement, until=end))
    theirs = (
        ForeignCredential.objects.kept()
        .filter(holder__in=people, verdict=Verdict.VALID)
        .exclude(proved_address="")
        .values_list("holder_id", "pk", "issuer_id", "achievement_id", "valid_until")
    )
    for holder, pk, issuer, badge, until in theirs:
        held[holder].append(Held((FOREIGN, pk), foreign=(issuer, badge), until=until))
    return held
