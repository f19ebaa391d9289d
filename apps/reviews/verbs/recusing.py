"""Assessors declare a conflict of interest, or that they recognised the learner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.reviews import queries
from apps.reviews.models import APART, Assignment, Conflict
from apps.reviews.verbs.common import cannot_judge, end, held, is_reader, locked
from apps.reviews.verbs.turns import free_turns, open_turn

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.submissions.models import Attempt


@transaction.atomic
def recuse(attempt: Attempt, *, by: User, kind: str, reason: str = "") -> Conflict:
    """Declare that one must not judge this work, and why, whether one holds it or has only read it. What one holds
    goes to someone else for good, and so does what one sent, unless a decision rests on it.
    """
    attempt, submission = locked(attempt)
    if not is_reader(by, submission):
        raise cannot_judge(by, submission)
    if kind not in Conflict.DECLARED:
        raise Refused(_("Choose what the conflict is."))
    if kind == Conflict.Kind.OTHER and not reason.strip():
        raise Refused(_("Say what the conflict is."))
    for mine in attempt.assignments.open().filter(assessor=by):
        end(mine, Assignment.State.REFUSED)
    try:
        with transaction.atomic():
            conflict = Conflict.objects.create(
                submission=submission, assessor=by, kind=kind, reason=reason, declared_at=clock.now()
            )
    except IntegrityError:
        raise Refused(_("You have already declared a conflict here.")) from None
    record(
        "conflict.declared",
        submission,
        by=by,
        conflict=conflict.public_id,
        attempt=attempt.public_id,
        conflict_kind=kind,
        reason=digest(reason) if reason else "",
    )
    _void_sent(attempt, by)
    return conflict


def _void_sent(attempt: Attempt, by: User) -> None:
    """Void what `by` sent and no decision rests on, and open those parts again. Anyone due to decide on it must wait.
    The caller holds the locks.
    """
    if attempt.state not in (attempt.State.ASSESSABLE, attempt.State.ASSESSED):
        return
    decision = queries.decision_on(attempt)
    markings = [queries.marking_of(attempt, part) for part in APART]
    sent = [
        one
        for one in markings
        if one is not None
        and one.assignment.assessor_id == by.pk
        and one.state == one.State.SUBMITTED
        and (decision is None or decision.review_id < one.pk)  # a decision made on it would be newer
    ]
    if not sent:
        return
    submission = attempt.submission
    if attempt.state == attempt.State.ASSESSED:
        free_turns(attempt, why="marked_anew")
        attempt.move(attempt.State.ASSESSABLE)
        attempt.save(update_fields=["state"])
        submission.move(submission.State.UNDER_ASSESSMENT)
        submission.save(update_fields=["state"])
    for review in sent:
        review.move(review.State.VOID)
        review.save(update_fields=["state"])
        open_turn(attempt, review.assignment.turn.part)


@transaction.atomic
def recognise(attempt: Attempt, *, by: User) -> Assignment:
    """Record with the marking that one knows whose blind work this is, and continue. Only the first time counts."""
    attempt, submission = locked(attempt)
    assignment = held(attempt, by)
    if not submission.version.blind:
        raise Refused(_("This is not judged blind: you know whose it is."))
    if assignment.recognised_at is None:
        Assignment.objects.filter(pk=assignment.pk).update(recognised_at=Now())
        assignment.refresh_from_db(fields=["recognised_at"])
        record("learner.recognised", submission, by=by, assignment=assignment.public_id, attempt=attempt.public_id)
    return assignment
