"""Withdraw a submission, let it lapse, reopen it, and choose its route."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import record
from apps.core.refused import Refused
from apps.notices import verbs as notices
from apps.submissions import policies, queries
from apps.submissions.models import Answer, Attempt, Submission
from apps.submissions.verbs.carrying import open_next
from apps.submissions.verbs.common import (
    newest_held,
    opened,
    refuse_closed,
    refuse_forgotten,
    refuse_held,
    with_reference,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from apps.accounts.models import User
    from apps.submissions.queries.resting import LeftAlone

# How long before a draft lapses its learner is warned.
WARNED_BEFORE = timedelta(days=14)
_IN_THE_QUEUE = (
    *(Attempt.State.SUBMITTED, Attempt.State.CHECKING, Attempt.State.ASSESSABLE),
    Attempt.State.ASSESSED,  # marked, and not answered yet
)


@transaction.atomic
def withdraw(submission: Submission, *, by: User) -> Submission:
    """Withdraw work that isn't decided yet. After that, only the learner can see it; a draft keeps its text."""
    attempt, submission = newest_held(submission)
    if not policies.can_edit(by, submission):
        raise PermissionDenied
    submission.move(Submission.State.WITHDRAWN)
    if attempt.state in _IN_THE_QUEUE and Answer.objects.filter(attempt=attempt).exists():
        raise Refused(
            _("You have been answered on this, and it is being judged again. You can't withdraw it until that is done.")
        )
    submission.save(update_fields=["state"])
    data = {}
    if attempt.state in _IN_THE_QUEUE:
        attempt.move(Attempt.State.WITHDRAWN)
        attempt.save(update_fields=["state"])
        data = {"attempt": attempt.public_id}
    record("submission.withdrawn", submission, by=by, **data)
    return submission


@transaction.atomic
def reopen(submission: Submission, *, by: User) -> Attempt:
    """Continue work that was withdrawn or has lapsed. What was handed in stays frozen: the next attempt opens with
    all of it, and doesn't count against those allowed. An answered attempt keeps its answer.
    """
    attempt, submission = newest_held(submission)
    if not policies.can_edit(by, submission):
        raise PermissionDenied
    if submission.state not in Submission.RESTING:
        raise Refused(_("This is open already, or it was handed in."))
    refuse_forgotten(submission)
    answered = attempt.state == Attempt.State.CLOSED
    submission.move(Submission.State.NOT_YET if answered else Submission.State.DRAFT)
    refuse_held(submission.achievement, by)
    refuse_closed(submission.achievement, by)
    submission.warned_at = None
    try:
        with transaction.atomic():
            submission.save(update_fields=["state", "warned_at"])
    except IntegrityError:
        raise Refused(_("You have since begun this badge again. Go on there, or withdraw that first.")) from None
    if attempt.state == Attempt.State.OPEN:
        attempt.saved_at = clock.now()
        attempt.save(update_fields=["saved_at"])
        attempt.submission = submission
    elif not answered:
        attempt = open_next(submission)
    record("submission.reopened", submission, by=by, attempt=attempt.public_id, number=attempt.number)
    return attempt


@transaction.atomic
def choose_route(submission: Submission, *, by: User, route: str) -> Submission:
    """Say, until it is handed in, whether the work is done for this badge or shows earlier learning."""
    attempt = opened(submission.attempts.latest("number"), by)
    submission = attempt.submission
    refuse_route(submission, route)
    if submission.route != route:
        submission.route = route
        submission.save(update_fields=["route"])
        record("submission.route_chosen", submission, by=by, route=route)
    return submission


def refuse_route(submission: Submission, route: str) -> None:
    if route not in Submission.Route.values:
        raise Refused(_("Choose one of the two routes."))
    if route == Submission.Route.PRIOR_LEARNING and not submission.version.rpl_allowed:
        raise Refused(_("This badge asks for new work: what was learnt before is not recognised here."))


def lapse_drafts() -> int:
    """Warn about drafts that have been left alone for long, and let those lapse whose warning is old enough. Return
    how many lapsed.
    """
    now = clock.now()
    ended = 0
    for found in left_alone_since(now - lapses_after() + WARNED_BEFORE).values_list("pk", flat=True):
        ended += _lapse(found, now)
    return ended


def left_alone_since(moment: datetime) -> QuerySet[LeftAlone]:
    """Drafts without a legal hold whose newest attempt has not changed since `moment`, with `touched_at`: when it
    last did.
    """
    drafts = queries.touched(Submission.objects.filter(state=Submission.State.DRAFT))
    return queries.without_hold(drafts.filter(touched_at__lte=moment)).order_by("pk")


def lapses_after() -> timedelta:
    return timedelta(days=settings.DRAFT_LAPSE_DAYS)


@transaction.atomic
def _lapse(pk: int, now: datetime) -> bool:
    """Warn about a draft or let it lapse, or neither if it was touched meanwhile. No draft lapses without a warning.
    Return whether it lapsed.
    """
    submission = Submission.objects.locked(pk)
    again = left_alone_since(now - lapses_after() + WARNED_BEFORE).filter(pk=pk).first()
    if again is None:
        return False
    touched = again.touched_at
    if submission.warned_at is None or submission.warned_at <= touched:
        submission.warned_at = now
        submission.save(update_fields=["warned_at"])
        _tell(submission, f"lapses:{submission.public_id}:{now.date()}", day=(now + WARNED_BEFORE).date())
        return False
    if touched > now - lapses_after() or submission.warned_at > now - WARNED_BEFORE:
        return False
    submission.move(Submission.State.LAPSED)
    submission.save(update_fields=["state"])
    record("submission.lapsed", submission, by=None)
    until = queries.kept_until(again).date()
    _tell(submission, f"lapsed:{submission.public_id}:{now.date()}", until=until)
    return True


def _tell(submission: Submission, key: str, *, day: date | None = None, until: date | None = None) -> None:
    notices.write(
        "draft_lapses",
        key=key,
        to=submission.learner,
        address=submission.get_absolute_url(),
        facts={**with_reference(submission), "day": day, "until": until},
    )


def resting(learner: User, achievement_id: int) -> QuerySet[Submission]:
    """A learner's withdrawn or lapsed submissions for an achievement, newest first."""
    mine = Q(learner=learner, achievement=achievement_id, state__in=Submission.RESTING)
    return Submission.objects.filter(mine).order_by("-started_at", "-pk")
