"""Hand in an attempt, check it and freeze it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation

from apps.core import clock, outbox
from apps.core.events import record
from apps.core.refused import Refused
from apps.issuers.calendar import business_day_after
from apps.notices import verbs as notices
from apps.submissions import copies, manifest, queries
from apps.submissions.gaps import Gap, closed_of, gaps_of
from apps.submissions.models import Attempt, EvidenceItem, Submission, Upload
from apps.submissions.verbs.arrived import end_upload
from apps.submissions.verbs.capturing import keep_links
from apps.submissions.verbs.common import give_back, named, opened, refuse_closed, with_reference
from apps.submissions.verbs.journey import refuse_route

if TYPE_CHECKING:
    from datetime import date, datetime

    from apps.accounts.models import User
    from apps.issuers.models import AchievementVersion


@transaction.atomic
def submit(attempt: Attempt, *, by: User) -> Submission:
    """Hand an attempt in: no more edits. A job sums the evidence and freezes the manifest."""
    attempt = opened(attempt, by)
    submission = attempt.submission
    if missing := what_is_missing(attempt):
        raise Refused(missing[0].words)
    refuse_route(submission, submission.route)
    refuse_closed(submission.achievement, by)
    now = clock.now()
    attempt.move(Attempt.State.SUBMITTED)
    attempt.submitted_at = now
    attempt.save(update_fields=["state", "submitted_at"])
    submission.move(Submission.State.SUBMITTED)
    submission.submitted_at = now
    # If the promise was paused while the learner had the work, the rest of it, but at least a day.
    submission.answer_by = promised_date(submission.version, now, days=submission.days_promised)
    submission.days_left = None
    submission.save(update_fields=["state", "submitted_at", "answer_by", "days_left"])
    record("submission.submitted", submission, by=by, attempt=attempt.public_id, number=attempt.number)
    keep_links(attempt)
    for upload in attempt.uploads.filter(state=Upload.State.RECEIVING).select_for_update():
        end_upload(upload, Upload.State.CANCELLED)  # no use in sending the rest
        record("upload.cancelled", submission, by=by, upload=upload.public_id)
    outbox.enqueue(
        "apps.submissions.tasks.freeze", key=f"freeze:{attempt.public_id}:{now.timestamp()}", attempt_id=attempt.pk
    )
    notices.write(
        "handed_in",
        # An attempt may be handed in again if one of its files could not be used.
        key=f"handed_in:{attempt.public_id}:{now.timestamp()}",
        to=submission.learner,
        address=submission.get_absolute_url(),
        facts={**with_reference(submission), "answer_by": submission.answer_by},
    )
    return submission


def freeze(attempt_id: int) -> None:
    """Sum the evidence again, freeze the manifest, and make the attempt ready to assess.

    A file that is missing, doesn't match its sum, or can't be opened by any assessor returns the attempt to the
    learner. Raises OSError if files can't be read just now, so that the job is tried again.
    """
    with transaction.atomic():
        whole = Attempt.objects.select_related("submission__version", "submission__learner")
        attempt = whole.select_for_update(of=("self",)).get(pk=attempt_id)
        if attempt.state == Attempt.State.SUBMITTED:
            attempt.move(Attempt.State.CHECKING)
            attempt.save(update_fields=["state"])
        if attempt.state != Attempt.State.CHECKING:
            return  # withdrawn in the meantime: no need to read its gigabytes
    pieces = list(attempt.evidence.prefetch_related("supports__criterion"))
    if any(piece.file_state == EvidenceItem.FileState.CHECKING for piece in pieces):
        return  # the check of the last one enqueues this again
    closed: dict[int, str] = {}
    if attempt.submission.version.blind:
        if copies.are_to_come(pieces):
            return  # so does making the last copy
        with translation.override(attempt.submission.learner.language):
            closed = closed_of(pieces)
    shut = next((piece for piece in pieces if piece.pk in closed), None)
    broken = next((piece for piece in pieces if manifest.first_difference(piece)), None)
    with transaction.atomic():
        attempt = Attempt.objects.locked(attempt_id)
        if attempt.state != Attempt.State.CHECKING:
            return
        submission = Submission.objects.locked(attempt.submission_id)
        attempt.submission = submission
        if broken:
            give_back(attempt, broken)
            notices.write(
                "file_broken",
                key=f"file_broken:{broken.public_id}:{attempt.submitted_at}",
                to=submission.learner,
                address=submission.get_absolute_url(),
                facts={**named(submission), "piece": broken.title},
            )
            return
        if shut:
            give_back(attempt, shut)
            notices.write(
                "file_blocked",
                key=f"file_blocked:{shut.public_id}:{attempt.submitted_at}",
                to=submission.learner,
                address=submission.get_absolute_url(),
                facts={**named(submission), "piece": shut.title, "because": closed[shut.pk], "given_back": True},
            )
            return
        attempt.manifest = manifest.compose(attempt, pieces)
        attempt.manifest_sha256 = manifest.sum_of(attempt.manifest)
        attempt.move(Attempt.State.ASSESSABLE)
        attempt.save(update_fields=["state", "manifest", "manifest_sha256"])
        record("attempt.frozen", submission, by=None, attempt=attempt.public_id, manifest=attempt.manifest_sha256)


def what_is_missing(attempt: Attempt) -> list[Gap]:
    """What keeps an attempt from being handed in; empty when it is ready."""
    return gaps_of(attempt, settled=[criterion.pk for criterion in queries.met_before(attempt)])


def promised_date(version: AchievementVersion, moment: datetime, *, days: int | None = None) -> date:
    """The day by which the issuer answers: after `days` business days or, without them, as many as its page says."""
    days = version.service_days if days is None else days
    return business_day_after(moment, days=days, issuer=version.achievement.issuer)
