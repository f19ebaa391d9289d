"""Checks that several submission verbs share, and what their notices name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import record
from apps.core.refused import Refused
from apps.credentials import queries as credentials
from apps.issuers.calendar import business_days_between
from apps.pathways import queries as pathways
from apps.submissions import policies
from apps.submissions.models import Attempt, Submission

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User
    from apps.issuers.models import Achievement
    from apps.submissions.models import EvidenceItem


def opened(attempt: Attempt, by: User) -> Attempt:
    """Return the attempt under its lock, or refuse if `by` can't write in it now."""
    attempt = Attempt.objects.locked(attempt.pk)
    attempt.submission = Submission.objects.locked(attempt.submission_id)
    if not policies.can_edit(by, attempt.submission):
        raise PermissionDenied
    if attempt.submission.state in Submission.RESTING:
        raise Refused(_("This was laid aside. Open it again to go on."))
    if attempt.state != Attempt.State.OPEN or attempt.submission.state != Submission.State.DRAFT:
        raise Refused(_("This attempt was handed in, so it stays as it is."))
    return attempt


def touched(attempt: Attempt) -> None:
    """Record that someone works on it, since a draft left alone lapses."""
    attempt.saved_at = clock.now()
    attempt.save(update_fields=["saved_at"])


def newest_held(submission: Submission) -> tuple[Attempt, Submission]:
    """A submission and its newest attempt, both under their locks."""
    attempt = submission.attempts.locked_newest()
    submission = Submission.objects.locked(submission.pk)
    if submission.attempts.filter(number__gt=attempt.number).exists():
        raise Refused(_("Something else was done with this at the same moment. Look at it again."))
    return attempt, submission


def refuse_forgotten(submission: Submission) -> None:
    if submission.forgotten_at is not None:
        raise Refused(_("The time to keep this is over, and what was handed in was erased. Begin the badge again."))


def days_left(submission: Submission, at: datetime) -> int | None:
    """The business days left of the promise, or None if none was made. They don't run down while the learner has the
    work.
    """
    if submission.answer_by is None:
        return None
    issuer = submission.version.achievement.issuer
    today = at.astimezone(clock.zone(issuer.time_zone)).date()
    return business_days_between(today, submission.answer_by, issuer=issuer)


def give_back(attempt: Attempt, piece: EvidenceItem) -> None:
    """Reopen an attempt that was handed in with a file nobody can judge. The caller holds both locks."""
    if attempt.state == Attempt.State.SUBMITTED:
        attempt.move(Attempt.State.CHECKING)
    attempt.move(Attempt.State.OPEN)
    attempt.save(update_fields=["state"])
    attempt.submission.move(Submission.State.DRAFT)
    attempt.submission.days_left = days_left(attempt.submission, clock.now())
    attempt.submission.save(update_fields=["state", "days_left"])
    record("attempt.broken", attempt.submission, by=None, attempt=attempt.public_id, evidence=piece.public_id)


def refuse_held(achievement: Achievement, learner: User) -> None:
    """Refuse a badge that the learner holds, which can't be awarded again: better before the work than after."""
    if credentials.held_by(learner, achievement) is not None:
        raise Refused(_("You hold this badge already."))


def refuse_closed(achievement: Achievement, learner: User) -> None:
    """Refuse a pathway's capstone until the learner holds what comes before it. This is checked every time."""
    if closed := pathways.why_capstone_is_closed(learner, achievement):
        raise Refused(_("This badge is the end of a pathway, and is not open for you yet. %(why)s") % {"why": closed})


def named(submission: Submission) -> dict[str, str]:
    """The facts that every notice about a submission names."""
    return {"badge": submission.version.name, "issuer": submission.version.achievement.issuer.name}


def with_reference(submission: Submission) -> dict[str, str]:
    """The same and its reference, which tells one piece of work from another for the same badge."""
    return {**named(submission), "reference": submission.reference}
