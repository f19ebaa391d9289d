"""Reads of submissions that need a name."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from apps.core.shown import Moment
from apps.submissions import manifest
from apps.submissions.models import Attempt, Capture, EvidenceItem, Submission
from apps.submissions.models.captures import Kept

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

# A file that is larger is not read to its end while somebody waits for a page.
MOST_READ = 64 * 1024 * 1024
# A link is looked at so often, while its attempt waits and for so long after it was judged.
LOOKED_AT_EVERY = timedelta(days=7)
LOOKED_AT_FOR = timedelta(days=365)
_WAITING = {Submission.State.SUBMITTED, Submission.State.UNDER_ASSESSMENT}


def story_of(submission: Submission, attempts: Iterable[Attempt]) -> list[Moment]:
    """What happened to it, the oldest first, and what is still to come. `attempts` bring their `answer`."""
    story = [Moment(_("Begun"), submission.started_at)]
    for attempt in sorted(attempts, key=lambda one: one.number):
        if attempt.submitted_at:
            words = _("Handed in") if attempt.number == 1 else _("Attempt %(n)d handed in") % {"n": attempt.number}
            story.append(Moment(words, attempt.submitted_at))
        answer = getattr(attempt, "answer", None)
        if answer is not None:
            met = Moment(_("Awarded"), answer.given_at)
            story.append(met if answer.met else Moment(_("Not yet"), answer.given_at, "back"))
    if submission.state in _WAITING:
        judged = submission.state == Submission.State.UNDER_ASSESSMENT
        story.append(Moment(_("Being judged") if judged else _("Waiting for an assessor"), tone="now"))
        story.append(Moment(_("You hear by this day"), submission.answer_by, "later"))
    return story


def as_they_are(sums: dict[str, str]) -> dict[str, bool | None]:
    """Of pieces by their public id, with the SHA-256 that was signed: whether what is kept still has it.

    None where the piece or its file is gone, or there is too much to read just now.
    """
    found: dict[str, bool | None] = dict.fromkeys(sums)
    left = MOST_READ
    for piece in EvidenceItem.objects.filter(public_id__in=sums).order_by("size"):
        left -= piece.size
        if left < 0:
            break
        now = manifest.sum_now(piece)
        found[piece.public_id] = None if now is None else now == sums[piece.public_id]
    return found


def links_to_look_at(now: datetime) -> QuerySet[EvidenceItem, tuple[int, str]]:
    """Pairs of submission and address that nobody looked at for a week, the longest waiting first."""
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
        .annotate(looked_at=Subquery(newest.values("newest")))
        .filter(Q(looked_at=None) | Q(looked_at__lte=now - LOOKED_AT_EVERY))
        .order_by(F("looked_at").asc(nulls_first=True), "attempt__submission_id", "url")
        .values_list("attempt__submission_id", "url")
        .distinct()
    )


def give_captures(attempt: Attempt, pieces: Iterable[EvidenceItem]) -> None:
    """Tell each link among the pieces of an attempt what was kept of it: `piece.kept`, for submissions/_capture.html."""
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
    """Of the frozen manifest: piece -> the capture that it names."""
    if not attempt.manifest:
        return {}
    return {one["id"]: one["capture"]["id"] for one in json.loads(attempt.manifest)["evidence"] if "capture" in one}


def _kept_of(piece: EvidenceItem, looks: list[Capture], frozen: dict[str, str], attempt: Attempt) -> Kept:
    """What was kept by the time it was handed in, or soonest after; what is kept last; and the last look of all."""
    fetched = [look for look in looks if look.was_fetched]
    named = next((look for look in fetched if look.public_id == frozen.get(piece.public_id)), None)
    since = attempt.submitted_at
    after = next((look for look in fetched if since and look.at >= since), None)
    return Kept(then=named or after, now=fetched[-1] if fetched else None, last=looks[-1] if looks else None)
