"""Keep what links show: when one is added, when it is handed in, and from time to time after that."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.core import client, clock, outbox
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.core.text import seen
from apps.submissions import manifest, policies, queries, reading
from apps.submissions.models import Capture, EvidenceItem, Submission

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.submissions.models import Attempt

ACCEPTED = "text/html, text/plain;q=0.9, */*;q=0.5"
MOST_BYTES = 8 * 1024 * 1024
# A capture this recent isn't repeated: a job may run twice, a button be pressed twice.
STILL_NEW = timedelta(minutes=1)
# Limits of one run: links in all, and links of one host, which are taken a minute apart; and how many of the longest
# waiting are considered.
MOST_A_RUN = 100
MOST_A_HOST = 5
MOST_LOOKED_AT = 5_000
# Captures of one submission per day, so that someone who adds and removes links all day can't make us fetch more. The
# rest wait.
MOST_A_DAY = 300


def keep_link(piece: EvidenceItem, *, when: str) -> None:
    """Enqueue a capture of a link; `when` names the reason, so that each reason counts once."""
    if piece.kind == EvidenceItem.Kind.LINK:
        _enqueue(piece.attempt.submission_id, piece.url, key=f"{piece.public_id}:{when}")


def keep_links(attempt: Attempt) -> None:
    """Enqueue a capture of each link of an attempt that has just been handed in."""
    for piece in attempt.evidence.filter(kind=EvidenceItem.Kind.LINK):
        keep_link(piece, when=f"{attempt.submitted_at}")


def capture_link(submission_id: int, url: str, *, network: client.Network | None = None) -> Capture | None:
    """Fetch a link, and keep its content or why that failed. None if that was just done, or too often today."""
    if _is_new(submission_id, url) or _are_many(submission_id):
        return None
    now = clock.now()
    found = _look(url, network)
    with transaction.atomic():
        submission = Submission.objects.locked(submission_id)
        if _is_new(submission_id, url):
            return None
        last = Capture.objects.of_link(submission_id, url).select_related("same_as").first()
        before = Capture.objects.newest_fetched(submission_id, [url]).get(url)
        found.submission, found.url, found.at = submission, url, now
        if found.was_fetched and before and before.text_sha256 == found.text_sha256:
            found.same_as, found.text = before.same_as or before, ""
        found.save()
        if last is None or last.outcome != found.outcome or not last.says_the_same(found):
            record(
                "link.captured",
                submission,
                by=None,
                capture=found.public_id,
                url=digest(url),
                outcome=found.outcome,
                sha256=found.sha256,
            )
    return found


@transaction.atomic
def capture_again(piece: EvidenceItem, *, by: User) -> None:
    """Fetch a link again that could not be kept."""
    submission = Submission.objects.locked(piece.attempt.submission_id)
    if not policies.can_edit(by, submission):
        raise PermissionDenied
    if piece.kind != EvidenceItem.Kind.LINK:
        raise Refused(_("Only a link is looked at again."))
    if _is_new(submission.pk, piece.url):
        raise Refused(_("We looked a moment ago. Try again in a minute."))
    keep_link(piece, when=f"again:{clock.now():%Y-%m-%dT%H:%M}")


@transaction.atomic
def recheck_links() -> int:
    """Enqueue captures of links not fetched for a week, up to the limits of one run. Return how many."""
    now = clock.now()
    taken: Counter[str] = Counter()
    for submission_id, url in queries.links_to_look_at(now)[:MOST_LOOKED_AT]:
        host = urlsplit(url).netloc.lower()
        if taken[host] == MOST_A_HOST:
            continue
        key = f"{submission_id}:{manifest.sum_of(url)[:32]}:{now.date()}"
        _enqueue(submission_id, url, key=key, delay=timedelta(minutes=taken[host]))
        taken[host] += 1
        if taken.total() == MOST_A_RUN:
            break
    return taken.total()


def _enqueue(submission_id: int, url: str, *, key: str, delay: timedelta = timedelta(0)) -> None:
    outbox.enqueue(
        "apps.submissions.tasks.capture_link",
        key=f"capture_link:{key}",
        delay=delay,
        submission_id=submission_id,
        url=url,
    )


def _is_new(submission_id: int, url: str) -> bool:
    newest = Capture.objects.of_link(submission_id, url).aggregate(at=Max("at"))["at"]
    return newest is not None and newest > clock.now() - STILL_NEW


def _are_many(submission_id: int) -> bool:
    today = Capture.objects.filter(submission=submission_id, at__gt=clock.now() - timedelta(days=1))
    return today.count() >= MOST_A_DAY


def _look(url: str, network: client.Network | None) -> Capture:
    """Fetch the link. The capture is not saved yet."""
    try:
        answer = client.fetch(url, accept=ACCEPTED, network=network, most_bytes=MOST_BYTES)
    except client.FetchRefused as refusal:
        return Capture(outcome=Capture.Outcome.FAILED, why=seen(str(refusal))[:300])
    page = reading.read(answer.body, media_type=answer.media_type, charset=answer.charset)
    return Capture(
        outcome=Capture.Outcome.FETCHED,
        media_type=seen(answer.media_type)[:127],
        title=page.title,
        size=len(answer.body),
        sha256=hashlib.sha256(answer.body).hexdigest(),
        text=page.text,
        text_sha256=manifest.sum_of(page.text),
    )
