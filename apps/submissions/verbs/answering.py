"""What came back on an attempt, and the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.notices import verbs as notices
from apps.submissions import policies
from apps.submissions.models import Answer, Attempt, EvidenceItem, Finding, Submission, Support
from apps.submissions.verbs.common import named, refuse_held

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from apps.accounts.models import User
    from apps.issuers.models import Criterion


@dataclass(frozen=True)
class Told:
    """What the assessors release about one criterion."""

    criterion: Criterion
    level: int
    met: bool
    comment: str


@transaction.atomic
def answer(attempt: Attempt, *, met: bool, findings: Sequence[Told], note: str, by: User, at: datetime) -> Submission:
    """Close an assessed attempt with what the learner is told. Reviews decides; the journey is kept here.

    The caller holds the locks on the attempt and its submission and has asked who may.
    """
    attempt.move(Attempt.State.CLOSED)
    attempt.save(update_fields=["state"])
    submission = attempt.submission
    submission.move(Submission.State.AWARDED if met else Submission.State.NOT_YET)
    submission.decided_at = at
    submission.save(update_fields=["state", "decided_at"])
    Answer.objects.create(attempt=attempt, met=met, note=note, given_at=at)
    Finding.objects.bulk_create(
        Finding(attempt=attempt, criterion=one.criterion, level=one.level, met=one.met, comment=one.comment)
        for one in findings
    )
    record(f"submission.{submission.state}", submission, by=by, attempt=attempt.public_id, note=digest(note))
    if not met:
        to_change = [{"criterion": one.criterion.name, "comment": one.comment} for one in findings if not one.met]
        notices.write(
            "not_yet",
            key=f"not_yet:{attempt.public_id}",
            to=submission.learner,
            address=submission.get_absolute_url(),
            facts={**named(submission), "to_change": to_change, "note": note},
        )
    return submission


@transaction.atomic
def try_again(submission: Submission, *, by: User) -> Attempt:
    """Open the next attempt after a “not yet”, with everything of the last carried over."""
    submission = Submission.objects.locked(submission.pk)
    if not policies.can_edit(by, submission):
        raise PermissionDenied
    # From there the table leads back to the same attempt.
    if submission.state in {Submission.State.SUBMITTED, Submission.State.UNDER_ASSESSMENT}:
        raise Refused(_("This is with the assessors: you try again once they have answered."))
    submission.move(Submission.State.DRAFT)
    refuse_held(submission.achievement, by)
    submission.save(update_fields=["state"])
    last = submission.attempts.order_by("-number").first()
    if last is None:
        raise Refused(_("There is nothing to carry over."))
    most = submission.version.attempts_allowed
    if most is not None and last.number >= most:
        raise Refused(
            ngettext("This badge allows one attempt.", "This badge allows %(most)d attempts.", most) % {"most": most}
        )
    now = clock.now()
    attempt = Attempt.objects.create(
        submission=submission,
        number=last.number + 1,
        saved_at=now,
        **{name: getattr(last, name) for name in Attempt.CARRIED},
    )
    for piece in last.evidence.prefetch_related("supports"):
        held = {name: getattr(piece, name) for name in EvidenceItem.CARRIED}
        again = EvidenceItem.objects.create(attempt=attempt, **held)
        Support.objects.bulk_create(
            Support(evidence=again, criterion_id=one.criterion_id, page=one.page, seconds=one.seconds, quote=one.quote)
            for one in piece.supports.all()
        )
    record("submission.retried", submission, by=by, attempt=attempt.public_id, number=attempt.number)
    return attempt
