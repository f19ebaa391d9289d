"""Captures of links: when to fetch again, and what a reader is shown."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Max, OuterRef, Q, Subquery

from apps.core.erasing import NOWHERE
from apps.submissions.models import Attempt, Capture, EvidenceItem
from apps.submissions.models.captures import Kept

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

# How often a link is fetched, while its attempt waits and for this long after it was judged.
LOOKED_AT_EVERY = timedelta(days=7)
LOOKED_AT_FOR = timedelta(days=365)
# A capture this soon after work was handed in counts as what was handed in.
SOON = timedelta(hours=1)


def links_to_look_at(now: datetime) -> QuerySet[EvidenceItem, tuple[int, str]]:
    """Pairs of submission and address not fetched for a week, longest waiting first."""
    newest = (
        Capture.objects.filter(submission=OuterRef("attempt__submission"), url=OuterRef("url"))
        .order_by()
        .values("url")
        .annotate(newest=Max("at"))
    )
    waits = Q(attempt__state__in=(Attempt.State.SUBMITTED, Attempt.State.CHECKING, Attempt.State.ASSESSABLE))
    judged = Q(attempt__state__in=(Attempt.State.ASSESSED, Attempt.State.CLOSED))
    lately = Q(attempt__submitted_at__gt=now - LOOKED_AT_FOR) | Q(attempt__answer__given_at__gt=now - LOOKED_AT_FOR)
    return (
        EvidenceItem.objects.filter(waits | judged & lately, kind=EvidenceItem.Kind.LINK)
        .exclude(url=NOWHERE)
        .annotate(looked_at=Subquery(newest.values("newest")))
        .filter(Q(looked_at=None) | Q(looked_at__lte=now - LOOKED_AT_EVERY))
        .order_by(F("looked_at").asc(nulls_first=True), "attempt__submission_id", "url")
        .values_list("attempt__submission_id", "url")
        .distinct()
    )


def give_captures(attempt: Attempt, pieces: Iterable[EvidenceItem]) -> None:
    """Set `piece.kept` on each link of an attempt to what was captured of it, for submissions/_capture.html."""
    links = [piece for piece in pieces if piece.kind == EvidenceItem.Kind.LINK]
    if not links:
        return
    looks = Capture.objects.filter(submission_id=attempt.submission_id, url__in={piece.url for piece in links})
    looked: dict[str, list[Capture]] = {}
    for look in looks.defer("text").order_by("at", "pk"):
        looked.setdefault(look.url, []).append(look)
    frozen = _captures_in(attempt)
    shown = [_kept_of(piece, looked.get(piece.url, []), frozen, attempt) for piece in links]
    whole = Capture.objects.select_related("same_as").in_bulk(
        {look.pk for kept in shown for look in (kept.then, kept.now) if look is not None}
    )
    for piece, kept in zip(links, shown, strict=True):
        piece.kept = kept._replace(
            then=whole[kept.then.pk] if kept.then else None, now=whole[kept.now.pk] if kept.now else None
        )


def _captures_in(attempt: Attempt) -> dict[str, str]:
    """The captures that the frozen manifest names: piece -> capture."""
    if not attempt.manifest:
        return {}
    return {one["id"]: one["capture"]["id"] for one in json.loads(attempt.manifest)["evidence"] if "capture" in one}


def _kept_of(piece: EvidenceItem, looks: list[Capture], frozen: dict[str, str], attempt: Attempt) -> Kept:
    """What a link showed when it was handed in, or else before or after; the newest content; and the last look of
    all.

    The manifest is usually frozen before the hand-in's capture is back, so it names an older one.
    """
    fetched = [look for look in looks if look.was_fetched]
    named = next((look for look in fetched if look.public_id == frozen.get(piece.public_id)), None)
    since = attempt.submitted_at
    after = next((look for look in fetched if since and look.at >= since), None)
    soon = after if since and after and after.at <= since + SOON else None
    then = soon or named or after
    return Kept(
        then=then,
        now=fetched[-1] if fetched else None,
        last=looks[-1] if looks else None,
        is_early=bool(then and since and then.at < since),
    )
